/** Commands in hints are there to be copied: names with spaces in them stand in quotes. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, runCli } from '../support/cli.ts';

const TABLE = `
tasks:
  a: {cwd: no such, when: "@yearly", run: echo}
`;

it.each<[string, readonly string[], (work: string) => string]>([
  ['a directory to write to', ['init', 'no such/x.yaml'], (work) => `Make it: mkdir -p '${work}/no such'`],
  ['what was written', ['init', 'my jobs.yaml'], () => "try: supertask run --file 'my jobs.yaml'\n"],
  ['the directory of a task', ['check', 'a b/t.yaml'], (work) => `Make it: mkdir -p '${work}/a b/no such'`],
  ['a program', ['check', 'a b/u.yaml'], (work) => `Make it executable: chmod +x '${work}/a b/plain.sh'`],
  [
    'the bookkeeping',
    ['run', '--state-dir=my state', '--', 'true'],
    (work) => `Run: chmod go-w '${work}/my state'`,
  ],
])('the command that mends %s can be copied', async (_, args, hint) => {
  const { work } = place();
  for (const directory of ['a b', 'my state']) mkdirSync(join(work, directory), { recursive: true });
  chmodSync(join(work, 'my state'), 0o777);
  writeFileSync(join(work, 'a b/t.yaml'), TABLE);
  writeFileSync(join(work, 'a b/plain.sh'), '');
  writeFileSync(join(work, 'a b/u.yaml'), 'tasks: {a: {when: "@yearly", run: ./plain.sh}}\n');
  const { stdout, stderr } = await runCli(args);
  expect(`${stdout}${stderr}`).toContain(hint(work));
});

it.each<[readonly string[], string]>([
  [['rerun', "it's late"], "supertask list-runs --job='it'\\''s late' shows the others."],
  [['skip', "it's late", '2020-01-01 10:00'], "supertask why a '2020-01-01 10:00' tells what became of it."],
  [['attach', "it's late"], 'supertask logs a -f waits for the next one.'],
])('%j names the job in a command that can be copied', async (args, hint) => {
  writeFileSync(join(place().work, 't.yaml'), "tasks: {a: {name: it's late, when: once, run: 'true'}}\n");
  expect(await runCli(['run', '--file', 't.yaml'])).toMatchObject({ exitCode: 0 });
  expect((await runCli(args)).stderr).toContain(hint);
});
