/** The lines of a journal: what is written, and what of it is believed when it is read again. */
import type { Mark, Run, RunChange, StepRecord } from '../../model/run.js';
import type { WriterOptions } from '../store.js';
import type { Identity } from './identity.js';

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
  /** The writer has the jobs of the definitions file `set`. */
  | (RecordBase & { readonly t: 'jobs'; readonly mode: WriterOptions['mode']; readonly set: string })
  | (RecordBase & { readonly t: 'run'; readonly run: Run })
  | (RecordBase & { readonly t: 'change'; readonly run: RunChange })
  /** `until`: every moment up to then was attended to, whatever came later is for the next one. */
  | (RecordBase & { readonly t: 'stop'; readonly reason: string; readonly until?: string });

type RecordBase = { readonly at: string; readonly w: string };

/** Longer lines are never written, and read as damage. */
export const MAX_LINE_BYTES = 256 * 1024;

const MAX_TEXT = 4096;

/** A line with the breaks around it that keep it whole next to a torn one. */
export function frame(record: JournalRecord): string {
  return `\n${JSON.stringify(record)}\n`;
}

/** Shorten what a run carries for people, so that its record stays a line of bounded length. */
export function boundRun<Value extends RunChange>(run: Value): Value {
  if (run.steps !== undefined) return boundWords({ ...run, steps: boundSteps(run.steps) });
  return boundWords(run);
}

function boundWords<Value extends RunChange>(run: Value): Value {
  const evidence = run.evidence;
  const long = Object.values(evidence ?? {}).some((value) => String(value).length > MAX_TEXT);
  if ((run.message?.length ?? 0) <= MAX_TEXT && !long) return run;
  return {
    ...run,
    ...(run.message === undefined ? {} : { message: shorten(run.message) }),
    ...(evidence === undefined ? {} : { evidence: mapValues(evidence, shorten) }),
  };
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

/** Read a line; undefined when it is not a record that can be believed. */
export function parseRecord(line: Buffer): JournalRecord | 'unknown' | undefined {
  const value = parseJson(line);
  if (!isObject(value) || typeof value['at'] !== 'string' || typeof value['w'] !== 'string') return undefined;
  const base = { at: value['at'], w: value['w'] };
  const mode = value['mode'] === 'schedule' ? 'schedule' : 'once';
  switch (value['t']) {
    case 'run': {
      const run = parseRun(value['run']);
      return run && { t: 'run', ...base, run };
    }
    case 'change': {
      const run = parseChange(value['run']);
      return run && { t: 'change', ...base, run };
    }
    case 'jobs':
      return typeof value['set'] === 'string' ? { t: 'jobs', ...base, mode, set: value['set'] } : undefined;
    case 'start':
      return parseStart(value, base, mode);
    case 'stop':
      return {
        t: 'stop',
        ...base,
        reason: String(value['reason']),
        ...(typeof value['until'] === 'string' ? { until: value['until'] } : {}),
      };
    default:
      return 'unknown';
  }
}

/** A run as a line of the history holds it. */
export function parseRunLine(line: Buffer): Run | undefined {
  return parseRun(parseJson(line));
}

/** Whether a value has all that makes a run; instants become dates. Unknown keys are kept as they are. */
export function parseRun(value: unknown): Run | undefined {
  if (!isObject(value)) return undefined;
  const texts = ['id', 'namespace', 'job', 'status', 'trigger', 'scheduledAt'];
  if (texts.some((key) => typeof value[key] !== 'string') || typeof value['attempt'] !== 'number')
    return undefined;
  const run = withDates(value);
  return run.scheduledAt === undefined || Number.isNaN(run.scheduledAt.getTime()) ? undefined : (run as Run);
}

function parseChange(value: unknown): RunChange | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string') return undefined;
  return withDates(value) as RunChange;
}

function parseStart(
  value: Readonly<Record<string, unknown>>,
  base: RecordBase,
  mode: WriterOptions['mode'],
): JournalRecord | undefined {
  const from = value['process'];
  if (!isObject(from) || typeof from['pid'] !== 'number') return undefined;
  const text = (key: string) => (typeof from[key] === 'string' ? from[key] : '');
  const identity = { start: text('start'), boot: text('boot'), host: text('host'), pidns: text('pidns') };
  return {
    t: 'start',
    ...base,
    mode,
    startedAt: typeof value['startedAt'] === 'string' ? value['startedAt'] : base.at,
    version: String(value['version']),
    process: { pid: from['pid'], ...identity },
  };
}

const DATES = ['scheduledAt', 'startedAt', 'endedAt', 'firstAt', 'lastAt'] as const;

function withDates(value: Readonly<Record<string, unknown>>): Partial<Run> {
  const dates: Record<string, Date> = {};
  for (const key of DATES) {
    const text = value[key];
    if (typeof text === 'string') dates[key] = new Date(text);
  }
  const steps = Array.isArray(value['steps'])
    ? { steps: value['steps'].map(stepWithDate) as StepRecord[] }
    : {};
  const marked = isObject(value['marked']) ? { marked: markWithDate(value['marked']) } : {};
  return { ...value, ...dates, ...steps, ...marked };
}

function markWithDate(mark: Readonly<Record<string, unknown>>): Mark {
  return { ...mark, at: new Date(String(mark['at'])) } as Mark;
}

function stepWithDate(step: unknown): unknown {
  if (!isObject(step) || typeof step['startedAt'] !== 'string') return step;
  return { ...step, startedAt: new Date(step['startedAt']) };
}

function shorten<Value>(value: Value): Value | string {
  if (typeof value !== 'string' || value.length <= MAX_TEXT) return value;
  return `${value.slice(0, MAX_TEXT)}… (${value.length} characters)`;
}

function mapValues(
  values: Readonly<Record<string, string | number>>,
  map: (value: string | number) => string | number,
): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
