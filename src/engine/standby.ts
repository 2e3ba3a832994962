/**
 * Gets the processes of an instant ready beforehand, when so many jobs are due at it that they would have to wait for
 * each other: a spawn takes a millisecond or two, and there is one after the other.
 */
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';

/** Fewer are started in the time that waking up takes. */
const CROWD = 4;
/** Each holds three files open. */
const MOST = 128;
/** Time for one process, its spawn here and its own start on another core: as it was measured, and some more. */
const FIRST_EACH_MS = 4;
const PATIENCE = 2;
const AT_LEAST_MS = 100;
const AT_MOST_MS = 2_000;
/** Nothing is begun so shortly before the instant that it could be in its way. */
const MARGIN_MS = 15;
/** So many spawns before the event loop has its turn. */
const SLICE = 8;

export type Standby = {
  /**
   * Consider the next instant, and begin with it when it is time.
   *
   * @param jobs - Asked once for each instant.
   * @returns How long to sleep at most, in ms: until it is time to begin, or until the instant.
   */
  look(at: number, jobs: () => readonly ScheduledTask[]): number;
  /** Begin no more. */
  cancel(): void;
};

export function createStandby(parts: {
  readonly clock: Clock;
  readonly prepare: (job: ScheduledTask, at: Date) => void;
}): Standby {
  const { clock, prepare } = parts;
  let instant: number | undefined;
  /** Those for which nothing has been done. */
  let left: ScheduledTask[] = [];
  let leadMs = 0;
  let eachMs = FIRST_EACH_MS;
  let cancelNext: (() => void) | undefined;

  const untilMs = (): number => (instant ?? 0) - clock.now().getTime();

  const work = (): void => {
    cancelNext = undefined;
    const slice = left.splice(0, SLICE);
    const startedMs = clock.steadyMs();
    let done = 0;
    for (const job of slice) {
      if (instant === undefined || untilMs() <= MARGIN_MS) break;
      prepare(job, new Date(instant));
      done++;
    }
    if (done === SLICE) eachMs = (eachMs + (PATIENCE * (clock.steadyMs() - startedMs)) / SLICE) / 2;
    if (left.length > 0 && untilMs() > MARGIN_MS) cancelNext = clock.after(0, work);
  };

  return {
    look(at, jobs) {
      if (at !== instant) {
        const due = jobs();
        instant = at;
        left = due.length < CROWD ? [] : due.slice(0, MOST);
        leadMs = left.length === 0 ? 0 : Math.min(AT_MOST_MS, AT_LEAST_MS + eachMs * left.length);
      }
      const ms = untilMs();
      if (left.length === 0) return ms;
      if (ms > leadMs) return ms - leadMs;
      if (cancelNext === undefined) work();
      return untilMs();
    },
    cancel() {
      cancelNext?.();
      cancelNext = undefined;
      instant = undefined;
      left = [];
    },
  };
}
