/** The words of a run, with the secrets in them hidden. */
import type { Outcome, RunChange, StepRecord } from '../model/run.js';
import type { OutputSummary } from '../store/store.js';
import type { OutputMask } from './run-output.js';

/** What a run says of itself, and what is said of it, may hold a secret as well: the name of a missing program, say. */
export function cleanWords(
  { message }: Outcome,
  { outputs }: OutputSummary,
  hiding: OutputMask | undefined,
): Pick<RunChange, 'message' | 'outputs'> {
  return hiding === undefined ? {} : wordsOf({ message, outputs }, hiding);
}

function wordsOf(
  {
    message,
    outputs,
  }: { readonly message?: string | undefined; readonly outputs?: StepRecord['outputs'] | undefined },
  { mask: { text } }: OutputMask,
): Pick<RunChange, 'message' | 'outputs'> {
  return {
    ...(message === undefined ? {} : { message: text(message) }),
    ...(outputs === undefined ? {} : { outputs: mapValues(outputs, text) }),
  };
}

/** The same of its steps. */
export function cleanSteps(
  steps: readonly StepRecord[],
  hiding: OutputMask | undefined,
): readonly StepRecord[] {
  return hiding === undefined ? [...steps] : steps.map((step) => ({ ...step, ...wordsOf(step, hiding) }));
}

function mapValues(
  values: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
