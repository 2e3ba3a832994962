/** Random numbers that come again with the same seed, so that a failure can be repeated. */

/** @returns A function that gives whole numbers from `from` up to `to`, inclusive. */
export function createDice(seed: number): (from: number, to: number) => number {
  let state = seed >>> 0;
  return (from, to) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return from + (((mixed ^ (mixed >>> 14)) >>> 0) % (to - from + 1));
  };
}
