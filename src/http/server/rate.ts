/** How often each of many may do something: buckets that fill up again as time passes. */

export type Rate = {
  /** Take one; false: there is none left for this key. */
  take(key: string): boolean;
  /** Whether there is one, without taking it. */
  has(key: string): boolean;
  /** Seconds until there is one again, at least 1. */
  wait(key: string): number;
};

export type RateLimit = { readonly burst: number; readonly perSecond: number };

/** More than so many keys are not kept in mind: the oldest are forgotten. */
const MAX_KEYS = 10_000;

type Bucket = { left: number; at: number };

/** @param now - Milliseconds of a clock that only goes forward. */
export function createRate({ burst, perSecond }: RateLimit, now: () => number): Rate {
  const buckets = new Map<string, Bucket>();
  const filled = (key: string): Bucket => {
    const bucket = buckets.get(key);
    const at = now();
    if (bucket === undefined) return { left: burst, at };
    return { left: Math.min(burst, bucket.left + ((at - bucket.at) / 1_000) * perSecond), at };
  };
  return {
    take(key) {
      const bucket = filled(key);
      const isFine = bucket.left >= 1;
      // Last in the order in which keys are forgotten.
      buckets.delete(key);
      const [oldest] = buckets.keys();
      if (buckets.size >= MAX_KEYS && oldest !== undefined) buckets.delete(oldest);
      buckets.set(key, isFine ? { ...bucket, left: bucket.left - 1 } : bucket);
      return isFine;
    },
    has: (key) => filled(key).left >= 1,
    wait: (key) => Math.max(1, Math.ceil((1 - filled(key).left) / perSecond)),
  };
}
