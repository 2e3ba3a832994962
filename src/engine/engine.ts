/** The loop: waits for the next due instant, turns it into runs, and ends when told or when nothing is to come. */
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { Reporter } from '../reporter/reporter.js';
import type { JobPast } from '../store/store.js';
import { createAgenda, type ScheduledTask } from './agenda.js';
import { attendedUntil } from './attendance.js';
import { createCampaignWatch, type Verdict } from './campaign.js';
import { noteSetBackBefore, noticeJump } from './clock-jump.js';
import { createClockWatch } from './clock-watch.js';
import { conclude } from './conclusion.js';
import type { StopAnswer, StopRequest, Triggered, TriggerRequest } from './door.js';
import { armAfterFinish, armAfterUnrun, fireDue } from './due.js';
import type { EngineState } from './engine-state.js';
import { createFiring } from './firing.js';
import { beat } from './heartbeat.js';
import type { LiveRun } from './live-run.js';
import { jobsToCome, nextToCome } from './outlook.js';
import { lookAtOverrides } from './override-watch.js';
import type { EngineParts, EnginePlan } from './plan.js';
import { replaceJobs } from './replacing.js';
import { triggerAt, triggerNow } from './requested.js';
import { finishIfIdle, rest } from './rest.js';
import type { OutputMask } from './run-output.js';
import { handledUntil } from './set-back.js';
import { NO_SIEVE } from './sift.js';
import { createStandby } from './standby.js';
import { failWith, stop } from './stopping.js';

export type EngineResult = {
  /** Why it ended: `finished` when nothing was to come, else what `stop` was given. */
  readonly reason: string;
  /** How many runs ended, and how many of them did not succeed. */
  readonly ended: number;
  readonly unsuccessful: number;
  /** The run that ended last. */
  readonly last: Run | undefined;
  /** Whether what the campaign waited for has happened. */
  readonly verdict: Verdict;
  /** All that was due up to then was claimed; undefined when it ended before it had looked. */
  readonly attendedUntil: Date | undefined;
  /** It was told to stop while a run that had failed was to be tried again. */
  readonly isCutShort: boolean;
};

export type Engine = {
  readonly done: Promise<EngineResult>;
  /** Settles when what was due at the start is under way, and the engine waits for what comes. */
  readonly ready: Promise<void>;
  /**
   * No new runs; those that are going are signalled (`signal`, else their own) or waited for.
   *
   * @param onStop - Takes the place of the plan's. Who drains may still be told to stop.
   */
  stop(reason: string, signal?: NodeJS.Signals, onStop?: EnginePlan['onStop']): void;
  /** End the runs that are going at once. */
  kill(): void;
  /** Run a job now that no schedule asks for; its overlap policy holds. */
  trigger(request: TriggerRequest): Promise<Triggered>;
  /**
   * Run a job at an instant to come. Its record waits till then, and the next scheduler of the namespace finds it
   * there; an instant that has passed is now.
   */
  runAt(request: TriggerRequest, at: Date): Promise<Triggered>;
  /**
   * Put another set of jobs in the place of the present one. Jobs that are the same keep their phase; changed and new
   * ones are due from now on; those that are gone are not due any more, nor tried again. Runs that are going keep their
   * definition. Where nothing of them is to come, the engine goes on until it is given others, or told to stop.
   *
   * @param change - `at`: since when, default now. `hiding`: what hides secrets from now on, default as before.
   */
  replaceJobs(
    jobs: readonly ScheduledTask[],
    change?: { readonly at?: Date; readonly hiding?: OutputMask | undefined },
  ): void;
  /** What hides secrets from now on, in runs that begin. */
  hide(hiding: OutputMask | undefined): void;
  /** Take over what people have said about moments to come, where it has changed. */
  refresh(): Promise<void>;
  /** The jobs that can be due, and when they are next. */
  jobs(): readonly { readonly job: ScheduledTask; readonly nextAt: Date | undefined }[];
  /** What is due next; undefined when nothing is to come. */
  next(): { readonly at: Date; readonly jobs: readonly ScheduledTask[] } | undefined;
  /** Runs that are going. */
  live(): readonly LiveRun[];
  /** End one run of this engine, or keep it from starting. */
  stopRun(id: string, how: StopRequest): Promise<StopAnswer>;
  /** Something broke: end the runs that are going, keep their records, then `done` rejects with the error. */
  fail(error: unknown): void;
};

/** Never wait longer on one timer: suspend and set clocks are noticed by then. */
const MAX_WAIT_MS = 30_000;

export function createEngine(parts: EngineParts, plan: EnginePlan): Engine {
  let settle: (result: EngineResult) => void = () => {};
  let giveUp: (error: unknown) => void = () => {};
  const done = new Promise<EngineResult>((resolve, reject) => {
    settle = resolve;
    giveUp = reject;
  });
  const state = createState(parts, plan, settle, giveUp);
  const { fail, firing } = state;
  const ready = start(state).catch(fail);
  return {
    done,
    ready,
    stop: (reason, signal, onStop = plan.onStop) => stop(state, reason, signal, onStop),
    kill: firing.killAll,
    trigger: (request) => triggerNow(state, request),
    runAt: (request, at) => triggerAt(state, request, at),
    replaceJobs: (jobs, change) => replaceJobs(state, jobs, change),
    hide(hiding) {
      if (hiding !== undefined) firing.hide(hiding);
    },
    async refresh() {
      await lookAtOverrides(state);
      rest(state);
    },
    jobs: () => jobsToCome(state),
    next: () => nextToCome(state),
    live: () => [...firing.live()],
    stopRun: firing.stopRun,
    fail,
  };
}

