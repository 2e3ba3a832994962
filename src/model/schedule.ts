/**
 * When a task runs: the values, and what may be asked of them.
 *
 * Text or object → `Schedule` → (bound to a job, a zone and a start) → instants. Nothing here looks at a clock, and
 * the machine's own zone never matters. Instants run from 1970 to the year 9999.
 */
import type { Calendar } from './calendar.js';
import type { CronRule, DayRule } from './cron.js';
import type { Json } from './json.js';

export type Schedule = {
  /** As written; for objects, the same in words that `parseSchedule` reads (without the further options). */
  readonly text: string;
  readonly rule: ScheduleRule;
  /** IANA name; undefined: the context's. */
  readonly tz: string | undefined;
  readonly enabled: boolean;
  /** A name to be found in the context, or the calendar itself. */
  readonly calendar?: string | Calendar;
  readonly shift?: Shift;
  /** `follow`: times that do not exist are passed over, and those that come twice are run twice. */
  readonly clockChange?: ClockChangePolicy;
  /** Each due instant is moved later by less than this, and never up to the next one. */
  readonly jitterMs?: number;
  /** Nothing is due before. */
  readonly from?: Boundary;
  /** Nothing is due at or after. */
  readonly until?: Boundary;
  readonly args?: Readonly<Record<string, string>>;
  readonly stop?: StopRule;
  /** The object it was read from, where it was one: what decides about instants only. */
  readonly form?: ScheduleForm;
};

/** What `parseScheduleObject` reads. */
export type ScheduleForm = { readonly [key: string]: Json };

export type ScheduleRule =
  /** At the scheduler's start, once. */
  | { readonly kind: 'once' }
  /** At each start of the scheduler. */
  | { readonly kind: 'reboot' }
  | { readonly kind: 'in'; readonly delayMs: number }
  | { readonly kind: 'at'; readonly at: Boundary }
  | CronRule
  /** Wall-clock times, in seconds since midnight, sorted. */
  | (DayRule & { readonly kind: 'daily'; readonly seconds: readonly number[] })
  /** The instants phase + n × period since the Unix epoch; with an anchor, the grid that it lies on. */
  | {
      readonly kind: 'every';
      readonly periodMs: number;
      readonly phaseMs: number;
      readonly anchor?: Boundary;
    }
  /** Steps of real time within [from, to) of a day; both in ms since midnight, and `to` up to the next day. */
  | {
      readonly kind: 'between';
      readonly periodMs: number;
      readonly fromMs: number;
      readonly toMs: number;
      readonly days: DayRule;
    }
  /** First at the start of the scheduler, or so much later. */
  | { readonly kind: 'from-start'; readonly periodMs: number; readonly delayMs?: number }
  | { readonly kind: 'after-finish'; readonly delayMs: number };

/** What becomes of fixed times that a clock change leaves out or repeats: run exactly once, or as the clock shows. */
export type ClockChangePolicy = 'once' | 'follow';

/** An instant, or a wall time (see zone.ts) that becomes one in the schedule's zone. */
export type Boundary = { readonly ms: number; readonly local: boolean };

/** From the nominal day to the day of the run: first so many days of the calendar, then so many days. */
export type Shift = { readonly calendarDays: number; readonly days: number };

/** When a run is told to stop: so long after its due instant, or at a time of day (ms since midnight). */
export type StopRule =
  | { readonly kind: 'after'; readonly afterMs: number }
  | { readonly kind: 'at'; readonly timeMs: number };

/** What turns a definition into a calculator that depends on nothing but `after`. */
export type ScheduleContext = {
  readonly jobId: string;
  readonly startedAt: Date;
  /** IANA name, for schedules that have none. */
  readonly tz: string;
  /** Where names of calendars are looked up. */
  readonly calendars?: ReadonlyMap<string, Calendar>;
};

/** A schedule with everything it needs bound to it. */
export type BoundSchedule = {
  readonly schedule: Schedule;
  /** The zone it is calculated in. */
  readonly tz: string;
  /** Of `every … after finish`: how long after a run's end the next one is due. `next` knows only the first. */
  readonly delayMs: number | undefined;
  /** The first instant strictly after `after`. */
  next(after: Date): Date | undefined;
  /** The last instant strictly before `before`: the exact inverse of `next`. */
  previous(before: Date): Date | undefined;
  /** When a run that was due at `dueAt` is to be stopped; undefined: never. */
  stopAt?(dueAt: Date): Date | undefined;
  /** How many instants there are in (after, until]; the cost grows with the days between, not with the answer. */
  count(after: Date, until: Date): number;
};
