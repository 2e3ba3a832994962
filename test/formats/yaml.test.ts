import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.js';
import { told } from './told.js';

/** The value as a task would pass it to a function, and as text in its environment. */
function read(value: string) {
  const text = `tasks:\n  a:\n    run: {run: x.py, kwargs: {v: ${value}}}\n    env: {V: ${value}}\n`;
  const [task] = parseTimetable(text, { file: 'week.yaml' }).tasks;
  const target = task?.steps[0].target;
  return {
    kwarg: target !== undefined && 'call' in target ? target.call.kwargs['v'] : undefined,
    env: task?.env['V'],
  };
}

describe('values are those of YAML 1.2 (core schema); the environment gets them as written', () => {
  it.each([
    ['12:30', '12:30', '12:30'],
    ['12:30:45', '12:30:45', '12:30:45'],
    ['on', 'on', 'on'],
    ['no', 'no', 'no'],
    ['Yes', 'Yes', 'Yes'],
    ['true', true, 'true'],
    ['False', false, 'False'],
    ['017', 17, '017'],
    ['0o17', 15, '0o17'],
    ['0x1F', 31, '0x1F'],
    ['1_000', '1_000', '1_000'],
    ['1.10', 1.1, '1.10'],
    ['1e3', 1000, '1e3'],
    ['2026-12-24', '2026-12-24', '2026-12-24'],
    ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00Z', '2026-12-24T18:00:00Z'],
    ['"5"', '5', '5'],
    ["'a\\nb'", 'a\\nb', 'a\\nb'],
    ['"a\\nb"', 'a\nb', 'a\nb'],
    ['""', '', ''],
    ['a # comment\n     ', 'a', 'a'],
    ['!!str 5', '5', '5'],
    ['=', '=', '='],
  ])('%s', (written, kwarg, env) => {
    expect(read(written)).toEqual({ kwarg, env });
  });
});

it('keeps on a key', () => {
  const text = 'tasks: [{meta: {id: a}, on: {schedule: once}, steps: [x]}]';
  expect(parseTimetable(text, { file: 'w.yaml' }).tasks[0]?.schedules).toMatchObject([{ text: 'once' }]);
});

it.each([
  ['.nan', 'cannot be passed on exactly'],
  ['.inf', 'cannot be passed on exactly'],
  ['123456789012345678901', 'cannot be passed on exactly'],
])('refuses %s as an argument', (value, message) => {
  expect(told(`tasks: {a: {run: {run: x.py, args: [${value}]}}}`)).toContain(message);
});

it('keeps the lines of a block', () => {
  const text =
    'tasks:\n  a:\n    run: |\n      echo a\n      echo "b: c"\n  b:\n    run: >-\n      echo a\n      b\n';
  const { tasks } = parseTimetable(text, { file: 'w.yaml' });
  expect(tasks.map(({ steps }) => steps[0].target)).toMatchObject([
    { kind: 'cmd', line: 'echo a\necho "b: c"\n' },
    { kind: 'cmd', line: 'echo a b' },
  ]);
});

it('merges shared maps, own keys first and earlier ones over later ones', () => {
  const text = `
x-nightly: &nightly {when: "@daily", timeout: 5m}
x-quiet: &quiet {timeout: 9m, overlap: queue, env: {A: 1}}
tasks:
  a: {<<: *nightly, run: x}
  b: {<<: [*nightly, *quiet], run: x, when: once}
`;
  const { tasks } = parseTimetable(text, { file: 'w.yaml' });
  expect(tasks).toMatchObject([
    { schedules: [{ text: '@daily' }], policy: { timeoutMs: 300_000, overlap: 'skip' } },
    { schedules: [{ text: 'once' }], policy: { timeoutMs: 300_000, overlap: 'queue' }, env: { A: '1' } },
  ]);
});

it('takes << in quotes for a key', () => {
  expect(told('tasks: {a: {run: x, "<<": {}}}')).toContain('"<<" is not a key of a task');
});

it.each([
  ['a tab', 'tasks:\n\ta: {run: x}\n', '2:1: not valid YAML: tabs are not allowed as indentation'],
  ['a second document', 'tasks: {a: {run: x}}\n---\ntasks: {}\n', '2:1: there is a second YAML document'],
  ['an old version', '%YAML 1.1\n---\ntasks: {a: {run: x}}\n', '1:1: %YAML 1.1 is not supported'],
  ['a tag', 'tasks: {a: !!js/function "x"}\n', '1:26: the tag !!js/function is not allowed'],
  ['a tag of an own kind', 'tasks: {a: {run: !exec [x]}}\n', '1:24: the tag !exec is not allowed'],
  ['a binary value', 'tasks: {a: {run: !!binary aGk=}}\n', 'the tag !!binary is not allowed'],
  ['an unclosed map', 'tasks: {a: {run: x}\n', 'not valid YAML: '],
  ['an unclosed text', 'tasks: {a: {run: "x}}\n', 'not valid YAML: '],
  ['a wrong indent', 'tasks:\n  a:\n    run: x\n   when: once\n', 'not valid YAML: '],
  ['a colon in a value', 'tasks:\n  a:\n    run: echo a: b\n', '3:10: not valid YAML: nested mappings'],
  ['a missing colon', 'tasks:\n  a\n    run: x\n', 'not valid YAML: '],
  ['a nickname without quotes', 'tasks: {a: {run: x, when: @daily}}', '1:27: not valid YAML: plain value'],
  [
    'cron without quotes',
    'tasks:\n  a:\n    run: x\n    when: */5 * * * *\n',
    '4:11: there is no anchor &/5',
  ],
  [
    'stars without quotes',
    'tasks:\n  a:\n    run: x\n    when: * * * * *\n',
    '4:11: not valid YAML: alias cannot be',
  ],
  ['an unknown alias', 'tasks: {a: {run: *cmd }}', '1:18: there is no anchor &cmd before the alias *cmd'],
  ['an alias of itself', 'tasks: &a {b: *a }', '1:15: the alias *a stands inside its own anchor'],
  ['__proto__', 'tasks: {a: {run: x, env: {__proto__: {b: c}}}}', '1:27: the key "__proto__" is not allowed'],
  ['__proto__ as a task', 'tasks: {__proto__: {run: x}}', '1:9: the key "__proto__" is not allowed'],
  ['constructor', 'tasks: {constructor: {run: x}}', '1:9: the key "constructor" is not allowed'],
])('refuses %s with one clear problem', (_, text, problem) => {
  const lines = told(text)
    .split('\n')
    .filter((line) => !line.startsWith('  '));
  expect(lines).toEqual([expect.stringContaining(problem)]);
  expect(({} as Record<string, unknown>)['b']).toBeUndefined();
});

it('tells a mistake in a shared map once, where it stands', () => {
  const users = Array.from({ length: 10 }, (_, index) => `  t${index}: {<<: *shared, run: x}\n`).join('');
  expect(told(`x-shared: &shared {timeout: 5}\ntasks:\n${users}`)).toMatchInlineSnapshot(`
    "week.yaml:1:29: the duration "5" has no unit
      Write 5s or 5m, for example."
  `);
});
