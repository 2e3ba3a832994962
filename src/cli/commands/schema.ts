/** `schema`: the JSON Schemas of what supertask reads and writes. */
import { listSchemas, readSchema } from '../../app/schema.js';
import { SupertaskError } from '../../errors.js';
import { createPrinting } from '../printing.js';

export async function schemaCommand(
  name: string | undefined,
  flags: { readonly list?: boolean },
): Promise<void> {
  const printing = createPrinting({});
  if (!flags.list) return printing.printJson(await readSchema(name ?? 'timetable'));
  if (name !== undefined) {
    throw new SupertaskError('USAGE', '--list names all schemas, and one is named', {
      hint: 'Give one of them.',
    });
  }
  await printing.table(
    ['NAME', 'OF'],
    listSchemas().map(({ name: known, title }) => [known, title]),
  );
}
