/** The lines of a journal, as they are written. */
import { isoText } from '../../model/iso.js';
import type { Run, RunChange, StepRecord } from '../../model/run.js';
import type { WriterOptions } from '../store.js';
import type { Identity } from './identity.js';
import { shortenWords } from './shorten.js';

/**
 * One line of a journal. `at` is when it was written (ISO 8601 UTC), `w` the writer that it is about.
 *
 * `run` carries all of a run, `change` only what changed. Lines of kinds that are not known are passed over.
 */
export type JournalRecord =
  | (RecordBase & {
      readonly t: 'start';
      readonly mode: WriterOptions['mode'];
      readonly startedAt: string;
      readonly version: string;
      readonly process: Identity;
    })
  /**
   * The writer has the jobs of the definitions file `set`. `after`: the clock was set back since its earlier such
   * records, which are older all the same; none of them counts as newer than this.
   */
  | (RecordBase & {
      readonly t: 'jobs';
      readonly mode: WriterOptions['mode'];
      readonly set: string;
      readonly after?: string;
    })
  | (RecordBase & { readonly t: 'run'; readonly run: Run })
  | (RecordBase & { readonly t: 'change'; readonly run: RunChange })
  /** `until`: every moment up to then was attended to, whatever came later is for the next one. */
  | (RecordBase & { readonly t: 'stop'; readonly reason: string; readonly until?: string });

export type RecordBase = { readonly at: string; readonly w: string };

/** Longer lines are never written, and read as damage. */
export const MAX_LINE_BYTES = 256 * 1024;

const MAX_TEXT = 4096;

/** A line with the breaks around it that keep it whole next to a torn one. */
export function frame(record: JournalRecord): string {
  const plain = 'run' in record ? { ...record, run: withTexts(record.run) } : record;
  return `\n${JSON.stringify(plain)}\n`;
}

function withTexts(run: RunChange): Readonly<Record<string, unknown>> {
  const plain: Record<string, unknown> = {};
  let key: keyof RunChange;
  // Not by its entries: an array for each would be the larger part of the work.
  for (key in run) {
    const value = run[key];
    plain[key] = value instanceof Date ? isoText(value) : value;
  }
  return plain;
}

/** Shorten what a run carries for people, so that its record stays a line of bounded length. */
export function boundRun<Value extends RunChange>(run: Value): Value {
  if (run.steps !== undefined) return boundWords({ ...run, steps: boundSteps(run.steps) });
  return boundWords(run);
}

function boundWords<Value extends RunChange>(run: Value): Value {
  const long = Object.values(run.evidence ?? {}).some((value) => String(value).length > MAX_TEXT);
  if ((run.message?.length ?? 0) <= MAX_TEXT && !long) return run;
  return shortenWords(run, MAX_TEXT);
}

/** All steps together; what they named is in the run's own outputs, too. */
const MAX_STEPS_LENGTH = 64 * 1024;

function boundSteps(steps: readonly StepRecord[]): readonly StepRecord[] {
  if (JSON.stringify(steps).length <= MAX_STEPS_LENGTH) return steps;
  return steps
    .slice(0, MOST_STEPS)
    .map(({ outputs: _, message, ...step }) =>
      message === undefined ? step : { ...step, message: message.slice(0, 80) },
    );
}

/** Of so many the record stays below its limit. */
const MOST_STEPS = 250;
