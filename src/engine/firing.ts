/** Turns due instants into runs: what was missed, what overlaps, what is claimed and started. */
import { SupertaskError } from '../errors.js';
import type { Event } from '../model/event.js';
import { freshRunId, type Reason, type Run, scheduledRunId, type Trigger } from '../model/run.js';
import { isStartRelative, scheduleClass } from '../model/schedule-class.js';
import type { Claim, Claimed } from '../store/store.js';
import type { DueJob, ScheduledTask } from './agenda.js';
import type { CampaignWatch } from './campaign.js';
import { inheritedEnvironment } from './environment.js';
import { type LiveRun, startRun } from './live-run.js';
import { decideBacklog, ON_TIME_MS } from './missed.js';
import { placeRun } from './overlap.js';
import type { EngineParts, EnginePlan } from './plan.js';

/** Why instants may have passed unattended, and since when. */
export type Gap = { readonly cause: 'down' | 'asleep' | 'clock' | 'late'; readonly from: Date | undefined };

type FiringParts = EngineParts & {
  readonly tell: (event: Event) => Promise<void> | undefined;
  readonly plan: EnginePlan;
  readonly campaign: CampaignWatch;
};

/** A due run that has not been claimed. */
type Planned = { readonly job: ScheduledTask; readonly dueAt: Date; readonly trigger: Trigger };

type JobState = { readonly live: Map<string, LiveRun>; readonly queue: Planned[] };

export type Firing = {
  /** Runs that are going or wait their turn. */
  readonly size: number;
  /** @returns `false` when the state could not be written; then nothing was started or recorded. */
  fire(due: readonly DueJob[], now: Date, gap: Gap): Promise<boolean>;
  onEnded(call: (run: Run, job: ScheduledTask) => void): void;
  /** The wall clock was set back: instants before `highest` may have been claimed in an earlier pass. */
  noteSetBack(highest: Date): void;
  holdBack(forMs: number): void;
  isHeldBack(): boolean;
  /** Start nothing any more; what waits its turn is recorded as skipped. */
  close(): void;
  stopAll(signal?: NodeJS.Signals): void;
  killAll(): void;
};

