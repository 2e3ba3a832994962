/** What the engine is given: the parts it works with and what it is to do. */
import type { Executor } from '../executor/executor.js';
import type { Campaign } from '../model/campaign.js';
import type { scheduledRunId } from '../model/run.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Writer } from '../store/store.js';
import type { ActionParts, Actions } from './action.js';
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import type { Environment } from './environment.js';
import type { Surroundings } from './gate.js';
import type { OutputMask } from './run-output.js';
import type { Sieve } from './sift.js';

export type EngineParts = {
  readonly clock: Clock;
  readonly writer: Writer;
  readonly executor: Executor;
  readonly reporter: Reporter;
  /** Where conditions and other runs are looked at; undefined: no task has any. */
  readonly surroundings?: Surroundings | undefined;
  /** Hides secrets in what runs print and in messages about them; undefined: there are none. */
  readonly hiding?: OutputMask | undefined;
  /** Keeps back what people have paused; undefined: nothing ever is. */
  readonly sieve?: Sieve | undefined;
  /** Names the runs that every scheduler would name alike; undefined: as all do. Later runs of a job come later. */
  readonly nameRun?: typeof scheduledRunId | undefined;
  /** Decides what follows on runs; undefined: nothing does. */
  readonly actions?: ((parts: Omit<ActionParts, 'source'>) => Actions) | undefined;
};

export type EnginePlan = {
  readonly jobs: readonly ScheduledTask[];
  /** `once`: every task is run once at the start, and the past does not matter. */
  readonly mode: 'schedule' | 'once';
  /** Further ones that actions may trigger. */
  readonly others?: readonly ScheduledTask[] | undefined;
  readonly startedAt: Date;
  /** What runs inherit. */
  readonly env: Environment;
  /** Absolute; where runs start that have no directory of their own. */
  readonly cwd: string;
  /** What templates see as the host, and as the zone where no schedule says one. */
  readonly host?: string | undefined;
  readonly tz?: string | undefined;
  /** On the first request to stop: signal the runs that are going, or wait for them. */
  readonly onStop: 'stop' | 'drain';
  /** At most this many runs at once in this process; others wait their turn. */
  readonly maxRunning: number;
  /** When to end by itself; undefined: when nothing is to come. */
  readonly campaign?: Campaign | undefined;
  /** How long to wait at most until the clocks are looked at again, 30 s; longer where nobody can set them. */
  readonly maxWaitMs?: number | undefined;
  /** It goes on where nothing is to come: other jobs may. */
  readonly isOpenEnded?: boolean | undefined;
};