function createState(
  parts: EngineParts,
  plan: EnginePlan,
  settle: EngineState['settle'],
  giveUp: EngineState['giveUp'],
): EngineState {
  const { clock, sieve = NO_SIEVE } = parts;
  const tell = createTeller(parts.reporter);
  const campaign = createCampaignWatch(plan.campaign ?? {});
  const startedMs = clock.steadyMs();
  const fail = (error: unknown): void => failWith(state, error);
  const restNow = (): void => rest(state);
  const firing = createFiring({
    ...parts,
    tell,
    plan,
    jobs: () => state.agenda?.jobs() ?? plan.jobs,
    nextAtOf: (jobId) => state.agenda?.nextAtOf(jobId),
    jobsOf: (taskId) => state.agenda?.jobsOf(taskId) ?? [],
    followersOf: (taskId) => state.agenda?.followersOf(taskId) ?? [],
    jobOf: (id) => state.agenda?.jobOf(id) ?? plan.others?.find(({ task }) => task.id === id),
    campaign,
    noticeJump: () => noticeJump(state),
    listen: {
      ended: (run, job, isAside) => noteEnd(state, run, job, isAside),
      unrun: (run) => armAfterUnrun(state, run),
      planned: restNow,
      settled: () => finishIfIdle(state),
      failed: fail,
    },
  });
  const state: EngineState = {
    parts,
    plan,
    tell,
    campaign,
    firing,
    sieve,
    watch: plan.mode === 'once' ? undefined : createClockWatch(clock),
    standby:
      plan.mode === 'schedule' && parts.executor.prepare !== undefined
        ? createStandby({ clock, prepare: (job, at) => sieve.withholds(job, at) || firing.prepare(job, at) })
        : undefined,
    startedMs,
    maxWaitMs: plan.maxWaitMs ?? MAX_WAIT_MS,
    tally: { ended: 0, unsuccessful: 0, last: undefined },
    rest: restNow,
    fail,
    settle,
    giveUp,
    agenda: undefined,
    early: undefined,
    isKeptOpen: plan.isOpenEnded === true,
    stopping: undefined,
    isToldToStop: false,
    isDraining: false,
    isCutShort: false,
    cancelTimer: undefined,
    wakeAtMs: startedMs,
    isRecovering: false,
    jump: undefined,
    takenUntil: plan.startedAt,
    openFrom: undefined,
    hasTaken: false,
    isBeatFailing: false,
    isSettlingSieve: false,
    hasLooked: false,
    overridesRefused: undefined,
    beatAt: startedMs,
    failure: undefined,
  };
  return state;
}

/** Reporting never fails a run: what a reporter throws is dropped. */
function createTeller(reporter: Reporter): (event: Event) => Promise<void> | undefined {
  return (event) => {
    try {
      return reporter.report(event)?.catch(() => {});
    } catch {
      return undefined;
    }
  };
}

async function start(state: EngineState): Promise<void> {
  const { parts, plan, sieve } = state;
  const past = plan.mode === 'once' ? new Map<string, JobPast>() : await parts.writer.past();
  const first = new Date(plan.startedAt.getTime() - 1);
  await (parts.sieve && lookAtOverrides(state));
  state.agenda = createAgenda(plan.jobs, (job) => {
    const { id } = job.task;
    const known = past.get(id);
    return known === undefined ? first : sieve.recordedUntil(id, handledUntil(job, known, first), known);
  });
  if (past.size > 0) noteSetBackBefore(state, past.values());
  if (plan.campaign?.now) for (const { task } of plan.jobs) state.agenda.arm(task.id, plan.startedAt);
  if (plan.mode === 'schedule') await beat(state);
  const from = (jobId: string): Date | undefined => {
    const known = past.get(jobId);
    return known && attendedUntil(known, plan.startedAt);
  };
  await fireDue(state, { cause: 'down', from, until: plan.startedAt });
  state.early?.();
  rest(state);
}

function noteEnd(state: EngineState, run: Run, job: ScheduledTask, isAside: boolean): void {
  armAfterFinish(state, state.agenda?.jobOf(job.task.id));
  if (!isAside) count(state, run);
  if (state.stopping === undefined) rest(state);
  finishIfIdle(state);
}

function count(state: EngineState, run: Run): void {
  const { campaign, firing, plan, tally } = state;
  tally.ended++;
  tally.last = run;
  if (run.status !== 'succeeded') tally.unsuccessful++;
  // Enough runs have been started; of those, some may be tried again.
  const isOver = campaign.noteEnd(run);
  if (isOver && (firing.attempts === 0 || plan.campaign?.until !== undefined)) conclude(state);
}
