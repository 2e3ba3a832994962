/** What is asked of the store before a run starts, and what its answer means. */
import type { Run } from '../model/run.js';
import type { Claim, Claimed } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Triggered } from './door.js';
import type { Held } from './later.js';
import type { SiftedJob } from './sift.js';

/** What is asked of the store for one due moment. */
export type Wish = {
  readonly job: ScheduledTask;
  /** Made at the last moment: those that start now do not wait for the ids of those that cannot. */
  readonly claim: () => Claim;
  /** Of runs that are to start; what is only recorded has none. */
  readonly planned?: Planned;
  /** Where it was planned beforehand. */
  readonly held?: Held;
  /** Whether others of its job have to make place for it. */
  readonly isReplacing?: boolean;
  /** Whether it waits for room. */
  readonly isReserve?: boolean;
  /** Whether something holds it back that has to be looked at first. */
  readonly isGated?: boolean;
  /** Told what became of it; `undefined`: the state could not be written. */
  readonly answered?: (claimed: Claimed | undefined, run: Run) => void;
};

/** A further attempt of a run that was counted when it was first started. */
export const isFurther = (planned: Planned | undefined): boolean => planned?.trigger === 'retry';

/** Whether it is only claimed for now, to be looked at or to wait for room. */
export const isToWait = ({ isGated, isReserve }: Wish): boolean => isGated === true || isReserve === true;

export const isToStart = (wish: Wish): boolean => wish.planned !== undefined && !isToWait(wish);

/** What is not counted may start whenever there is room. */
export const isUncounted = (planned: Planned | undefined): boolean =>
  isFurther(planned) || planned?.isAside === true;

/** Those of what was due whose wishes could not be kept. */
export function refusedOf(due: readonly SiftedJob[], refused: readonly Wish[]): readonly SiftedJob[] {
  const jobs = new Set(refused.map(({ job }) => job));
  return due.filter(({ job }) => jobs.has(job));
}

/** What the store says of a run that somebody asked for, for who asked. */
export function triggered(claimed: Claimed | undefined, run: Run): Triggered {
  switch (claimed?.kind) {
    case 'owned':
      return { kind: 'started', run };
    case 'waiting':
      return { kind: 'waiting', run: claimed.run };
    case 'overlap':
      return { kind: 'skipped', run: claimed.run };
    case 'recorded':
      return { kind: 'skipped', run };
    case 'duplicate':
      return { kind: 'refused', message: `run ${run.id} exists already` };
    default:
      return { kind: 'refused', message: 'the state cannot be written now' };
  }
}
