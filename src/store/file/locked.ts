/** A file that is replaced as a whole by whoever holds its lock, a directory beside it. */
import { SupertaskError } from '../../errors.js';

/** What those who wait for the lock may take together; who holds it needs milliseconds. */
const TRIES = 300;
const STALE_MS = 5_000;

/** Those of this process wait for each other in order, rather than by looking again and again. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Do something as the only one, of all processes, that changes a file.
 *
 * @param act - `check` throws when the lock was lost meanwhile: to be asked before anything is written.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`, also when others hold the lock for too long.
 */
export function withFileLock<Result>(
  path: string,
  act: (check: () => void) => Result | Promise<Result>,
): Promise<Result> {
  const before = queues.get(path) ?? Promise.resolve();
  const mine = before.then(() => locked(path, act));
  const settled = mine.catch(() => {});
  queues.set(path, settled);
  void settled.then(() => {
    if (queues.get(path) === settled) queues.delete(path);
  });
  return mine;
}

async function locked<Result>(
  path: string,
  act: (check: () => void) => Result | Promise<Result>,
): Promise<Result> {
  const { lock } = await import('proper-lockfile');
  let isHeld = true;
  const options = {
    realpath: false,
    stale: STALE_MS,
    update: STALE_MS / 5,
    retries: { retries: TRIES, factor: 1, minTimeout: 20, maxTimeout: 80, randomize: true },
    onCompromised: () => {
      isHeld = false;
    },
  };
  // Named by the file itself: proper-lockfile knows one lock for each name.
  const release = await lock(path, options).catch((cause: unknown) => {
    throw new SupertaskError('STATE_UNAVAILABLE', `cannot lock ${path}: ${String(cause)}`, {
      hint: 'Somebody else is changing it: try again.',
      cause,
    });
  });
  try {
    return await act(() => {
      if (isHeld) return;
      throw new SupertaskError('STATE_UNAVAILABLE', `the lock of ${path} was lost`, {
        hint: 'The clock was set or the machine slept: try again.',
      });
    });
  } finally {
    if (isHeld) await release().catch(() => undefined);
  }
}
