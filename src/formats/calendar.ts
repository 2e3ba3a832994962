/** Nodes → where the days of calendars come from. Files are named here and opened elsewhere. */
import { isAbsolute, resolve } from 'node:path';
import { parseCalendar } from '../model/calendar.js';
import type { CalendarSource } from '../model/calendar-source.js';
import { type MapNode, type Node, toJson } from './node.js';
import { attempt, mapOf, mismatch, type Reader, readFields, type Shape, text } from './reader.js';
import type { Report } from './source.js';

export const CALENDAR: Shape = {
  what: 'a calendar',
  keys: ['weekdays', 'dates', 'except', 'ics', 'holidays', 'without'],
  foreign: { country: 'Write holidays: {country: DE}.', file: 'Write ics: PATH.' },
};

export const HOLIDAYS: Shape = { what: 'holidays', keys: ['country', 'state', 'region'] };

/**
 * Calendars by name: a list of dates, a map of `weekdays`, `dates` and `except`, an iCalendar file, or `holidays` of
 * a country; `without` names one whose days are left out.
 *
 * @param directory - Absolute; what relative paths count from.
 */
export function calendars(directory: string | undefined): Reader<Readonly<Record<string, CalendarSource>>> {
  return (node, report) => {
    if (node.kind !== 'map') return mismatch(node, 'a map of calendars', 'Write NAME: [2026-12-24].', report);
    const one = mapOf((value: Node, inner: Report) =>
      readCalendar(nameOf(node, value), value, directory, inner),
    );
    return one(node, report);
  };
}

function nameOf(node: MapNode, value: Node): string {
  return node.entries.find((entry) => entry.value === value)?.key ?? '';
}

function readCalendar(
  name: string,
  node: Node,
  directory: string | undefined,
  report: Report,
): CalendarSource | undefined {
  const location = report.source.locate(node.at);
  if (node.kind === 'scalar') {
    const days = readFile(node, directory, report);
    return days && { days, without: undefined, location };
  }
  if (node.kind !== 'map') {
    const calendar = attempt(() => parseCalendar(name, toJson(node)), node.at, report);
    return calendar && { days: { kind: 'days', calendar }, without: undefined, location };
  }
  const fields = readFields(node, CALENDAR, report);
  if (fields === undefined) return undefined;
  const without = fields.read('without', text);
  const own = node.entries.filter(({ key }) => key === 'weekdays' || key === 'dates' || key === 'except');
  const origins = [fields.entry('ics'), fields.entry('holidays')].filter((entry) => entry !== undefined);
  if (origins.length + (own.length > 0 ? 1 : 0) > 1) {
    const hint = 'Make two calendars, and leave one out of the other with without: NAME.';
    report.problem(node.at, 'a calendar has its days from one place', hint);
    return undefined;
  }
  const days =
    fields.read('ics', (value) => readFile(value, directory, report)) ??
    fields.read('holidays', readHolidays) ??
    (origins.length > 0 ? undefined : readDays(name, { ...node, entries: own }, report));
  return days && { days, without, location };
}

function readDays(name: string, node: MapNode, report: Report): CalendarSource['days'] | undefined {
  const calendar = attempt(() => parseCalendar(name, toJson(node)), node.at, report);
  return calendar && { kind: 'days', calendar };
}

function readFile(
  node: Node,
  directory: string | undefined,
  report: Report,
): CalendarSource['days'] | undefined {
  const path = text(node, report);
  if (path === undefined) return undefined;
  if (isAbsolute(path)) return { kind: 'ics', path };
  if (directory !== undefined) return { kind: 'ics', path: resolve(directory, path) };
  const hint = 'This timetable is in no directory: write an absolute path.';
  report.problem(node.at, `the file ${JSON.stringify(path)} is relative`, hint);
  return undefined;
}

const readHolidays: Reader<CalendarSource['days']> = (node, report) => {
  const fields = readFields(node, HOLIDAYS, report);
  if (fields === undefined) return undefined;
  const country = fields.read('country', text);
  if (fields.entry('country') === undefined)
    report.problem(node.at, 'holidays lack a country', 'Write holidays: {country: DE}.');
  if (country === undefined) return undefined;
  return {
    kind: 'holidays',
    country,
    state: fields.read('state', text),
    region: fields.read('region', text),
  };
};
