/** A checked set of tasks, from a file or from the command line. */
import type { CalendarSource } from './calendar-source.js';
import type { Task } from './task.js';

export type Timetable = {
  /** Given by the author; undefined: the digest of the source. */
  readonly namespace: string | undefined;
  readonly author: string | undefined;
  readonly tasks: readonly Task[];
  /** By name, for schedules that name one. */
  readonly calendars?: Readonly<Record<string, CalendarSource>>;
  /** How surprising parts were read; told on start. */
  readonly warnings: readonly string[];
};
