/** The loop: waits for the next due instant, turns it into runs, and ends when told or when nothing is to come. */
import { SupertaskError } from '../errors.js';
import type { Event } from '../model/event.js';
import { isEnded, type Run } from '../model/run.js';
import { scheduleClass } from '../model/schedule-class.js';
import type { Reporter } from '../reporter/reporter.js';
import type { JobPast } from '../store/store.js';
import { type Agenda, createAgenda, delayOf, type ScheduledTask } from './agenda.js';
import { createCampaignWatch, type Verdict } from './campaign.js';
import type { Gap, Planned } from './claim.js';
import { type ClockJump, createClockWatch } from './clock-watch.js';
import type { StopAnswer, StopRequest, Triggered, TriggerRequest } from './door.js';
import { createFiring } from './firing.js';
import type { LiveRun } from './live-run.js';
import { ON_TIME_MS } from './missed.js';
import type { EngineParts, EnginePlan } from './plan.js';
import type { OutputMask } from './run-output.js';
import { NO_SIEVE, type SiftedJob } from './sift.js';
import { createStandby } from './standby.js';

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
/** A clock that is set back further is held to be right from now on; nothing is held until it catches up. */
const CORRECTION_MS = 3 * 3_600_000;
/** Who wakes this much too late was kept from running. */
const STALLED_MS = 250;
/** Enough to learn of runs that ended meanwhile, and to keep their records. */
const READ_MS = 100;
const NEVER = new Date(0);

