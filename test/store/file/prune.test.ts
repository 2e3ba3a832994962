/** Retention: what goes, and what never does. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobDefinition } from '../../../src/model/job.js';
import type { Run } from '../../../src/model/run.js';
import { keepDefinitions } from '../../../src/store/file/definitions.js';
import { writeSegments } from '../../../src/store/file/history.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

const DAY = 86_400_000;
/** Files are made now, runs long ago: what is young is judged by both. */
const LATER = new Date(Date.now() + 400 * DAY);

let directory: string;
let store: FileStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0' });
});
afterEach(() => rmSync(directory, { recursive: true }));

let later = 0;

/** Each later than the one before, and than what was defined without it. */
function soon(): Date {
  later += 1_000;
  return new Date(Date.now() + later);
}

/** A run on each of the days before LATER, with output, folded. Oldest last. */
async function runsOn(
  daysAgo: readonly number[],
  more: (index: number) => Partial<Run> = () => ({}),
): Promise<Run[]> {
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await writer.setJobs([definition('a')]);
  const runs = daysAgo.map((days, index): Run => {
    const at = new Date(LATER.getTime() - days * DAY);
    return { ...dueRun('a', at.toISOString()), startedAt: at, status: 'succeeded', ...more(index) };
  });
  for (const run of runs) {
    const { status, ...rest } = run;
    const sink = owned((await writer.claim([{ run: { ...rest, status: 'starting' } }]))[0]);
    sink.write('stdout', Buffer.alloc(1000, 'x'));
    sink.close();
    await writer.record({ id: run.id, status });
  }
  await writer.close('done');
  const journals = join(directory, 'state/namespaces/n1/journal');
  writeSegments(join(directory, 'state/namespaces/n1/history'), runs);
  // The history has them now; who has which job stays in a journal without runs.
  for (const name of readdirSync(journals)) rmSync(join(journals, name));
  const again = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await again.setJobs([definition('a')]);
  await again.close('done');
  return runs;
}

function hasOutput(run: Run): boolean {
  return existsSync(outputOf(run, 'out'));
}

function outputOf({ id, scheduledAt }: Run, ending: string): string {
  const day = scheduledAt.toISOString().slice(0, 10).replaceAll('-', '');
  return join(directory, 'state/namespaces/n1/output', day, `${id}.${ending}`);
}

it('removes output that is old, except of the last runs of a job and the last that failed', async () => {
  const runs = await runsOn([15, 16, 17, 18, 19], (index) => (index === 4 ? { status: 'failed' } : {}));
  const report = await store.prune({ now: LATER, outputsPerJob: 2 });
  expect(runs.map(hasOutput)).toEqual([true, true, false, false, true]);
  expect(report.runs).toBe(0);
  expect(report.bytes).toBeGreaterThanOrEqual(2000);
  expect(await store.runs({ limit: 10 })).toHaveLength(5);
});

it('removes the oldest output beyond the size', async () => {
  const runs = await runsOn([2, 3, 4, 5]);
  await store.prune({ now: LATER, outputBytes: 2500 });
  expect(runs.map(hasOutput)).toEqual([true, true, false, false]);
});

it('removes what runs of a killed supertask had named, before it counts against others, and no live run’s', async () => {
  const runs = await runsOn([2, 3, 4, 5]);
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  const live = dueRun('b', new Date(LATER.getTime() - 6 * DAY).toISOString());
  owned((await writer.claim([{ run: live }]))[0]).close();
  const named = [live, ...runs.slice(2)].map((run) => outputOf(run, 'named'));
  for (const path of named) writeFileSync(path, 'x'.repeat(5000), { mode: 0o600 });
  await store.prune({ now: LATER, outputBytes: 7500 });
  expect(named.map((path) => existsSync(path))).toEqual([true, false, false]);
  expect(runs.map(hasOutput)).toEqual([true, true, false, false]);
  await writer.close('done');
});

it('removes runs beyond the number and the age, with their output', async () => {
  const runs = await runsOn([2, 3, 4, 366, 367]);
  await store.prune({ now: LATER });
  expect((await store.runs({ limit: 10 })).map((run) => run.id)).toEqual(
    runs.slice(0, 3).map((run) => run.id),
  );
  await store.prune({ now: LATER, runs: 1 });
  expect((await store.runs({ limit: 10 })).map((run) => run.id)).toEqual([runs[0]?.id]);
  expect(runs.map(hasOutput)).toEqual([true, false, false, false, false]);
  expect((await store.namespaces())[0]?.runs).toBe(1);
});

it('never removes a claim that is younger than a day or than the deadline', async () => {
  const runs = await runsOn([0.5, 1.5, 2.5]);
  await store.prune({
    now: LATER,
    runs: 0,
    outputBytes: 0,
    outputsPerJob: 0,
    outputAgeMs: 0,
    deadlineMs: 2 * DAY,
  });
  expect(runs.map(hasOutput)).toEqual([true, true, false]);
});

