/** When a task runs. Placeholder of the language; see the functions' contracts. */
import { SupertaskError } from '../errors.js';

export type Schedule = {
  /** As written. */
  readonly text: string;
  readonly rule: ScheduleRule;
  readonly tz: string | undefined;
  readonly enabled: boolean;
};

export type ScheduleRule =
  | { readonly kind: 'once' }
  | { readonly kind: 'every'; readonly periodMs: number; readonly phaseMs: number }
  | { readonly kind: 'from-start'; readonly periodMs: number }
  | { readonly kind: 'after-finish'; readonly delayMs: number };

/** What turns a definition into a calculator that depends on nothing but `after`. */
export type ScheduleContext = { readonly jobId: string; readonly startedAt: Date; readonly tz: string };

/** A schedule with everything it needs bound to it. */
export type BoundSchedule = {
  readonly schedule: Schedule;
  readonly class: 'fixed-time' | 'interval' | 'start';
  readonly delayMs: number | undefined;
  previous(before: Date): Date | undefined;
  count(after: Date, until: Date): number;
  /** The next instant strictly after `after`. */
  next(after: Date): Date | undefined;
};

export function parseSchedule(text: string): Schedule {
  if (text === 'once' || text === 'now')
    return { text, rule: { kind: 'once' }, tz: undefined, enabled: true };
  throw new SupertaskError('SCHEDULE_INVALID', `"${text}" is not a schedule`);
}
