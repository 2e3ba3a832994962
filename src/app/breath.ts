/** Long work in a process that has other work as well. */

/** Takes a breath where it is time for one: what waits goes first. */
export type Breath = () => Promise<void>;

const LONGEST_MS = 10;

/** @param longestMs - So long others may have to wait. */
export function createBreath(longestMs = LONGEST_MS): Breath {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longestMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
