/** The steps of a run: which are run, what becomes of the run when one fails, and what each one left. */
import type { Outcome, StepRecord } from '../model/run.js';
import type { Step } from '../model/task.js';
import type { FilledStep } from '../model/template-step.js';
import type { Clock } from './clock.js';
import type { Filling } from './filling.js';
import { runSeveral } from './step-sequence.js';

export type StepParts = {
  readonly clock: Clock;
  /** Undefined for tasks without templates. */
  readonly filling: Filling | undefined;
  /** @param filled - The step as it is to be run; undefined: as it is written. */
  execute(step: Step, filled: FilledStep | undefined): Promise<Outcome>;
  /** What the step that has just ended has named. */
  takeOutputs(): Readonly<Record<string, string>> | undefined;
  /** Why no further step is to begin, whatever has become of those before. */
  cutShort(): CutShort | undefined;
  /** The last of these begins; told only where there are several. */
  begins(steps: readonly StepRecord[]): void;
};

/** Somebody stops the run, or its time is up. */
export type CutShort = { readonly reason: 'stopped' | 'timeout'; readonly message: string };

export type StepsEnd = {
  readonly outcome: Outcome;
  /** Absent for a task with one step. */
  readonly steps?: readonly StepRecord[];
  /** Of all steps; the last of a name counts. */
  readonly outputs?: Readonly<Record<string, string>>;
};

/** A task of one step without templates is started before this returns. */
export async function runSteps(steps: readonly Step[], parts: StepParts): Promise<StepsEnd> {
  const [only, ...others] = steps;
  const isPlain = parts.filling === undefined && only?.when !== false && only?.continueOnError !== true;
  if (only !== undefined && others.length === 0 && isPlain)
    return { outcome: await parts.execute(only, undefined) };
  const wrong = parts.filling?.check();
  if (wrong !== undefined) return { outcome: wrong };
  return runSeveral(steps, parts);
}
