/** `wait`: until a run has ended, with its exit code. */
import { setTimeout as sleep } from 'node:timers/promises';
import { liveSchedulers } from '../../app/control/live.js';
import { lookAgain } from '../../app/control/wait.js';
import { findRunOrJob } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { describeEnd } from '../../model/describe.js';
import { parseDuration } from '../../model/duration.js';
import type { Job } from '../../model/job.js';
import { runRecord } from '../../model/record.js';
import { isEnded, type Run, type RunStatus } from '../../model/run.js';
import { summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { openReading, type Reading, scopeOf } from '../reading.js';
import { type Flags, say, textFlag } from '../steering.js';
import { waitedExit } from '../waited-exit.js';
import { parseStatuses } from './list.js';

const LOOK_EVERY_MS = 100;

export async function waitCommand(text: string, flags: Flags): Promise<Exit> {
  const reading = await openReading(flags);
  const timeout = textFlag(flags, 'timeout');
  const wanted = parseStatuses(flags['status']);
  const until = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + parseDuration(timeout);
  const found = await findRunOrJob(reading.store, text, scopeOf(reading, text));
  const run = await ('run' in found
    ? awaitRun(reading, found.run, wanted, until)
    : awaitJob(reading, found.job, wanted, until));
  return run === undefined ? tellTimeout(text, timeout) : tellRun(reading, run, wanted);
}

/** Tell how a run ended, and end as it did; with `wanted` it is what was waited for. */
export async function tellRun(
  reading: Reading,
  run: Run,
  wanted: readonly RunStatus[] | undefined,
): Promise<Exit> {
  if (reading.json) await reading.printJson(runRecord(run));
  else await say(reading, `${summarize(run.job)} run ${run.id.slice(0, 18)} ${statusOf(run)}`);
  if (wanted !== undefined) return { code: wanted.includes(run.status) ? EXIT.ok : EXIT.failed };
  return waitedExit(run);
}

function statusOf(run: Run): string {
  return isEnded(run.status) ? describeEnd(run) : `is ${run.status}`;
}

function tellTimeout(text: string, timeout: string | undefined): Exit {
  process.stderr.write(`supertask: "${text}" did not come that far within ${timeout}\n`);
  return { code: EXIT.timeout };
}

/** Until the run has one of the statuses, or has ended without. */
async function awaitRun(
  { store }: Reading,
  run: Run,
  wanted: readonly RunStatus[] | undefined,
  until: number,
): Promise<Run | undefined> {
  for (;;) {
    const now = (await lookAgain(store, run)) ?? run;
    if (isEnded(now.status) || wanted?.includes(now.status)) return now;
    if (performance.now() >= until) return undefined;
    await sleep(LOOK_EVERY_MS);
  }
}

/** The run that is going, else the next one; with statuses the first from now on that has one of them. */
async function awaitJob(
  reading: Reading,
  job: Job,
  wanted: readonly RunStatus[] | undefined,
  until: number,
): Promise<Run | undefined> {
  const { store } = reading;
  const { namespace, id } = job;
  // What ended while this command was still being loaded was waited for, too.
  const since = new Date(performance.timeOrigin);
  const before = await store.runs({ namespace, job: id, limit: 100 });
  const known = new Set(
    before.filter((run) => isEnded(run.status) && endOf(run) < since).map((run) => run.id),
  );
  for (;;) {
    const runs = await store.runs({ namespace, job: id, limit: 100 });
    const fresh = runs.filter((run) => !known.has(run.id)).reverse();
    const hit = fresh.find(({ status }) => (wanted === undefined ? isRun(status) : wanted.includes(status)));
    if (hit !== undefined) return hit;
    if (performance.now() >= until) return undefined;
    await refuseIfDead(reading, job, fresh, since);
    await sleep(LOOK_EVERY_MS);
  }
}

function endOf({ endedAt, scheduledAt }: Run): Date {
  return endedAt ?? scheduledAt;
}

/** Skipped and missed moments are no runs. */
function isRun(status: RunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'errored';
}

async function refuseIfDead({ store }: Reading, job: Job, fresh: readonly Run[], since: Date): Promise<void> {
  if (fresh.some(({ status }) => !isEnded(status))) return;
  const schedulers = await liveSchedulers(store, job.namespace);
  if (schedulers.some(({ jobs }) => jobs.includes(job.id))) return;
  throw new SupertaskError(
    'NOT_RUNNING',
    `no run of ${job.id} is going, and no scheduler that has it is running`,
    {
      hint: `Since ${since.toISOString()} nothing has happened that was waited for; supertask ps shows what is running.`,
    },
  );
}
