import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { recordedArgs } from '../../src/model/arg.ts';
import { expandTasks, jobByHand, remakeJob, withArgs } from '../../src/model/expand.ts';
import type { Task } from '../../src/model/task.ts';
import { toldBy } from '../formats/told.ts';

const tasksOf = (text: string): readonly Task[] => parseTimetable(text, { file: '/t.yaml' }).tasks;
const brief = (tasks: readonly Task[]) =>
  tasks.map(({ id, taskId, args, schedules }) => [id, taskId, args, schedules.map(({ text }) => text)]);

describe('a task with parameters', () => {
  it('is a job for each set of arguments, whose schedules it joins', () => {
    const tasks = tasksOf(`
tasks:
  close:
    params: {country: , lang: en}
    when:
      - {daily: '17:00', args: {country: US}}
      - {daily: '18:00', args: {country: DE, lang: de}}
      - {daily: '19:00', args: {lang: de, country: DE}}
    run: x`);
    expect(brief(expandTasks(tasks))).toEqual([
      ['close@country=US', 'close', { country: 'US', lang: 'en' }, ['daily at 17:00']],
      [
        'close@country=DE,lang=de',
        'close',
        { country: 'DE', lang: 'de' },
        ['daily at 18:00', 'daily at 19:00'],
      ],
    ]);
  });

  it('stays one job where its schedules bring no arguments', () => {
    const tasks = tasksOf('tasks: {t: {params: {lang: en}, when: "@daily", run: x}}');
    expect(brief(expandTasks(tasks))).toEqual([['t', undefined, { lang: 'en' }, ['@daily']]]);
  });

  it('stays as it is without a schedule, until somebody brings its arguments', () => {
    const tasks = tasksOf('tasks: {t: {params: {country: }, run: x}}');
    expect(expandTasks(tasks)).toEqual(tasks);
    expect(brief(expandTasks(tasks, { country: 'US' }))).toEqual([
      ['t@country=US', 't', { country: 'US' }, []],
    ]);
    const [task] = tasks;
    expect(task && withArgs(task, { country: 'FR' }).id).toBe('t@country=FR');
    expect(toldBy(() => task && withArgs(task, {}))).toContain('needs an argument for "country"');
  });

  it('is called by its arguments for people, too', () => {
    const tasks = tasksOf(
      'tasks: {t: {name: Books, params: {c: }, when: {every: 1h, args: {c: US}}, run: x}}',
    );
    expect(expandTasks(tasks)[0]?.name).toBe('Books (c=US)');
  });

  it('keeps secrets out of ids, names and records', () => {
    const tasks = tasksOf(`
tasks:
  t:
    name: Call
    params: {to: , api_token: , code: }
    secrets: [code]
    when: {every: 1h, args: {to: a, api_token: CANARY-1, code: CANARY-2}}
    run: x`);
    const [job] = expandTasks(tasks);
    expect([job?.id, job?.name]).toEqual(['t@to=a', 'Call (to=a)']);
    expect(job && recordedArgs(job)).toEqual({
      task: 't',
      args: { to: 'a', api_token: '***', code: '***' },
    });
  });
});

it.each([
  ['{a: 1}', { b: '2' }, 'no task has a parameter "b"'],
  ['{region: 1}', { regoin: '2' }, 'Did you mean region?'],
  ['{a: {choices: [x, y]}}', { a: 'z' }, '"z" is no choice for "a"'],
])('params %s refuse %j', (params, given, told) => {
  const tasks = tasksOf(`tasks: {t: {params: ${params}, run: x}}`);
  expect(toldBy(() => expandTasks(tasks, given))).toContain(told);
});

it.each([
  ['{a: 1, token: p}', '{a: 1, token: q}'],
  ['{a: us}', '{a: US}'],
])('refuses the jobs %s and %s, which only a secret or a capital tells apart', (first, second) => {
  const when = `[{every: 1h, args: ${first}}, {every: 2h, args: ${second}}]`;
  const tasks = tasksOf(`tasks: {t: {params: {a: , token: x}, when: ${when}, run: x}}`);
  expect(toldBy(() => expandTasks(tasks))).toContain('would be called t@a=');
});

describe('the job of a run', () => {
  const tasks = expandTasks(
    tasksOf(`
tasks:
  close:
    params: {country: , lang: en}
    when: {daily: '17:00', args: {country: US}}
    run: x`),
  );

  it.each([
    ['close@country=DE', { country: 'DE', lang: 'en' }],
    ['close@country=DE,lang=en', { country: 'DE', lang: 'en' }],
    ['close@country=DE,lang=fr', { country: 'DE', lang: 'fr' }],
    // Its default was another one at that time.
    ['close@country=DE', { country: 'DE', lang: 'fr' }],
  ])('%s is made again of its arguments', (job, args) => {
    const made = remakeJob(tasks, { job, task: 'close', args });
    expect(made).toMatchObject({ id: job, taskId: 'close', args, schedules: [] });
  });

  it.each([
    ['whose task is gone', { job: 'open@a=b', task: 'open', args: { a: 'b' } }],
    ['with secret arguments', { job: 'close@lang=en', task: 'close', args: { country: '***', lang: 'en' } }],
    ['that lacks a parameter', { job: 'close@lang=en', task: 'close', args: { lang: 'en' } }],
    ['with a parameter too many', { job: 'close@x=y', task: 'close', args: { country: 'DE', x: 'y' } }],
  ])('%s is not', (_, run) => {
    expect(remakeJob(tasks, run)).toBeUndefined();
  });

  it('by hand is the one that schedules make, where the arguments are the same', () => {
    expect(jobByHand(tasks, 'close', { country: 'US' })).toBe(tasks[0]);
    expect(jobByHand(tasks, 'close', { country: 'DE' })).toMatchObject({
      id: 'close@country=DE',
      schedules: [],
    });
  });
});

it('takes 10,000 tasks with parameters and templates', () => {
  const tasks = Array.from(
    { length: 10_000 },
    (_, index) =>
      `  t${index}: {params: {n: }, when: {every: 1h, args: {n: ${index}}}, run: 'echo \${{ params.n }} "\${{ date.format("yyyyMMdd") }}"'}`,
  );
  const jobs = expandTasks(tasksOf(`tasks:\n${tasks.join('\n')}`));
  expect([jobs.length, jobs[9_999]?.id]).toEqual([10_000, 't9999@n=9999']);
});
