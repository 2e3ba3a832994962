/** What a reload keeps and what it changes, by a clock turned by hand. */
import { expect, it } from 'vitest';
import { definitionOf } from '../../src/app/define.ts';
import { createReloader } from '../../src/app/reload.ts';
import type { RunOptions } from '../../src/app/run-option.ts';
import { findHiding } from '../../src/app/secret.ts';
import type { Source } from '../../src/app/source.ts';
import type { ScheduledTask } from '../../src/engine/agenda.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';
import type { Event } from '../../src/model/event.ts';
import type { JobDefinition } from '../../src/model/job.ts';
import { type Rig, rig } from '../support/rig.ts';

const SECOND = 1_000;

function sourceOf(text: string): Source {
  const timetable = parseTimetable(text, { file: '/t.yaml' });
  return { kind: 'file', source: '/t.yaml', directory: '/', timetable };
}

/** An engine with the jobs of a timetable, whose text can be exchanged. */
async function running(text: string) {
  const events: Event[] = [];
  const kept: (readonly JobDefinition[])[] = [];
  const source = sourceOf(text);
  const { tasks } = source.timetable;
  const schedules = tasks.map((task) => [task.id, { when: task.schedules.map(({ text }) => text) }] as const);
  const one: Rig = await rig(Object.fromEntries(schedules));
  const known = new Map(one.engine.jobs().map(({ job }) => [job.task.id, job]));
  // The same tasks as the timetable has them: the rig's own have no line.
  one.engine.replaceJobs(tasks.map((task) => ({ task, bounds: known.get(task.id)?.bounds ?? [] })));
  let current = text;
  const options = {
    tz: 'UTC',
    env: {},
    reporter: { report: (event) => void events.push(event) },
  } as Pick<RunOptions, 'tz' | 'env' | 'reporter'> as RunOptions;
  const reloader = createReloader({
    engine: one.engine,
    writer: { setJobs: async (jobs) => void kept.push([...jobs]) },
    options,
    startedAt: one.time.now(),
    source,
    own: tasks,
    tasks,
    secrecy: { hiding: await findHiding(tasks, {}) },
    reread: async () => sourceOf(current),
    definitionOf,
    isOver: () => false,
    now: one.time.now,
  });
  const reload = (changed: string) => {
    current = changed;
    return reloader.reloadNow();
  };
  return { ...one, events, kept, reload, jobs: () => one.engine.jobs() };
}

function next(jobs: readonly { readonly job: ScheduledTask; readonly nextAt: Date | undefined }[]) {
  return jobs.map(({ job, nextAt }) => `${job.task.id} ${nextAt?.toISOString().slice(14, 19) ?? 'never'}`);
}

it('keeps what a schedule counts from, as long as the schedule is the same', async () => {
  const one = await running('tasks:\n  a: {when: every 10s from start, run: echo}\n');
  await one.time.advance(15 * SECOND);
  while (one.executor.running > 0) await one.executor.finish();
  await one.reload('tasks:\n  # moved down\n  a: {when: every 10s from start, run: echo other}\n');
  expect(next(one.jobs())).toEqual(['a 00:20']);
  await one.reload('tasks:\n  a: {when: every 11s from start, run: echo other}\n');
  await one.time.advance(1);
  expect(next(one.jobs())).toEqual(['a 00:26']);
  expect(one.kept.at(-1)).toMatchObject([
    { id: 'a', since: '2026-01-01T00:00:15.000Z', countsFrom: '2026-01-01T00:00:15.000Z' },
  ]);
  await one.stop();
});

it('has a job wait anew after its last run, by the new delay', async () => {
  const one = await running('tasks:\n  a: {when: every 10s after finish, run: echo}\n');
  await one.time.advance(SECOND);
  await one.executor.finish();
  await one.reload('tasks:\n  a: {when: every 10s after finish, run: echo other}\n');
  expect(next(one.jobs())).toEqual(['a 00:11']);
  await one.stop();
});

it('does not take a reload for a start', async () => {
  const one = await running('tasks:\n  a: {when: every 10m, run: echo}\n');
  await one.time.advance(15 * SECOND);
  await one.reload("tasks:\n  a: {when: every 10m, run: echo}\n  b: {when: '@reboot', run: echo}\n");
  expect(next(one.jobs())).toEqual(['a 10:00', 'b never']);
  await one.stop();
});

it('fills nothing in backwards, after however long a sleep', async () => {
  const one = await running('tasks:\n  a: {when: every 10m, run: echo}\n');
  await one.time.advance(15 * SECOND);
  one.time.suspend(3_600 * SECOND);
  await one.reload('tasks:\n  a: {when: every 10m, run: echo}\n  b: {when: every 1m, run: echo}\n');
  await one.time.advance(50 * SECOND);
  const records = (await one.runs()).map(({ job, status, count }) => `${job} ${status} ${count ?? 1}`);
  expect(records).toContain('a missed 5');
  expect(records.filter((record) => record.startsWith('b'))).toEqual(['b running 1']);
  await one.stop();
});

it('takes over nothing of a timetable that is wrong anywhere', async () => {
  const one = await running('tasks:\n  a: {when: every 10m, run: echo}\n');
  const report = await one.reload('tasks:\n  b: {when: every 1m, run: echo}\n  c: {when: no, run: echo}\n');
  expect(report).toMatchObject({
    status: 'rejected',
    problems: [{ location: { file: '/t.yaml', line: 3, column: 13 } }],
  });
  expect(next(one.jobs())).toEqual(['a 10:00']);
  expect(one.kept).toEqual([]);
  await one.stop();
});

it('leaves 9,999 of 10,000 jobs alone when one has changed', async () => {
  const text = (run: string) =>
    `tasks:\n${Array.from({ length: 10_000 }, (_, index) => `  j${index}: {when: '${index % 60} * * * *', run: ${index === 5_000 ? run : 'echo'}}\n`).join('')}`;
  const one = await running(text('echo old'));
  const before = new Set(one.jobs().map(({ job }) => job));
  const report = await one.reload(text('echo new'));
  expect(report).toMatchObject({ change: { added: [], changed: ['j5000'], removed: [], unchanged: 9_999 } });
  const others = one.jobs().filter(({ job }) => !before.has(job));
  // The very same objects: none was bound, calculated or put into the heap again.
  expect(others.map(({ job }) => job.task.id)).toEqual(['j5000']);
  await one.stop();
});

it('does one reload after the other', async () => {
  const one = await running('tasks:\n  a: {when: every 10m, run: echo}\n');
  await one.time.advance(SECOND);
  const reports = await Promise.all([
    one.reload('tasks:\n  b: {when: every 10m, run: echo}\n'),
    one.reload('tasks:\n  c: {when: every 10m, run: echo}\n'),
  ]);
  expect(reports.map(({ status }) => status)).toEqual(['reloaded', 'unchanged']);
  expect(next(one.jobs())).toEqual(['c 10:00']);
  await one.stop();
});