export function createFiring(parts: FiringParts): Firing {
  const { campaign, clock, plan, tell, writer } = parts;
  const runParts = {
    ...parts,
    env: inheritedEnvironment(plan.env),
    cwd: plan.cwd,
    schedulerStartedAt: plan.startedAt,
  };
  const states = new Map<string, JobState>();
  /** Due runs beyond `maxRunning`, first come, first served. */
  const waiting: Planned[] = [];
  const live = new Set<LiveRun>();
  let onEnded: (run: Run, job: ScheduledTask) => void = () => {};
  let isClosed = false;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let claiming = 0;
  /** Runs that have ended, but nobody was told. */
  let ending = 0;
  const setBack = { highest: Number.NEGATIVE_INFINITY, passes: 0 };

  const stateOf = (job: ScheduledTask): JobState => {
    const known = states.get(job.task.id);
    if (known) return known;
    const state: JobState = { live: new Map(), queue: [] };
    states.set(job.task.id, state);
    return state;
  };

  const newRun = (planned: Planned, change: Partial<Run>): Run => {
    const { job, dueAt, trigger } = planned;
    const isRepeat =
      dueAt.getTime() <= setBack.highest &&
      job.bounds.some((bound) => scheduleClass(bound.schedule) === 'interval');
    const scheduledAt = isRepeat ? new Date(dueAt.getTime() + setBack.passes) : dueAt;
    const key = { namespace: writer.namespace, job: job.task.id, dueAt: scheduledAt, attempt: 1 };
    return {
      id: isNamedByInstant(job, dueAt) ? scheduledRunId(key) : freshRunId(dueAt),
      namespace: writer.namespace,
      job: job.task.id,
      status: 'starting',
      trigger,
      attempt: 1,
      scheduledAt,
      ...change,
    };
  };

  const claimStart = (planned: Planned): Claim => ({
    run: newRun(planned, { startedAt: clock.now() }),
    maxLive: planned.job.task.policy.overlap === 'parallel' || plan.mode === 'once' ? undefined : 1,
  });

  const claimSkipped = (planned: Planned, reason: Reason, evidence: Run['evidence']): Claim => ({
    run: newRun(planned, {
      status: 'skipped',
      reason,
      endedAt: clock.now(),
      ...(evidence === undefined ? {} : { evidence }),
    }),
  });

  const claimMissed = (
    job: ScheduledTask,
    missed: { count: number; first: Date; last: Date },
    gap: Gap,
  ): Claim => ({
    run: newRun(
      { job, dueAt: missed.last, trigger: 'schedule' },
      {
        status: 'missed',
        reason: gap.cause,
        endedAt: clock.now(),
        count: missed.count,
        firstAt: missed.first,
        lastAt: missed.last,
        evidence: {
          ...(gap.from === undefined ? {} : { from: gap.from.toISOString() }),
          until: clock.now().toISOString(),
        },
      },
    ),
  });

  /** Decide about one due run; what is to be claimed for it now, if anything. */
  const place = (planned: Planned, isCatchUp: boolean, starting: number): Claim[] => {
    if (!campaign.mayStart(claiming)) return [];
    const state = stateOf(planned.job);
    const policy = planned.job.task.policy.overlap;
    const placing = placeRun(
      policy,
      { live: state.live.size + starting, queued: state.queue.length },
      isCatchUp,
    );
    switch (placing) {
      case 'start':
        if (live.size + claiming < plan.maxRunning) return [claimStart(planned)];
        waiting.push(planned);
        return [];
      case 'queue':
        state.queue.push(planned);
        return [];
      case 'skip':
        return [claimSkipped(planned, 'overlap', describe(state))];
      case 'replace': {
        const displaced = state.queue.splice(0, state.queue.length, planned);
        for (const run of state.live.values()) run.stop();
        return displaced.map((each) =>
          claimSkipped(each, 'overlap', { replacedBy: planned.dueAt.toISOString() }),
        );
      }
    }
  };

  const describe = (state: JobState): Run['evidence'] => {
    const [holder] = state.live.values();
    if (holder === undefined) return undefined;
    const sinceMs = clock.now().getTime() - (holder.run.startedAt ?? holder.run.scheduledAt).getTime();
    return { run: holder.run.id, since: holder.run.startedAt?.toISOString() ?? '', runningMs: sinceMs };
  };

  const claimsFor = ({ job, backlog }: DueJob, now: Date, gap: Gap): Claimable[] => {
    const verdict = decideBacklog(backlog, now, job.task.policy);
    const claims: Claimable[] = [];
    if (verdict.missed) claims.push({ job, claim: claimMissed(job, verdict.missed, gap) });
    for (const dueAt of verdict.run) {
      const isLate = now.getTime() - dueAt.getTime() > ON_TIME_MS;
      const trigger = plan.mode === 'once' ? 'once' : isLate ? 'catch-up' : 'schedule';
      const starting = claims.filter(({ claim }) => claim.run.status === 'starting').length;
      for (const claim of place({ job, dueAt, trigger }, verdict.run.length > 1, starting)) {
        claims.push({ job, claim });
        if (claim.run.status === 'starting') claiming++;
      }
    }
    return claims;
  };

  const submit = async (claims: readonly Claimable[]): Promise<boolean> => {
    if (claims.length === 0) return true;
    const starting = claims.filter(({ claim }) => claim.run.status === 'starting').length;
    try {
      const answers = await writer.claim(claims.map(({ claim }) => claim));
      claims.forEach(({ job, claim }, index) => {
        accept(job, claim.run, answers[index]);
      });
      return true;
    } catch (error) {
      if (!(error instanceof SupertaskError) || plan.mode === 'once') throw error;
      tell({
        type: 'warning',
        at: clock.now(),
        message: `${error.message}; nothing is started until it can be`,
      });
      return false;
    } finally {
      claiming -= starting;
    }
  };

  const accept = (job: ScheduledTask, run: Run, answer: Claimed | undefined): void => {
    if (answer?.kind === 'recorded') tellRecorded(run);
    if (answer?.kind === 'overlap') tellRecorded(answer.run);
    if (answer?.kind !== 'owned') return;
    campaign.noteStart();
    const started = startRun(runParts, job.task, run, answer.output);
    const state = stateOf(job);
    state.live.set(run.id, started);
    live.add(started);
    started.ended.then((ended) => {
      state.live.delete(run.id);
      live.delete(started);
      ending++;
      void startNext(state).finally(() => {
        ending--;
        onEnded(ended, job);
      });
    });
  };

  const tellRecorded = (run: Run): void => {
    const type = run.status === 'missed' ? 'run-missed' : 'run-skipped';
    tell({ type, at: clock.now(), run });
  };

  /** A place has become free: the next of the job, else the next of those beyond the limit. */
  const startNext = async (state: JobState): Promise<void> => {
    if (isClosed || !campaign.mayStart(claiming)) return;
    const next = state.live.size === 0 ? (state.queue.shift() ?? waiting.shift()) : waiting.shift();
    if (next === undefined) return;
    claiming++;
    const kept = await submit([{ job: next.job, claim: claimStart(next) }]);
    if (!kept) waiting.unshift(next);
  };

  return {
    get size() {
      return (
        live.size +
        claiming +
        ending +
        waiting.length +
        [...states.values()].reduce((sum, s) => sum + s.queue.length, 0)
      );
    },
    fire: (due, now, gap) => submit(due.flatMap((each) => claimsFor(each, now, gap))),
    onEnded(call) {
      onEnded = call;
    },
    noteSetBack(highest) {
      setBack.highest = Math.max(setBack.highest, highest.getTime());
      setBack.passes++;
    },
    holdBack(forMs) {
      heldUntilMs = clock.steadyMs() + forMs;
    },
    isHeldBack: () => clock.steadyMs() < heldUntilMs,
    close() {
      isClosed = true;
      const left = [...waiting.splice(0), ...[...states.values()].flatMap((state) => state.queue.splice(0))];
      const message = { cause: 'supertask was stopped before its turn came' };
      void submit(left.map((each) => ({ job: each.job, claim: claimSkipped(each, 'operator', message) })));
    },
    stopAll(signal) {
      for (const run of live) run.stop(signal);
    },
    killAll() {
      for (const run of live) run.kill();
    },
  };
}

type Claimable = { readonly job: ScheduledTask; readonly claim: Claim };

/** Instants that every scheduler would name alike, as against those counted from this scheduler's start. */
function isNamedByInstant(job: ScheduledTask, dueAt: Date): boolean {
  const before = new Date(dueAt.getTime() - 1);
  return job.bounds.some(
    (bound) => !isStartRelative(bound.schedule) && bound.next(before)?.getTime() === dueAt.getTime(),
  );
}
