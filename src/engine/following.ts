/** The way of actions: claimed before the end that they follow on is on record, started when it is. */
import type { Run, RunChange } from '../model/run.js';
import type { Actions } from './action.js';
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import type { Holding } from './holding.js';
import type { Held } from './later.js';

export type FollowingParts = {
  readonly actions: Actions;
  readonly clock: Clock;
  readonly holding: () => Holding;
  /** Start what is claimed. */
  readonly start: (some: readonly Held[]) => Promise<void>;
  /** Record as errored what is claimed and cannot be run. */
  readonly refuse: (run: Run, why: string) => Promise<void>;
  readonly settled: () => void;
  readonly failed: (error: unknown) => void;
};

export type Following = {
  /** What is about to be claimed or started. */
  readonly size: number;
  /** A run is about to end. @returns What else its record is to say. */
  beforeEnd(ended: Run, job: ScheduledTask): Promise<Partial<RunChange> | undefined>;
  /** It has ended: start what follows on it. */
  afterEnd(endedId: string): void;
  /** A run ended elsewhere, or a moment was not run, or there is no further attempt after all. */
  report(run: Run, isLast?: boolean): void;
  /** The jobs of runs that are actions. */
  jobsOf(runs: readonly Run[]): readonly ScheduledTask[];
  /** Whether a run follows on another one, or may do so, and has not been told about it. */
  isUninformed(held: Held): boolean;
  /** Tell actions about the run that led to them. */
  inform(some: readonly Held[]): Promise<readonly Held[]>;
};

export function createFollowing(parts: FollowingParts): Following {
  const { actions, clock, holding } = parts;
  /** By the run that is about to end. */
  const next = new Map<string, readonly Held[]>();
  let busy = 0;

  const claim = async (
    run: Run,
    isLast: boolean,
    job: ScheduledTask | undefined,
  ): Promise<Partial<RunChange> | undefined> => {
    const { planned, outage } = await actions.follow(run, isLast, job);
    const held: Held[] = [];
    for (const each of planned) {
      const claimed = await holding().claim(each, clock.now());
      if (claimed !== undefined) held.push(claimed);
    }
    if (held.length > 0) next.set(run.id, held);
    return outage === undefined ? undefined : { outage };
  };

  const during = (act: () => Promise<unknown>): void => {
    busy++;
    act()
      .catch(parts.failed)
      .finally(() => {
        busy--;
        parts.settled();
      });
  };

  const start = async (endedId: string): Promise<void> => {
    const held = next.get(endedId) ?? [];
    next.delete(endedId);
    const able = held.filter(({ planned }) => planned.wrong === undefined);
    for (const { run, planned } of held)
      if (run !== undefined && planned.wrong !== undefined) await parts.refuse(run, planned.wrong);
    if (able.length > 0) await parts.start(able);
  };

  const causeOf = ({ run, planned }: Held): Run['cause'] => run?.cause ?? planned.detail?.cause;

  const inform = async (held: Held): Promise<Held> => {
    const env = await actions.environmentOf(causeOf(held));
    return env === undefined ? held : { ...held, planned: { ...held.planned, isAside: true, env } };
  };

  return {
    get size() {
      return busy;
    },
    beforeEnd: (ended, job) => claim(ended, !holding().isTriedAgain(ended.id), job),
    afterEnd(endedId) {
      if (next.has(endedId)) during(() => start(endedId));
    },
    report(run, isLast = true) {
      during(async () => {
        await claim(run, isLast, undefined);
        await start(run.id);
      });
    },
    jobsOf: (runs) => [...new Set(runs.map(({ job }) => job))].flatMap((id) => actions.jobOf(id) ?? []),
    isUninformed(held) {
      const { before, isAside = false, env } = held.planned;
      const kind = causeOf(held)?.kind;
      // Where the attempt before it ended here, it is known whether it was an action.
      return (
        env === undefined && (kind === 'action' || (kind === 'retry' && (isAside || before === undefined)))
      );
    },
    inform: (some) => Promise.all(some.map(inform)),
  };
}