it('never removes live runs or the last result of a job', async () => {
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await writer.setJobs([definition('a'), definition('b')]);
  const last = dueRun('a', new Date(LATER.getTime() - 390 * DAY).toISOString(), { startedAt: new Date() });
  const live = dueRun('b', new Date(LATER.getTime() - 391 * DAY).toISOString());
  for (const run of [last, live]) owned((await writer.claim([{ run }]))[0]).write('stdout', Buffer.from('x'));
  await writer.record({ id: last.id, status: 'succeeded' });
  await store.prune({ now: LATER, runs: 0, outputBytes: 0, outputsPerJob: 0, outputAgeMs: 0 });
  expect([last, live].map(hasOutput)).toEqual([true, true]);
  expect(await store.runs({ limit: 5 })).toHaveLength(2);
  await writer.close('done');
});

it('removes definitions that no journal names a day after they were written or folded', async () => {
  const inside = (path: string) => join(directory, 'state/namespaces/n1', path);
  const sets = (): string[] => readdirSync(inside('definitions')).sort();
  const old = (path: string) => utimesSync(inside(path), new Date(0), new Date(0));
  const first = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await first.setJobs([definition('a')]);
  await first.setJobs([definition('b')]);
  await first.close('done');
  const named = sets();
  const unnamed = `${keepDefinitions(inside('definitions'), [definition('c')])}.jsonl`;
  for (const name of named) old(`definitions/${name}`);
  await store.prune({ now: new Date() });
  expect(sets()).toEqual([...named, unnamed].sort());
  old(`definitions/${unnamed}`);
  await store.prune({ now: new Date(), dryRun: true });
  expect(sets()).toEqual([...named, unnamed].sort());
  // Somebody was killed while he was about it.
  renameSync(inside(`definitions/${named[0]}`), inside(`definitions/${named[0]}.0123456789ab.tmp`));
  await store.prune({ now: new Date() });
  expect(sets()).toEqual(named);
  const [free = ''] = readdirSync(inside('journal'));
  renameSync(inside(`journal/${free}`), inside(`journal/sealed-${free.slice('free-'.length)}`));
  old(`journal/sealed-${free.slice('free-'.length)}`);
  const next = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await next.setJobs([definition('b')]);
  await next.heartbeat(new Date());
  expect(readdirSync(inside('journal'))).toHaveLength(1);
  await store.prune({ now: new Date() });
  expect(sets()).toEqual(named);
  await store.prune({ now: LATER });
  expect(sets()).toHaveLength(1);
  expect((await store.jobs('n1')).map(({ id }) => id)).toEqual(['b']);
  expect(await store.check('n1')).toEqual([]);
  await next.close('done');
});

it('only counts when it is a rehearsal', async () => {
  const runs = await runsOn([15, 366]);
  const limits = { now: LATER, outputsPerJob: 0, outputBytes: 0 };
  const rehearsal = await store.prune({ ...limits, dryRun: true });
  expect(runs.map(hasOutput)).toEqual([true, true]);
  expect(await store.runs({ limit: 5 })).toHaveLength(2);
  expect(await store.prune(limits)).toEqual(rehearsal);
  expect(rehearsal.runs).toBe(1);
});

it('does a part of the work when told to', async () => {
  await runsOn([15, 16, 17, 18]);
  const report = await store.prune({ now: LATER, outputsPerJob: 1, maxFiles: 1 });
  expect(report.files).toBeLessThanOrEqual(3);
  expect(report.files).toBeGreaterThan(0);
});

it('holds each job to what its own definition keeps', async () => {
  const runs = await runsOn([2, 3, 4, 5, 6], (index) => ({ job: index % 2 === 0 ? 'a' : 'b' }));
  const keepOf = async (jobs: readonly JobDefinition[]) => {
    const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: soon() });
    await writer.setJobs(jobs);
    await writer.close('done');
  };
  const left = async () => {
    const ids = new Set((await store.runs({ limit: 10 })).map((run) => run.id));
    return runs.map((run) => ids.has(run.id));
  };
  await keepOf([definition('a', { keep: { bytes: 1500 } }), definition('b')]);
  await store.prune({ now: LATER });
  expect(runs.map(hasOutput)).toEqual([true, true, false, true, false]);
  expect(await left()).toEqual([true, true, true, true, true]);
  await keepOf([definition('a', { keep: { runs: 2 } }), definition('b', { keep: { ageMs: 4 * DAY } })]);
  await store.prune({ now: LATER });
  expect(await left()).toEqual([true, true, true, false, false]);
});

it('is done little by little by a scheduler, which does not wait for it', async () => {
  const runs = await runsOn([2, 15, 16, 17]);
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: soon() });
  await writer.setJobs([definition('a', { keep: { runs: 1 } })]);
  await writer.heartbeat(LATER);
  await writer.heartbeat(LATER);
  expect(runs.map(hasOutput)).toEqual([true, true, true, true]);
  await expect.poll(() => runs.map(hasOutput)).toEqual([true, false, false, false]);
  await writer.close('done');
});

it('says whether anything was left for the next time', async () => {
  await runsOn([15, 16, 17, 18]);
  const limits = { now: LATER, outputsPerJob: 1 };
  expect(await store.prune({ ...limits, maxFiles: 1 })).toMatchObject({ complete: false });
  expect(await store.prune({ ...limits, isStopped: () => true })).toMatchObject({
    complete: false,
    files: 0,
  });
  expect(await store.prune(limits)).toMatchObject({ complete: true });
});
