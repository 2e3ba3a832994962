/** Runs planned for an instant to come: claimed at once, held till then, found again by the next scheduler. */
import { SupertaskError } from '../errors.js';
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { ClaimMaker, Planned } from './claim.js';
import type { Clock } from './clock.js';
import type { Triggered } from './door.js';
import { createLater, type Held, isAttempt } from './later.js';
import type { PatientClaims } from './outage.js';
import { nextAttempt, resumePlanned } from './retry.js';
import type { Pending, Turns } from './turn.js';

export type HoldingParts = {
  readonly clock: Clock;
  readonly claims: ClaimMaker;
  readonly store: PatientClaims;
  readonly turns: Turns;
  /** To be called before an instant to come is worked out from what the wall clock shows. */
  readonly noticeJump: () => void;
  readonly tell: (event: Event) => void;
  /** Keep how runs end that are not started, and tell it. */
  readonly end: (run: Run, change: Partial<Run>) => Promise<void>;
};

export type Holding = {
  readonly size: number;
  /** Those that are the next attempt of a run. */
  readonly attempts: number;
  /** The next instant, in ms; undefined when nothing is held. */
  nextAt(): number | undefined;
  /** A run is about to end: claim its next attempt, if there is one. */
  retry(ended: Run, job: ScheduledTask, isAside?: boolean): Promise<void>;
  /** Whether a run that is about to end has a next attempt. */
  isTriedAgain(endedId: string): boolean;
  /** Claim a run as waiting; nothing when somebody has it already. It is not held. */
  claim(planned: Planned, at: Date): Promise<Held | undefined>;
  /** It has ended: hold its next attempt. @returns Whether there is one. */
  holdNext(endedId: string): boolean;
  /** Claim a run for an instant to come. */
  plan(planned: Planned, at: Date): Promise<Triggered>;
  /** Runs that were planned by schedulers that are gone: hold them, or end them. */
  resume(runs: readonly Run[], jobs: readonly ScheduledTask[]): Promise<readonly Held[]>;
  /** Those that are due; they are held no longer. */
  takeDue(now: Date): readonly Held[];
  /** Put back what could not be started. */
  putBack(held: Held): void;
  /** These are due now, as far as they are held. */
  hasten(runIds: Iterable<string>): void;
  /** The run with this id; it is held no longer. */
  take(id: string): Pending | undefined;
  /** The next attempts of runs of a job that were due by then, at most so many; they are held no longer. */
  takeAttempts(job: ScheduledTask, dueBy: Date, most: number): readonly Pending[];
  /** The next attempts of these jobs; they are held no longer. */
  takeAttemptsIf(isWanted: (job: ScheduledTask) => boolean): readonly Held[];
  /** What another run of the job finds in its way. */
  describe(job: ScheduledTask): Run['evidence'] | undefined;
  takeAll(): readonly Held[];
  shiftAttempts(byMs: number): void;
};

export function createHolding(parts: HoldingParts): Holding {
  const { clock, claims, store, tell, turns } = parts;
  const later = createLater();
  /** By the run that is about to end; their instants are those of a clock that was not set. */
  const nextOf = new Map<string, Held>();
  let attempts = 0;
  let setByMs = 0;

  const count = (held: Held, by: 1 | -1): void => {
    if (!isAttempt(held)) return;
    attempts += by;
    turns.count(held.planned.job, by);
  };

  const hold = (held: Held): void => {
    later.hold(held);
    count(held, 1);
  };

  const release = (some: readonly Held[]): readonly Held[] => {
    for (const held of some) count(held, -1);
    return some;
  };

  /** @returns Nothing when somebody has it already. */
  const claim = async (planned: Planned, at: Date): Promise<Held | undefined> => {
    const answers = await store.claim([claims.later(planned, at)]).catch((error: unknown) => {
      if (error instanceof SupertaskError) return undefined;
      throw error;
    });
    const answer = answers?.[0];
    if (answer === undefined) return { planned, run: undefined, atMs: at.getTime() };
    return answer.kind === 'waiting' ? { planned, run: answer.run, atMs: at.getTime() } : undefined;
  };

  const tellPlanned = ({ run, atMs, planned: { before } }: Held): void => {
    if (run === undefined) return;
    tell({ type: 'run-planned', at: clock.now(), run, plannedFor: new Date(atMs), before });
  };

  return {
    get size() {
      return later.size;
    },
    get attempts() {
      return attempts;
    },
    nextAt: later.nextAt,
    claim,
    isTriedAgain: (endedId) => nextOf.has(endedId),
    async retry(ended, job, isAside) {
      parts.noticeJump();
      const next = nextAttempt(ended, job, clock.now());
      if (next === undefined) return;
      const atMs = next.at.getTime() - setByMs;
      const held = await claim({ ...next.planned, ...(isAside && { isAside }) }, next.at);
      if (held !== undefined) nextOf.set(ended.id, { ...held, atMs });
    },
    holdNext(endedId) {
      const next = nextOf.get(endedId);
      if (next === undefined) return false;
      nextOf.delete(endedId);
      const held = { ...next, atMs: next.atMs + setByMs };
      hold(held);
      tellPlanned(held);
      return true;
    },
    async plan(planned, at) {
      const held = await claim(planned, at);
      if (held?.run === undefined)
        return {
          kind: 'refused',
          message: held === undefined ? 'it exists already' : 'the state cannot be written now',
        };
      hold(held);
      tellPlanned(held);
      return { kind: 'waiting', run: held.run };
    },
    async resume(runs, jobs) {
      const { held, over } = resumePlanned(runs, jobs, clock.now());
      held.forEach(hold);
      held.forEach(tellPlanned);
      for (const { run, change } of over) await parts.end(run, change);
      return held;
    },
    takeDue: (now) => release(later.takeDue(now)),
    putBack: hold,
    hasten: (runIds) => later.hasten(runIds, clock.now()),
    take(id) {
      const found = later.find(id);
      if (found?.run === undefined) return undefined;
      later.drop([found]);
      release([found]);
      return { planned: found.planned, run: found.run };
    },
    takeAttempts(job, dueBy, most) {
      const some = later
        .attemptsOf(job.task.id)
        .filter(({ planned }) => planned.dueAt <= dueBy)
        .sort((one, other) => one.planned.dueAt.getTime() - other.planned.dueAt.getTime())
        .slice(0, most);
      later.drop(some);
      return release(some).flatMap(({ planned, run }) => (run === undefined ? [] : [{ planned, run }]));
    },
    takeAttemptsIf(isWanted) {
      const some = later
        .attempts()
        .filter(({ planned }) => planned.isAside !== true && isWanted(planned.job));
      later.drop(some);
      return release(some);
    },
    describe(job) {
      const [held] = later.attemptsOf(job.task.id);
      if (held === undefined) return undefined;
      const { run, planned, atMs } = held;
      return { run: (run ?? planned.before)?.id ?? '', plannedFor: new Date(atMs).toISOString() };
    },
    takeAll: () => release(later.takeAll()),
    shiftAttempts(byMs) {
      setByMs += byMs;
      later.shiftAttempts(byMs);
    },
  };
}
