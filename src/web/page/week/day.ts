/** Days and weeks of the viewer's zone, by the name that an address has for them: `2026-11-21`. Pure. */

export type Day = {
  readonly key: string;
  /** Midnight and the one after it, in ms: 23 or 25 hours apart when clocks are changed. */
  readonly from: number;
  readonly to: number;
};

const KEY = /^(\d{4})-(\d\d)-(\d\d)$/;

export function dayOf(at: number | Date): Day {
  const date = new Date(at);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return {
    key: [year, month + 1, day].map((part) => String(part).padStart(2, '0')).join('-'),
    from: new Date(year, month, day).getTime(),
    to: new Date(year, month, day + 1).getTime(),
  };
}

/** Undefined: it names no day. */
export function parseDay(key: string): Day | undefined {
  const [, year, month, day] = (KEY.exec(key) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const found = dayOf(new Date(year, month - 1, day));
  return found.key === key ? found : undefined;
}

export function plusDays({ from }: Day, count: number): Day {
  const date = new Date(from);
  return dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() + count));
}

/** From Monday on. */
export function weekOf(day: Day): readonly Day[] {
  const monday = plusDays(day, -((new Date(day.from).getDay() + 6) % 7));
  return Array.from({ length: 7 }, (_, index) => plusDays(monday, index));
}

/** By the clock on the wall, 0 to 1440, so that hours stand beside each other on every day. */
export function minuteOf(at: number): number {
  const date = new Date(at);
  return date.getHours() * 60 + date.getMinutes() + date.getSeconds() / 60;
}
