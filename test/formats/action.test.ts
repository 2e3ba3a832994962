/** Actions as files write them. */
import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.js';
import type { Action } from '../../src/model/action.js';
import { told } from './told.js';

/** `line:column message` of each problem. */
const problemsIn = (text: string): string[] =>
  [...told(text).matchAll(/^week\.yaml:(\d+:\d+): (.*)$/gm)].map(([, at, message]) => `${at} ${message}`);

/** A task with these lines below `on:`, and two others. */
const written = (lines: readonly string[]): string =>
  `tasks:\n  job:\n    run: ./job.sh\n    on:\n${lines.map((line) => `      ${line}\n`).join('')}  one: {run: a}\n  two: {params: {who: {choices: [ann, bob]}, often: 1}, run: b}\n`;

const actionsOf = (...lines: string[]): readonly Action[] =>
  parseTimetable(written(lines), { file: '/t.yaml' }).tasks[0]?.actions ?? [];

const problemsOf = (...lines: string[]): string[] => problemsIn(written(lines));

describe('an action', () => {
  it('is a target, a step, a ready-made thing or another task, alone or in a list', () => {
    const found = actionsOf(
      'failed:',
      '  - ./tell.sh',
      '  - {trigger: two, args: {who: ann, often: 2}}',
      '  - {uses: webhook, with: {url: "http://127.0.0.1/", kind: generic}}',
      'recovered: {run: ./calm.sh, timeout: none}',
    );
    expect(found.map(({ id, does }) => [id, does])).toEqual([
      ['failed', { kind: 'step', step: expect.anything(), timeoutMs: 600_000 }],
      ['failed-2', { kind: 'trigger', task: 'two', args: { who: 'ann', often: '2' } }],
      ['failed-3', { kind: 'step', step: expect.objectContaining({}), timeoutMs: 600_000 }],
      ['recovered', { kind: 'step', step: expect.anything(), timeoutMs: undefined }],
    ]);
  });

  it('says how often it is taken, and on what else', () => {
    expect(actionsOf('failed: {run: x, also: [errored, missed], after: 3, again: 1h}')[0]).toMatchObject({
      outcomes: ['failed', 'errored', 'missed'],
      after: 3,
      againMs: 3_600_000,
      isAlways: false,
    });
    expect(actionsOf('failed: {run: x, every: always}')[0]).toMatchObject({ isAlways: true });
  });

  it('stands beside the schedule in the canonical form', () => {
    const text =
      'tasks:\n  - {meta: {id: job}, on: {schedule: every 1h, failed: {trigger: one}}, steps: [a]}\n  - {meta: {id: one}, steps: [b]}\n';
    const [task] = parseTimetable(text, { file: '/t.yaml' }).tasks;
    expect(task).toMatchObject({ schedules: [{ text: 'every 1h' }], actions: [{ id: 'failed' }] });
  });

  it.each([
    ['fail: x', '5:7 "fail" is not a key of on'],
    ['schedule: every 1h', '5:7 "schedule" is not a key of on'],
    ['failed: {trigger: tow}', '5:25 there is no task "tow" to trigger'],
    ['failed: {trigger: job}', '5:25 actions go round in a circle: job → job'],
    ['failed: {trigger: one, run: x}', '5:30 "run" beside "trigger"'],
    ['failed: {trigger: "../x"}', '5:25 "../x" is not a task id'],
    ['failed: {run: x, also: succeded}', '5:30 "succeded" is not an outcome'],
    ['failed: {run: x, every: time}', '5:31 "time" is not how often an action is taken'],
    ['failed: {run: x, after: 0}', '5:31 "0" is not a number of failures'],
    ['failed: {run: x, again: 5}', '5:31 the duration "5" has no unit'],
    ['failed: {run: x, every: always, again: 1h}', '5:39 "again" contradicts "every: always"'],
    ['succeeded: {run: x, after: 2}', '5:27 "after" says nothing about succeeded'],
    ['failed: {}', '5:15 a step lacks "run"'],
    ["failed: 'echo ${{ job }}'", '5:21 ${{ job }}: job is not a value'],
    ["failed: 'echo ${{ run.exitCode }}'", '5:21 ${{ run.exitCode }}: there is no "exitCode" in run'],
    ["failed: 'echo ${{ steps.a.status }}'", '5:21 ${{ steps.a.status }}: there is no "a" in steps'],
    ['failed: {run: x, if: run.code == 1}', '5:28 if: run.code == 1: there is no "code" in run'],
    [
      'failed: "echo \'${{ run.id }}\'"',
      '5:15 ${{ run.id }}: it stands in single quotes, where a value could be read as code or not at all',
    ],
    [
      "failed: {trigger: two, args: {who: '${{ run.nme }}'}}",
      '5:43 ${{ run.nme }}: there is no "nme" in run',
    ],
    ['failed: {trigger: one, args: {who: ann}}', '5:36 task "one" has no parameter "who"'],
    ['failed: {trigger: two}', '5:25 task "two" needs an argument for "who"'],
    ['failed: {trigger: two, args: {who: eve}}', '5:36 "eve" is no choice for "who"'],
    ['failed: 7', '5:15 expected an action, found the number 7'],
    [
      'failed: {uses: mial, with: {}}',
      '5:28 "with" is read beside uses: http, mail, webhook, healthcheck, cleanup',
    ],
  ])('%s is refused', (line, problem) => {
    expect(problemsOf(line)).toContain(problem);
  });
});

