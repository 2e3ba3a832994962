/** Questions that need no bookkeeping: when a schedule is due, what it means, what is wrong with a timetable. */
import { SupertaskError } from '../errors.js';
import { parseInstantIn } from '../model/instant.js';
import type { JsonRecord } from '../model/record.js';
import { bindSchedule } from '../model/schedule-bind.js';
import { isStartRelative } from '../model/schedule-class.js';
import { parseSchedule } from '../model/schedule-text.js';
import { parseZone } from '../model/zone.js';
import { systemZone } from '../settings/zone.js';
import { createBreath } from './breath.js';
import type { Service } from './service.js';

export type ScheduleQuestion = {
  readonly expr: string;
  /** IANA name; default: the zone of the process. */
  readonly tz?: string | undefined;
  /** An instant; a wall time in `tz` where it has no zone of its own. Default: now. */
  readonly from?: string | undefined;
  readonly count?: number | undefined;
};

const NEXT_COUNT = 5;
const EXPLAIN_COUNT = 3;

/**
 * As `supertask next --json` tells of a schedule.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID`, `DURATION_INVALID`, `ZONE_UNKNOWN`, `USAGE`
 */
export async function nextOfText(service: Service, question: ScheduleQuestion): Promise<JsonRecord> {
  const { expr } = question;
  const { tz, from, count = NEXT_COUNT } = settled(service, question);
  const bound = bindSchedule(parseSchedule(expr), { jobId: '', startedAt: from, tz });
  // What counts from a start begins with it.
  const before = isStartRelative(bound.schedule) ? new Date(from.getTime() - 1) : from;
  const next: string[] = [];
  const breath = createBreath();
  // A rare moment may be years away, and each takes its time.
  for (let at = bound.next(before); at !== undefined && next.length < count; at = bound.next(at)) {
    next.push(at.toISOString());
    await breath();
  }
  return { expr, tz: bound.tz, next };
}

/** As `supertask explain --json`; it throws the same. */
export async function explainText(service: Service, question: ScheduleQuestion): Promise<JsonRecord> {
  const { tz, from, count = EXPLAIN_COUNT } = settled(service, question);
  const { explain, explanationRecord } = await import('./explain.js');
  return explanationRecord(explain(question.expr, { tz, from, count }));
}

/**
 * As `supertask check --json`.
 *
 * @param options.isStatic - Of the machine, and of files that the text names, nothing is told.
 */
export async function checkTimetableText(
  service: Service,
  { text, name = '<text>' }: { readonly text: string; readonly name?: string | undefined },
  { isStatic }: { readonly isStatic: boolean },
): Promise<JsonRecord> {
  const [{ checkText }, { checkedRecord }] = await Promise.all([
    import('./check/check.js'),
    import('./check/record.js'),
  ]);
  const directory = process.cwd();
  const { env } = service;
  const checked = await checkText(
    { file: name, directory, text },
    { tz: parseZone(systemZone(env)), now: service.now(), env, isStatic },
  );
  const isClean = checked.findings.every(({ severity }) => severity !== 'error');
  return checkedRecord(checked, isClean, directory);
}

function settled(service: Service, { tz: given, from, count }: ScheduleQuestion) {
  const tz = parseZone(given ?? systemZone(service.env));
  return { tz, from: from === undefined ? service.now() : instantIn(from, tz), count };
}

function instantIn(text: string, tz: string): Date {
  try {
    return parseInstantIn(text, tz);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw new SupertaskError('USAGE', `from: ${error.message}`, { hint: error.hint, cause: error });
  }
}
