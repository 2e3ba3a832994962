import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePython, pythonDependencies } from '../../src/formats/python.js';
import { told, toldBy } from './told.js';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../fixtures/formats/task.py'), 'utf8');

function block(...lines: string[]): string {
  return [
    'import os',
    '# /// task',
    ...lines.map((line) => (line === '' ? '#' : `# ${line}`)),
    '# ///',
    '',
  ].join('\n');
}

function task(text: string, file = 'work/my task.py') {
  return parsePython(text, { file }).tasks[0];
}

it('reads schedule, environment and options beside the dependencies', () => {
  expect(parsePython(EXAMPLE, { file: '/srv/task.py' })).toMatchObject({
    namespace: undefined,
    warnings: [],
    tasks: [
      {
        id: 'task',
        enabled: true,
        schedules: [{ text: '*/5 * * * * * *' }],
        env: { DATABASE_URL: 'postgresql://localhost/' },
        steps: [
          {
            target: {
              kind: 'python-file',
              path: '/srv/task.py',
              func: undefined,
              words: [],
              call: { args: [], kwargs: { schemas: ['foo'] } },
            },
            when: true,
            env: {},
          },
        ],
        location: { file: '/srv/task.py', line: 6, column: 1 },
      },
    ],
  });
  expect(pythonDependencies(EXAMPLE)).toEqual(['requests']);
});

it('takes a file without a block for a task without a schedule', () => {
  expect(task('print(1)\n')).toMatchObject({
    id: 'my-task',
    schedules: [],
    steps: [{ target: { kind: 'python-file', path: 'work/my task.py', call: { args: [], kwargs: {} } } }],
  });
  expect(pythonDependencies('print(1)\n')).toEqual([]);
});

it.each([
  [['cron = "0 9 * * *"'], ['0 9 * * *']],
  [['every = "10s"'], ['every 10s']],
  [['when = "@daily"'], ['@daily']],
  [['when = ["@daily", "every 10s"]'], ['@daily', 'every 10s']],
  [['schedule = {cron = "0 9 * * *"}'], ['0 9 * * *']],
  [['schedules = [{every = "10s"}, "once"]'], ['every 10s', 'once']],
  [
    ['when = "once"', 'cron = "0 9 * * *"'],
    ['once', '0 9 * * *'],
  ],
  [
    ['[[schedules]]', 'every = "10s"', '[[schedules]]', 'cron = "0 9 * * *"'],
    ['every 10s', '0 9 * * *'],
  ],
])('%j are the schedules %j', (lines, expected) => {
  expect(task(block(...lines))?.schedules.map(({ text }) => text)).toEqual(expected);
});

it('reads names, policies and all kinds of values', () => {
  const read = task(
    block(
      'id = "nightly"',
      'name = "Nightly"',
      'description = """',
      'Two',
      '',
      'lines"""',
      'enabled = false',
      'when = "@daily"',
      'tz = "Asia/Tokyo"',
      'timeout = "5m"',
      'missed = "all"',
      'stop = {signal = "INT", grace = "3s"}',
      '[env]',
      'RATE = 1.5',
      'ON = true',
      '[options]',
      'day = 2026-12-24',
      'nested = {a = [1, {b = "c"}]}',
    ),
  );
  expect(read).toMatchObject({
    id: 'nightly',
    name: 'Nightly',
    description: 'Two\n\nlines',
    enabled: false,
    schedules: [{ tz: 'Asia/Tokyo' }],
    env: { RATE: '1.5', ON: 'true' },
    policy: { timeoutMs: 300_000, missed: 'all', stop: { signal: 'SIGINT', graceMs: 3000 } },
    steps: [{ target: { call: { kwargs: { day: '2026-12-24', nested: { a: [1, { b: 'c' }] } } } } }],
  });
});

it('finds blocks as PEP 723 does', () => {
  const windows = EXAMPLE.replaceAll('\n', '\r\n');
  expect(pythonDependencies(windows)).toEqual(['requests']);
  expect(task(windows)?.schedules).toHaveLength(1);
  // A closing line behind another comment sign is TOML's comment.
  expect(pythonDependencies('# /// script\n# # ///\n# dependencies = ["a"]\n# ///\n')).toEqual(['a']);
  // Other tools' blocks, and script blocks that are not closed, are none of ours.
  expect(task('# /// other\n# = not toml\n# ///\n')?.schedules).toEqual([]);
  expect(task('# /// script\nprint(1)\n')?.schedules).toEqual([]);
});

it('tells every mistake of a block, where it stands in the Python file', () => {
  const text = block(
    'crn = "* * * * *"',
    'every = 10',
    'timeout = "5"',
    '[env]',
    'A = ["x"]',
    '"B=C" = 1',
    '[stop]',
    'grce = "3s"',
  );
  expect(told(text, 'task.py')).toMatchInlineSnapshot(`
    "task.py:3:3: "crn" is not a key of a task block
      Did you mean "cron"?
    task.py:4:11: the duration "10" has no unit
      Write 10s or 10m, for example.
    task.py:5:13: the duration "5" has no unit
      Write 5s or 5m, for example.
    task.py:7:7: expected text, found a list
      (no hint)
    task.py:8:3: "B=C" is not the name of a variable
      A name has at least one character, and no "=" and no NUL in it.
    task.py:10:3: "grce" is not a key of stop
      Did you mean "grace"?"
  `);
});

describe('a block that would be passed over in silence is a mistake', () => {
  it.each([
    ['# /// task\n# cron = "* * * * *"\nprint(1)\n', '1:1: the block "# /// task" is not closed'],
    ['# /// task\n#cron = "* * * * *"\n# ///\n', 'Line 2 ends it, "#cron = '],
    ['# /// task\n# cron = "* * * * *"\n # ///\n', 'Line 3 ends it, " # ///"'],
    ['#/// task\n# cron = "* * * * *"\n# ///\n', '1:1: the line "#/// task" does not open a block'],
    ['# ///  Task \n# ///\n', '1:1: the line "# ///  Task " does not open a block'],
    ['    # /// task\n', '1:1: the line "    # /// task" does not open a block'],
    [`${block('when = "once"')}\n${block('when = "once"')}`, '7:1: there is a second block "# /// task"'],
    ['# /// script\n# ///\n# /// task\n# ///\n', '3:1: the block "# /// task" is inside another block'],
    [block('cron = * * * * *'), '3:10: not valid TOML: invalid value'],
    [block('when = "once"', 'when = "once"'), 'not valid TOML: '],
    [block('[options]', '__proto__ = {a = 1}'), 'not valid TOML: '],
    [block('dependencies = []'), '3:3: "dependencies" is not a key of a task block'],
    [block('[options]', 'n = 12345678901234567890'), 'not valid TOML: '],
    [block('cwd = "data"'), '3:9: the directory "data" is relative'],
  ])('%j', (text, problem) => {
    expect(told(text, 'task.py')).toMatch(/^task\.py:/);
    expect(told(text, 'task.py')).toContain(problem);
  });
});

it('says so when the dependencies cannot be read', () => {
  expect(toldBy(() => pythonDependencies('# /// script\n# dependencies = [1]\n# ///\n', 'a.py'))).toContain(
    'a.py:2:18: expected text, found the number 1',
  );
  expect(toldBy(() => pythonDependencies('# /// script\n# dependencies = [\n# ///\n', 'a.py'))).toContain(
    'not valid TOML',
  );
});
