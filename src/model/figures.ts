/** Figures of many values. Pure. */

export type Spread = {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};

/** Undefined where there are none; a percentile is one of the values, the smallest that so many do not exceed. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  if (sorted.length === 0) return undefined;
  return { count: sorted.length, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
}
