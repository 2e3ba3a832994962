/** Calendars: which days count, such as the working days of a country. Pure values; files are the caller's. */

/** A named set of days. `includes` gets `YYYY-MM-DD` and answers alike whenever it is asked. */
export type Calendar = { readonly name: string; includes(date: string): boolean };