describe('the arguments of a trigger', () => {
  const timetable = (choices: string, args: string): string =>
    `tasks:\n  job: {when: [{every: 1h, args: {region: eu}}], params: {region: , who: x}, run: x, on: {failed: {trigger: other${args}}}}\n  other: {params: {region: {choices: [${choices}]}}, run: x}\n`;

  it('may be those of the task itself', () => {
    expect(problemsIn(timetable('eu, us', ''))).toEqual([]);
  });

  it('are refused where these are none that the other one takes', () => {
    expect(problemsIn(timetable('us', ''))).toEqual(['2:109 "eu" is no choice for "region"']);
    expect(problemsIn(timetable('us', ', args: {region: us}'))).toEqual([]);
  });

  it('are left to the run where they are templates', () => {
    expect(problemsIn(timetable('us', ", args: {region: '${{ params.who }}'}"))).toEqual([]);
  });
});

describe('actions that come back to where they began', () => {
  const timetable = (edges: readonly (readonly [string, string])[]): string =>
    `tasks:\n${edges.map(([from, to]) => `  ${from}: {run: x, on: {failed: {trigger: ${to}}}}\n`).join('')}  end: {run: x}\n`;

  it('are refused, with the way that they take', () => {
    const text = timetable([
      ['start', 'a'],
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]);
    expect(problemsIn(text)).toEqual(['3:38 actions go round in a circle: a → b → c → a']);
  });

  it('are all told in one go', () => {
    const text = timetable([
      ['a', 'a'],
      ['b', 'c'],
      ['c', 'b'],
    ]);
    expect(problemsIn(text)).toEqual([
      '2:38 actions go round in a circle: a → a',
      '3:38 actions go round in a circle: b → c → b',
    ]);
  });

  it('are found among thousands, and none where there is none', () => {
    const row = Array.from(
      { length: 2_000 },
      (_, at) => [`t${at}`, at === 1_999 ? 'end' : `t${at + 1}`] as const,
    );
    expect(parseTimetable(timetable(row), { file: '/t.yaml' }).tasks).toHaveLength(2_001);
    const circle = row.map(([from, to]) => [from, to === 'end' ? 't0' : to] as const);
    expect(problemsIn(timetable(circle))[0]).toContain('t1999 → t0');
  });
});
