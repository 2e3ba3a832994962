/** What of the lines of a journal is believed when they are read again. */
import type { Mark, Run, RunChange, StepRecord } from '../../model/run.js';
import type { WriterOptions } from '../store.js';
import type { JournalRecord, RecordBase } from './record.js';

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
      if (typeof value['set'] !== 'string') return undefined;
      return {
        t: 'jobs',
        ...base,
        mode,
        set: value['set'],
        ...(typeof value['after'] === 'string' ? { after: value['after'] } : {}),
      };
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
