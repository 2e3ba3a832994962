/** APScheduler's triggers → schedules. */
import { formatDuration } from '../../model/duration.js';
import type { Boundary, Schedule } from '../../model/schedule.js';
import { parseScheduleObject } from '../../model/schedule-object.js';
import { suggest } from '../../model/suggest.js';
import { parseZone } from '../../model/zone.js';
import { describe, type Node } from '../node.js';
import { attempt, type Fields, mismatch, parsed, type Reader, readFields, text } from '../reader.js';
import type { Report } from '../source.js';
import { cronForm } from './cron.js';
import { formatDate, parseDate } from './date.js';
import { INTERVAL_UNITS, TRIGGERS } from './shape.js';

type Form = Readonly<Record<string, string>>;
type Kind = keyof typeof TRIGGERS;

const UNIT_MS: Readonly<Record<(typeof INTERVAL_UNITS)[number], number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
};

const HINT = 'Write {type: interval, minutes: 10}, {type: cron, hour: 9} or {type: date, run_date: …}.';

/** A map with a `type`, as the keyword arguments of the trigger. */
export const trigger: Reader<Schedule> = (node, report) => {
  if (node.kind !== 'map') return mismatch(node, 'a trigger as a map', HINT, report);
  const type = node.entries.find(({ key }) => key === 'type')?.value;
  if (type === undefined) {
    report.problem(node.at, 'the trigger lacks a type', HINT);
    return undefined;
  }
  const kind = kindOf(type, report);
  const fields = kind && readFields(node, TRIGGERS[kind], report);
  if (kind === undefined || fields === undefined) return undefined;
  const before = countProblems(report);
  const tz = readValue(fields, 'timezone', parsed(parseZone), report);
  const form = FORMS[kind](fields, tz, report);
  if (form === undefined || countProblems(report) > before) return undefined;
  return attempt(
    () => parseScheduleObject({ ...form, ...(tz === undefined ? {} : { tz }) }),
    node.at,
    report,
  );
};

function countProblems(report: Report): number {
  return report.isClean() ? 0 : report.problems().length;
}

function kindOf(node: Node, report: Report): Kind | undefined {
  const name = text(node, report);
  if (name === undefined) return undefined;
  const known = Object.keys(TRIGGERS);
  if (isKind(name)) return name;
  const near = suggest(name, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  report.problem(
    node.at,
    `there is no trigger ${JSON.stringify(name)}`,
    `${meant}Known: ${known.join(', ')}.`,
  );
  return undefined;
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(TRIGGERS, name);
}

type MakeForm = (fields: Fields, tz: string | undefined, report: Report) => Form | undefined;

const FORMS: Readonly<Record<Kind, MakeForm>> = {
  cron(fields, tz, report) {
    const own = cronForm(fields, report);
    const from = readDate(fields, 'start_date', tz, report);
    return own && { ...own, ...fromForm(from), ...endForm(fields, from, tz, report) };
  },
  interval(fields, tz, report) {
    const period = readPeriod(fields, report);
    const from = readDate(fields, 'start_date', tz, report);
    if (period === undefined) return undefined;
    const own =
      from === undefined
        ? { every: `${period} after start` }
        : { every: period, phase: formatDate(from), ...fromForm(from) };
    return { ...own, ...endForm(fields, from, tz, report) };
  },
  date(fields, tz, report) {
    const at = readDate(fields, 'run_date', tz, report);
    return at === undefined ? { when: 'once' } : { at: formatDate(at) };
  },
};

function fromForm(from: Boundary | undefined): Form {
  return from === undefined ? {} : { from: formatDate(from) };
}

/** `end_date` is included, `until` is not. */
function endForm(fields: Fields, from: Boundary | undefined, tz: string | undefined, report: Report): Form {
  const end = readDate(fields, 'end_date', tz, report);
  const entry = fields.entry('end_date');
  if (end !== undefined && from !== undefined && end.local === from.local && end.ms < from.ms) {
    report.problem(entry?.value.at ?? fields.at, 'the end_date is before the start_date', 'Exchange them?');
  }
  return {
    ...(end === undefined ? {} : { until: formatDate({ ...end, ms: end.ms + 1 }) }),
    ...jitterForm(fields, report),
  };
}

function jitterForm(fields: Fields, report: Report): Form {
  const seconds = readValue(fields, 'jitter', amount('a number of seconds'), report);
  return seconds === undefined || seconds === 0 ? {} : { jitter: `${Math.round(seconds * 1000)}ms` };
}

function readPeriod(fields: Fields, report: Report): string | undefined {
  const before = countProblems(report);
  const amounts = INTERVAL_UNITS.map((unit) => {
    const value = readValue(fields, unit, amount(`a number of ${unit}`), report);
    return (value ?? 0) * UNIT_MS[unit];
  });
  const periodMs = amounts.reduce((sum, ms) => sum + ms, 0);
  if (countProblems(report) > before) return undefined;
  if (periodMs >= 1000 && Number.isSafeInteger(periodMs)) return formatDuration(periodMs);
  const why =
    periodMs === 0 ? 'the interval is no time at all' : 'the interval is no whole number of milliseconds';
  const short = periodMs > 0 && periodMs < 1000 ? 'the interval is shorter than a second' : why;
  report.problem(fields.at, short, 'Write {type: interval, seconds: 10}; the shortest is one second.');
  return undefined;
}

function readDate(fields: Fields, key: string, tz: string | undefined, report: Report): Boundary | undefined {
  return readValue(
    fields,
    key,
    parsed((written) => parseDate(written, tz)),
    report,
  );
}

/** `null` is what Python calls None: as if the key were not there. */
export function readValue<T>(fields: Fields, key: string, reader: Reader<T>, report: Report): T | undefined {
  const value = fields.entry(key)?.value;
  return value === undefined || isNull(value) ? undefined : reader(value, report);
}

export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function amount(what: string): Reader<number> {
  return (node, report) => {
    if (node.kind === 'scalar' && typeof node.value === 'number' && node.value >= 0 && node.value < 1e9) {
      return node.value;
    }
    report.problem(
      node.at,
      `expected ${what}, found ${describe(node)}`,
      'Write a number that is not negative.',
    );
    return undefined;
  };
}
