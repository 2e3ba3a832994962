import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import { inspectTimetable } from '../../src/formats/inspect.js';
import type { Part } from '../../src/formats/place.js';
import { parseTimetable } from '../../src/formats/timetable.js';

const MISTAKES = readFileSync(join(import.meta.dirname, '../fixtures/formats/mistakes.yaml'), 'utf8');

function problemsOf(text: string, file: string): unknown {
  try {
    parseTimetable(text, { file });
    return [];
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.problems;
  }
}

describe('inspecting', () => {
  it.each([
    ['week.yaml', MISTAKES],
    ['week.yaml', 'tasks: {a: {run: x}}'],
    ['week.yaml', ''],
    ['week.yaml', 'tasks: [\n'],
    ['week.json', '{"tasks": {"a": {"run": 5}}}'],
    ['week.json', '{"tasks"'],
    ['task.py', '# /// task\n# cron = "x"\n# nme = 1\n# ///\n'],
    ['task.py', '# /// task\n'],
    ['week.yaml', `tasks: {a: {run: x}} #${'x'.repeat(5 * 1024 * 1024)}`],
  ])('%s tells the same problems as reading does', async (file, text) => {
    expect((await inspectTimetable(text, { file })).problems).toEqual(problemsOf(text, file));
  });

  it('gives what can be read beside the problems', async () => {
    const text = 'tasks:\n  a: {run: x, when: [@daily, every 5m], timout: 1s}\n  b: {run: [y, 5]}\n';
    const { timetable, problems } = await inspectTimetable(text.replace('@daily', '"@dayly"'), {
      file: 'w.yaml',
    });
    expect(problems).toHaveLength(3);
    expect(timetable.tasks.map(({ id, steps, schedules }) => [id, steps.length, schedules.length])).toEqual([
      ['a', 1, 1],
      ['b', 1, 0],
    ]);
  });
});

const CONCISE = `defaults: {cwd: /srv}
tasks:
  a:
    when: [every 5m, '@daily']
    run:
      - {name: x, run: ls}
      - exec: [printf, x]
    tz: UTC
  b: {run: ls, when: once}
`;
const CANONICAL = `tasks:
  - meta: {id: a, name: A}
    on: {schedule: [every 5m]}
    steps: [{run: ls}]
`;
const PYTHON = '# /// task\n# when = "every 5m"\n# cwd = "/srv"\n# ///\n';

describe('the place', () => {
  it.each<[string, string, string, readonly Part[], [number | undefined, number | undefined]]>([
    ['of a key', CONCISE, 'a', ['tz'], [8, 9]],
    ['of an item', CONCISE, 'a', ['when', { index: 1, of: 2 }], [4, 22]],
    ['of a list with items left out', CONCISE, 'a', ['when', { index: 1, of: 1 }], [4, 11]],
    ['of one thing in place of a list', CONCISE, 'b', ['when', { index: 0, of: 1 }], [9, 22]],
    ['of a part of a step', CONCISE, 'a', ['run', { index: 0, of: 2 }, 'run|exec'], [6, 24]],
    ['of the other part of a step', CONCISE, 'a', ['run', { index: 1, of: 2 }, 'run|exec'], [7, 15]],
    ['of a step as text', CONCISE, 'b', ['run', { index: 0, of: 1 }, 'run|exec'], [9, 12]],
    ['of what defaults say', CONCISE, 'a', ['cwd'], [1, 17]],
    ['of the task, for what nobody says', CONCISE, 'a', ['env'], [3, 3]],
    ['of the file, for no task', CONCISE, 'z', ['env'], [undefined, undefined]],
    ['of a schedule in the canonical form', CANONICAL, 'a', ['when', { index: 0, of: 1 }], [3, 21]],
    ['of a step in the canonical form', CANONICAL, 'a', ['run', { index: 0, of: 1 }, 'run'], [4, 19]],
    ['of a name in the canonical form', CANONICAL, 'a', ['name'], [2, 25]],
    ['of a task in the canonical form', CANONICAL, 'a', [], [2, 16]],
    ['of a key in a Python file', PYTHON, 'task', ['cwd'], [3, 9]],
  ])('%s', async (_, text, id, path, [line, column]) => {
    const file = text === PYTHON ? 'task.py' : 'week.yaml';
    const { places } = await inspectTimetable(text, { file, directory: '/' });
    const place = places.task(id, ...path);
    expect([place.line, place.column]).toEqual([line, column]);
  });
});
