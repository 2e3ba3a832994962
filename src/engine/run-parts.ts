/** What runs work with, and what is alike for all that a scheduler starts. */
import type { Executor } from '../executor/executor.js';
import type { Event } from '../model/event.js';
import type { Run, RunChange } from '../model/run.js';
import type { Writer } from '../store/store.js';
import type { Clock } from './clock.js';
import type { Environment } from './environment.js';
import type { OutputMask } from './run-output.js';

export type RunParts = {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly writer: Writer;
  /** Never throws. */
  readonly tell: (event: Event) => Promise<void> | undefined;
  readonly env: Environment;
  /** Variables of this run only, whatever else it inherits. */
  readonly told?: Readonly<Record<string, string>> | undefined;
  readonly cwd: string;
  /** For templates. */
  readonly host?: string | undefined;
  readonly tz?: string | undefined;
  readonly schedulerStartedAt: Date;
  readonly hiding?: OutputMask | undefined;
  /**
   * Told how a run ends, before that is on record: what follows on it is kept first, so that a crash cannot lose it.
   *
   * @returns What else its record is to say.
   */
  readonly beforeEnd?: (ended: Run) => Promise<Partial<RunChange> | undefined>;
};
