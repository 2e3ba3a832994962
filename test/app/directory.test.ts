/** Real directories, read as one timetable. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadSource } from '../../src/app/file-source.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-directory-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

const load = () => loadSource('.', directory, async () => '');
const ids = async () => (await load()).timetable.tasks.map(({ id }) => id);
/** What was wrong, by file. */
const problems = () =>
  load().then(
    () => [],
    ({ problems }) =>
      problems.map(
        ({ location, code, message }: { location?: { file: string }; code: string; message: string }) =>
          `${location?.file} ${code} ${message}`.replaceAll(`${directory}/`, ''),
      ),
  );

const TASK = '# /// task\n# cron = "0 3 * * *"\n# ///\n';

it.each([
  ['db/backup.yaml', 'tasks: {x: {run: echo}}', 'db.backup.x'],
  ['backup.yml', 'tasks: {x: {run: echo}}', 'backup.x'],
  ['db/backup.json', '{"tasks": {"x": {"run": "echo"}}}', 'db.backup.x'],
  ['db/supertask.yaml', 'tasks: {x: {run: echo}}', 'db.x'],
  ['supertask.yaml', 'tasks: {x: {run: echo}}', 'x'],
  ['db/clean.py', TASK, 'db.clean'],
  ['db/clean.py', TASK.replace('# cron', '# id = "purge"\n# cron'), 'db.purge'],
  ['db/nightly', '#!/usr/bin/env -S supertask run --file\ntasks: {x: {run: echo}}', 'db.nightly.x'],
  ['db/clean', `#!/usr/bin/env -S supertask run --file\n${TASK}`, 'db.clean'],
  ['_v1.2/my jobs (old).yaml', 'tasks: {x: {run: echo}}', 'v1-2.my-jobs-old-.x'],
  ['日本/a.yaml', 'tasks: {x: {run: echo}}', 'x.a.x'],
  ['jobs.yaml', "- {id: j, func: 'os:getcwd', trigger: {type: cron, hour: 3}}", 'jobs.j'],
])('%s with %j is job %s', async (file, text, id) => {
  write({ [file]: text });
  expect(await ids()).toEqual([id]);
});

it('passes over what is no timetable', async () => {
  write({
    'a.yaml': 'tasks: {x: {run: echo}}',
    'a.yaml~': 'tasks: {x: {run: echo}}',
    '.a.yaml': 'tasks: {x: {run: echo}}',
    '.git/a.yaml': 'tasks: {x: {run: echo}}',
    'node_modules/m/a.yaml': 'tasks: {x: {run: echo}}',
    'venv/pyvenv.cfg': '',
    'venv/lib/a.py': TASK,
    'helper.py': '#!/usr/bin/env python3\nprint(1)\n',
    'playbook.yaml': '- hosts: all\n  tasks:\n    - name: x\n',
    'huge.json': `[${'0,'.repeat(3_000_000)}0]`,
  });
  expect(await ids()).toEqual(['a.x']);
});

it('runs tasks where their files lie, and keeps what they say of each other', async () => {
  write({
    'a.yaml': 'tasks: {x: {run: echo, cwd: sub}}',
    'db/b.yaml': 'tasks: {x: {run: echo}, y: {run: echo, after: x}}',
    'db/c.py': TASK,
  });
  const { timetable } = await load();
  expect(timetable.tasks.map(({ id, cwd, gate }) => [id, cwd, gate?.after.map(({ task }) => task)])).toEqual([
    ['a.x', join(directory, 'sub'), undefined],
    ['db.b.x', join(directory, 'db'), undefined],
    ['db.b.y', join(directory, 'db'), ['db.b.x']],
    ['db.c', join(directory, 'db'), undefined],
  ]);
});

it('tells of two tasks with one id, with both places', async () => {
  write({ 'a.yaml': 'tasks:\n  b: {run: echo}', 'a/B.py': TASK });
  expect(await problems()).toEqual([
    'a/B.py TIMETABLE_INVALID two tasks are called a.B: the other is at a.yaml:2:3',
  ]);
});

it('tells of all that is wrong with all files', async () => {
  write({
    'a.yaml': 'tasks: {x: {run: 5, no: 1}}',
    'b.py': TASK.replace('0 3', 'x 3'),
    'c.yaml': 'tasks: {x: {run: echo}}',
  });
  expect((await problems()).map((text: string) => text.split(' ', 2).join(' '))).toEqual([
    'a.yaml TIMETABLE_INVALID',
    'a.yaml TIMETABLE_INVALID',
    'b.py SCHEDULE_INVALID',
  ]);
});

it('is one namespace with one set of pools', async () => {
  const file = (namespace: string, max: number) =>
    `meta: {namespace: ${namespace}}\npools: {p: ${max}}\ntasks: {x: {run: echo, pool: p}}`;
  write({ 'a.yaml': file('shop', 2), 'b.yaml': file('shop', 2), 'c.yaml': 'tasks: {x: {run: echo}}' });
  expect((await load()).timetable.namespace).toBe('shop');
  write({ 'b.yaml': file('bank', 3) });
  expect(await problems()).toEqual([
    'b.yaml TIMETABLE_INVALID namespace bank, and a.yaml says shop',
    'b.yaml TIMETABLE_INVALID pool p has 3 places, and 2 in a.yaml',
  ]);
});

it('refuses ids that are too long', async () => {
  write({ [`${'deep/'.repeat(20)}a.yaml`]: 'tasks: {x: {run: echo}}' });
  expect(await problems()).toEqual([expect.stringContaining('ID_INVALID the id deep.deep.')]);
});

it('is an error without a timetable', async () => {
  await expect(load()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
