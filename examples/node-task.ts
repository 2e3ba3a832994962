// A TypeScript module whose default export is the task.
//   supertask run --when='every 5s' -- examples/node-task.ts
type Greeting = { readonly text: string };

export default function run(): void {
  const greeting: Greeting = { text: `hello at ${process.env.SUPERTASK_SCHEDULED_AT}` };
  console.log(greeting.text);
}
