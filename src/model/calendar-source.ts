/** Where the days of a timetable's calendars come from. Values only; files and packages are the app's. */
import type { Location } from '../errors.js';
import type { Calendar } from './calendar.js';

export type CalendarSource = {
  readonly days:
    | { readonly kind: 'days'; readonly calendar: Calendar }
    /** An iCalendar file; the path is absolute. */
    | { readonly kind: 'ics'; readonly path: string }
    /** Public holidays, by ISO 3166 codes. */
    | {
        readonly kind: 'holidays';
        readonly country: string;
        readonly state: string | undefined;
        readonly region: string | undefined;
      };
  /** The name of another calendar whose days are left out. */
  readonly without: string | undefined;
  readonly location: Location | undefined;
};
