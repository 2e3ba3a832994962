/** The set of values that one field of a cron expression allows, and the arithmetic on it. */

export type FieldName = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'year' | 'week';

/** Days that depend on the month. */
export type SpecialDay =
  /** `L`, `L-3`: so many days before the last one. */
  | { readonly kind: 'last'; readonly before: number }
  /** `LW`: the last Monday to Friday. */
  | { readonly kind: 'last-workday' }
  /** `15W`: the Monday to Friday nearest to a day, in the same month. */
  | { readonly kind: 'workday'; readonly date: number }
  /** `MON#2`, `5L`; `nth` is 1 to 5, or -1 for the last one. */
  | { readonly kind: 'nth'; readonly weekday: number; readonly nth: number };

export type CronField = {
  /** As written, in capitals. */
  readonly text: string;
  /** Value v below 30 is bit v of `low`, any other bit v - 30 of `high`. Empty for years. */
  readonly low: number;
  readonly high: number;
  /** Nothing but `*` or `?`. */
  readonly lone: boolean;
  /** Has a `*`, a `?` or a step: such a field in second, minute or hour makes an interval schedule. */
  readonly stepped: boolean;
  readonly special: readonly SpecialDay[];
  /** Only of a year field that is not lone: sorted. */
  readonly years: readonly number[] | undefined;
};

export function hasValue(field: CronField, value: number): boolean {
  return value < 30 ? (field.low & (1 << value)) !== 0 : (field.high & (1 << (value - 30))) !== 0;
}

/** The smallest value of at least `from`, or -1. */
export function nextValue(field: CronField, from: number): number {
  if (from < 30) {
    const rest = field.low & (-1 << from);
    if (rest !== 0) return 31 - Math.clz32(rest & -rest);
  }
  const rest = from > 59 ? 0 : field.high & (from <= 30 ? -1 : -1 << (from - 30));
  return rest === 0 ? -1 : 61 - Math.clz32(rest & -rest);
}

/** The largest value of at most `from`, or -1. */
export function previousValue(field: CronField, from: number): number {
  if (from >= 30) {
    const rest = field.high & ((2 << (from - 30)) - 1);
    if (rest !== 0) return 61 - Math.clz32(rest);
  }
  const rest = from < 0 ? 0 : from >= 30 ? field.low : field.low & ((2 << from) - 1);
  return rest === 0 ? -1 : 31 - Math.clz32(rest);
}

/** How many values are less than `limit`. */
export function countBelow(field: CronField, limit: number): number {
  if (limit <= 0) return 0;
  if (limit < 30) return bitCount(field.low & ((1 << limit) - 1));
  return bitCount(field.low) + bitCount(field.high & ((1 << (limit - 30)) - 1));
}

export function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** All values in order. */
export function valuesOf(field: CronField): number[] {
  if (field.years) return [...field.years];
  const values: number[] = [];
  for (let value = nextValue(field, 0); value >= 0; value = nextValue(field, value + 1)) values.push(value);
  return values;
}