export function createEngine(parts: EngineParts, plan: EnginePlan): Engine {
  const { clock } = parts;
  const tell = createTeller(parts.reporter);
  const campaign = createCampaignWatch(plan.campaign ?? {});
  const startedMs = clock.steadyMs();
  const { maxWaitMs = MAX_WAIT_MS } = plan;
  const firing = createFiring({
    ...parts,
    tell,
    plan,
    jobs: () => agenda?.jobs() ?? plan.jobs,
    nextAtOf: (jobId) => agenda?.nextAtOf(jobId),
    jobsOf: (taskId) => agenda?.jobsOf(taskId) ?? [],
    followersOf: (taskId) => agenda?.followersOf(taskId) ?? [],
    jobOf: (id) => agenda?.jobOf(id) ?? plan.others?.find(({ task }) => task.id === id),
    campaign,
    listen: {
      ended: (run, job, isAside) => noteEnd(run, job, isAside),
      planned: () => rest(),
      settled: () => finishIfIdle(),
      failed: (error) => fail(error),
    },
  });
  // Nobody waits in a one-shot, and looking at the clocks costs it a file.
  const watch = plan.mode === 'once' ? undefined : createClockWatch(clock);
  const standby =
    plan.mode === 'schedule' && parts.executor.prepare !== undefined
      ? createStandby({ clock, prepare: (job, at) => sieve.withholds(job, at) || firing.prepare(job, at) })
      : undefined;
  const sieve = parts.sieve ?? NO_SIEVE;
  const tally = { ended: 0, unsuccessful: 0, last: undefined as Run | undefined };
  let agenda: Agenda | undefined;
  /** Another set of jobs that came before the first one was looked at. */
  let early = (): void => {};
  /** The set of jobs has become one of which nothing is to come: another one is waited for. */
  let isKeptOpen = plan.isOpenEnded === true;
  let stopping: string | undefined;
  let isToldToStop = false;
  let isDraining = false;
  let isCutShort = false;
  let cancelTimer = (): void => {};
  let wakeAtMs = startedMs;
  let isRecovering = false;
  /** Up to here the agenda was asked for what is due. */
  let takenUntil = plan.startedAt;
  /** The first instant that was taken and is not claimed, in ms: the state cannot be written, or is just being written. */
  let openFrom: number | undefined;
  let hasTaken = false;
  let isBeatFailing = false;
  let isSettlingSieve = false;
  /** Whether it was looked before what people say of moments to come. */
  let hasLooked = false;
  let beatAt = clock.steadyMs();
  let settle: (result: EngineResult) => void = () => {};
  let giveUp: (error: unknown) => void = () => {};
  let failure: { readonly error: unknown } | undefined;
  const done = new Promise<EngineResult>((resolve, reject) => {
    settle = resolve;
    giveUp = reject;
  });

  const fail = (error: unknown): void => {
    failure ??= { error };
    stopping ??= 'failed';
    cancelTimer();
    firing.close('leave');
    firing.killAll();
    finishIfIdle();
  };

  const noteEnd = (run: Run, job: ScheduledTask, isAside: boolean): void => {
    armAfterFinish(agenda, agenda?.jobOf(job.task.id), clock.now());
    if (!isAside) count(run);
    if (stopping === undefined) rest();
    finishIfIdle();
  };

  const count = (run: Run): void => {
    tally.ended++;
    tally.last = run;
    if (run.status !== 'succeeded') tally.unsuccessful++;
    // Enough runs have been started; of those, some may be tried again.
    const isOver = campaign.noteEnd(run);
    if (isOver && (firing.attempts === 0 || plan.campaign?.until !== undefined)) conclude();
  };

  const start = async (): Promise<void> => {
    const past = plan.mode === 'once' ? new Map<string, JobPast>() : await parts.writer.past();
    const first = new Date(plan.startedAt.getTime() - 1);
    await lookAtOverrides();
    agenda = createAgenda(plan.jobs, ({ task: { id } }) =>
      sieve.recordedUntil(id, attendedUntil(past.get(id), first), past.get(id)),
    );
    if (plan.campaign?.now) for (const { task } of plan.jobs) agenda.arm(task.id, plan.startedAt);
    if (plan.mode === 'schedule') await beat();
    const from = (jobId: string): Date | undefined => attendedFrom(past.get(jobId), plan.startedAt);
    await fireDue({ cause: 'down', from, until: plan.startedAt });
    early();
    rest();
  };

  const tick = async (): Promise<void> => {
    const jump = watch?.look(wakeAtMs);
    if (jump !== undefined) noteJump(jump);
    if (campaign.isOver(clock.steadyMs() - startedMs, clock.now())) conclude();
    if (firing.heldForMs() === 0 && stopping === undefined) await firing.startPlanned(clock.now());
    const from = jump?.before ?? takenUntil;
    await fireDue({ cause: jump?.cause ?? 'late', from: () => from, until: clock.now() });
    if (plan.mode === 'schedule' && clock.steadyMs() - beatAt >= maxWaitMs) await beat();
    rest();
  };

  /** Until when all that was due is claimed; undefined when nothing was looked at yet. */
  const attended = (): Date | undefined => {
    if (!hasTaken) return undefined;
    return openFrom === undefined ? takenUntil : new Date(Math.min(takenUntil.getTime(), openFrom - 1));
  };

  const fireDue = async (gap: Gap): Promise<void> => {
    await lookAtOverrides();
    const now = clock.now();
    if (agenda === undefined || stopping !== undefined) return;
    if (firing.heldForMs() > 0) return dismissStandby();
    const due = sieve.sift(agenda.takeDue(now));
    takenUntil = now;
    hasTaken = true;
    if (due.length === 0) {
      openFrom = undefined;
      return;
    }
    openFrom ??= firstOf(due);
    for (const { job, backlogs } of due) if (backlogs.length === 0) armAfterFinish(agenda, job, now);
    const refused = await firing.fire(due, now, gap);
    dismissStandby();
    openFrom = refused.length === 0 ? undefined : firstOf(refused);
    rearm(refused);
  };

  const rearm = (refused: readonly SiftedJob[]): void => {
    for (const { job, first } of refused) agenda?.rearm(job.task.id, new Date(first.getTime() - 1));
  };

  const lookAtOverrides = async (): Promise<void> => {
    const changed = parts.sieve && (await parts.writer.overrides?.());
    // What holds already when it begins is no news.
    const isNews = hasLooked;
    hasLooked = true;
    if (changed === undefined) return;
    const at = clock.now();
    const change = isNews ? sieve.changeTo(changed, at) : undefined;
    if (change !== undefined) tell({ type: 'overrides-changed', at, change });
    const ended = sieve.replace(changed, at);
    dismissStandby();
    if (ended.length > 0) rearm(await firing.keepWithheld(ended));
  };

  /** Record what was counted of pauses. @returns Whether there was anything. */
  const settleSieve = (): boolean => {
    const left = sieve.takeAll();
    if (left.length === 0) return isSettlingSieve;
    isSettlingSieve = true;
    firing
      .keepWithheld(left)
      .finally(() => {
        isSettlingSieve = false;
      })
      .then(rest)
      .catch(giveUp);
    return true;
  };

  const dismissStandby = (): void => {
    standby?.cancel();
    firing.dismiss();
  };

  const noteJump = (jump: ClockJump): void => {
    tell({ type: 'clock-jumped', at: clock.now(), cause: jump.cause, byMs: Math.round(jump.byMs) });
    dismissStandby();
    if (jump.cause !== 'clock' || agenda === undefined) return;
    const now = clock.now();
    agenda.shiftStarts(jump.byMs);
    firing.shiftAttempts(jump.byMs);
    if (jump.byMs > 0) {
      // What an earlier pass has handled is not missed because the clock leaps over it.
      const { highest } = firing;
      if (highest !== undefined) agenda.raise(highest < now ? highest : now);
      return;
    }
    firing.noteSetBack(takenUntil > jump.before ? takenUntil : jump.before);
    const isSmall = -jump.byMs <= CORRECTION_MS;
    for (const job of agenda.jobs()) {
      const isHeld = isSmall && job.bounds.every((bound) => scheduleClass(bound.schedule) === 'fixed-time');
      if (!isHeld) agenda.rearm(job.task.id, new Date(now.getTime() - 1));
    }
  };

  /** Say that we live, and look after the runs of those that do not. */
  const beat = async (): Promise<void> => {
    beatAt = clock.steadyMs();
    try {
      const found = await parts.writer.heartbeat(clock.now(), attended() ?? NEVER);
      isBeatFailing = false;
      const lost = found.filter(({ status }) => isEnded(status));
      for (const run of lost) tell({ type: 'run-finished', at: clock.now(), run });
      if (found.length > lost.length && stopping === undefined)
        await firing.resume(found.filter(({ status }) => !isEnded(status)));
      if (lost.length > 0 && stopping === undefined) await firing.recover(lost);
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      if (!isBeatFailing) tell({ type: 'warning', at: clock.now(), message: error.message });
      isBeatFailing = true;
    }
  };

  /** Wait for what comes next. */
  const rest = (): void => {
    if (isRecovering && stopping === undefined) return;
    cancelTimer();
    if (finishIfIdle() || stopping !== undefined || agenda === undefined) return;
    const next = agenda.nextAt();
    const plannedAt = firing.plannedAt();
    const overInMs = campaign.msUntilOver(clock.steadyMs() - startedMs, clock.now());
    const heldForMs = firing.heldForMs();
    const isAllBegun =
      next === undefined && plannedAt === undefined && overInMs === undefined && heldForMs === 0;
    // Nobody looks after a one-shot; what is left of it says by itself when it ends.
    if (isAllBegun && plan.mode === 'once') return;
    const untilPlanned = plannedAt === undefined ? maxWaitMs : plannedAt - clock.now().getTime();
    const untilNext = Math.min(untilPlanned, next === undefined ? maxWaitMs : msUntil(next, agenda));
    const untilOver = overInMs ?? maxWaitMs;
    const wanted = Math.max(untilNext, heldForMs);
    // A clock that was set is looked at before it is believed.
    const waitMs = watch?.hasJumped() ? 0 : Math.max(0, Math.min(maxWaitMs, wanted, untilOver));
    wakeAtMs = clock.steadyMs() + waitMs;
    cancelTimer = clock.after(waitMs, wake);
  };

  /** What would count as missed after another wait is run instead. */
  const isAboutToBeLate = (): boolean => {
    const lateMs = clock.now().getTime() - (agenda?.nextAt() ?? Number.POSITIVE_INFINITY);
    return lateMs <= ON_TIME_MS && lateMs + READ_MS > ON_TIME_MS;
  };

  /** After a stall, timers come before the ends of runs: who is due must not find in the way what is long over. */
  const wake = (): void => {
    const isStalled = firing.size > 0 && clock.steadyMs() - wakeAtMs > STALLED_MS;
    isRecovering = !isRecovering && isStalled && !isAboutToBeLate();
    if (isRecovering) cancelTimer = clock.after(READ_MS, wake);
    else void tick().catch(fail);
  };

  /** Until an instant, or until it is time to make ready for it. */
  const msUntil = (at: number, from: Agenda): number => {
    const ms = at - clock.now().getTime();
    if (standby === undefined || ms <= 0 || ms > maxWaitMs) return ms;
    return standby.look(at, () => from.nextJobs());
  };

  const finishIfIdle = (): boolean => {
    const hasEnded = agenda !== undefined && !isKeptOpen && agenda.nextAt() === undefined;
    const isOver = stopping !== undefined || hasEnded;
    if (!isOver || firing.size > 0) return false;
    // A pause whose scheduler fails is told by the next one.
    if (failure === undefined && settleSieve()) return true;
    cancelTimer();
    firing.close('end');
    if (failure !== undefined) giveUp(failure.error);
    settle({
      reason: stopping ?? 'finished',
      ...tally,
      verdict: campaign.verdict(),
      attendedUntil: attended(),
      isCutShort,
    });
    return true;
  };

  /** The campaign is over: nothing new; what runs is waited for, unless it came too late for the verdict. */
  const conclude = (): void => {
    if (stopping !== undefined) return;
    stopping = 'finished';
    firing.close('end');
    if (plan.campaign?.until !== undefined) firing.stopAll();
  };

  const stop: Engine['stop'] = (reason, signal, onStop = plan.onStop) => {
    if (isToldToStop) {
      if (isDraining && onStop === 'stop') stopAll(signal);
      isDraining &&= onStop === 'drain';
      return;
    }
    isToldToStop = true;
    isDraining = onStop === 'drain';
    isCutShort = firing.attempts > 0;
    stopping = reason;
    cancelTimer();
    tell({ type: 'scheduler-stopping', at: clock.now(), reason, running: firing.size });
    // Only a scheduler has a next one.
    firing.close(plan.mode === 'schedule' ? 'leave' : 'end');
    if (onStop === 'stop') stopAll(signal);
    finishIfIdle();
  };

  const stopAll = (signal?: NodeJS.Signals): void => {
    firing.stopAll(signal);
    firing.hurryActions();
  };

  const replaceJobs: Engine['replaceJobs'] = (jobs, { at = clock.now(), hiding } = {}) => {
    if (hiding !== undefined) firing.hide(hiding);
    if (agenda === undefined) {
      early = () => replaceJobs(jobs, { at });
      return;
    }
    dismissStandby();
    agenda.replace(jobs, new Date(at.getTime() - 1));
    firing.noteOtherJobs();
    isKeptOpen = plan.isOpenEnded === true || agenda.nextAt() === undefined;
    rest();
  };

  const plannedOf = ({ job, trigger, detail, at, attempt }: TriggerRequest): Planned => ({
    job,
    dueAt: at ?? clock.now(),
    trigger,
    attempt: attempt ?? 1,
    isCatchUp: false,
    detail,
  });

  const nextAtOf = (job: ScheduledTask): Date | undefined =>
    sieve.firstFrom(job, agenda?.nextAtOf(job.task.id));

  const ready = start().catch(fail);
  return {
    done,
    ready,
    stop,
    kill: () => firing.killAll(),
    trigger: (request) => firing.trigger(plannedOf(request)),
    runAt: (request, at) =>
      at <= clock.now()
        ? firing.trigger(plannedOf(request))
        : firing.runAt(plannedOf({ at, ...request }), at),
    replaceJobs,
    hide(hiding) {
      if (hiding !== undefined) firing.hide(hiding);
    },
    async refresh() {
      await lookAtOverrides();
      rest();
    },
    jobs: () => [...(agenda?.jobs() ?? [])].map((job) => ({ job, nextAt: nextAtOf(job) })),
    next() {
      const at = agenda?.nextAt();
      if (agenda === undefined || at === undefined) return undefined;
      const instant = new Date(at);
      const jobs = agenda.nextJobs();
      const isFree = jobs.some((job) => !sieve.withholds(job, instant));
      if (!isFree) return soonest([...agenda.jobs()].map((job) => ({ job, at: nextAtOf(job) })));
      return { at: instant, jobs: jobs.filter((job) => !sieve.withholds(job, instant)) };
    },
    live: () => [...firing.live()],
    stopRun: firing.stopRun,
    fail,
  };
}

/** Instants up to this one were handled, or lie before the job was first seen. */
function attendedUntil(past: JobPast | undefined, first: Date): Date {
  if (past === undefined) return first;
  const known = [past.seenAt, past.attendedUntil, past.lastDueAt].filter(
    (at) => at !== undefined && at <= first,
  );
  return new Date(Math.max(...known.map((at) => at?.getTime() ?? 0), 0) || first.getTime());
}

/** Until when somebody attended to a job before this start; undefined where nobody ever did. */
function attendedFrom(past: JobPast | undefined, startedAt: Date): Date | undefined {
  return past === undefined ? undefined : attendedUntil(past, startedAt);
}

function soonest(
  all: readonly { readonly job: ScheduledTask; readonly at: Date | undefined }[],
): ReturnType<Engine['next']> {
  const firstMs = all.reduce((least, { at }) => Math.min(least, at?.getTime() ?? Infinity), Infinity);
  if (firstMs === Infinity) return undefined;
  return {
    at: new Date(firstMs),
    jobs: all.filter(({ at }) => at?.getTime() === firstMs).map(({ job }) => job),
  };
}

function armAfterFinish(agenda: Agenda | undefined, job: ScheduledTask | undefined, now: Date): void {
  if (job === undefined) return;
  const delayMs = delayOf(job.bounds);
  if (delayMs !== undefined) agenda?.arm(job.task.id, new Date(now.getTime() + delayMs));
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

function firstOf(due: readonly SiftedJob[]): number {
  return due.reduce((first, each) => Math.min(first, each.first.getTime()), Number.POSITIVE_INFINITY);
}
