/** Removing by hand what is beyond the limits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SupertaskError } from '../errors.js';
import type { FileStore } from '../store/file/store.js';

/** What is given takes the place of the default limit of each namespace. */
export type Limits = {
  readonly runs?: number | undefined;
  readonly runAgeMs?: number | undefined;
  readonly outputAgeMs?: number | undefined;
  readonly outputBytes?: number | undefined;
};

export type Pruned = { readonly runs: number; readonly files: number; readonly bytes: number };

/** A scheduler may be doing the same just now; its part of the work is bounded. */
const TRIES = 20;
const PATIENCE_MS = 250;

/**
 * Remove old runs and output of one namespace, or of all.
 *
 * @returns How much was removed, or would be.
 * @throws {SupertaskError} `ALREADY_RUNNING` while another process goes on removing.
 */
export async function prune(
  store: FileStore,
  namespace: string | undefined,
  limits: Limits,
  { now, dryRun }: { readonly now: Date; readonly dryRun: boolean },
): Promise<Pruned> {
  const total = { runs: 0, files: 0, bytes: 0 };
  for (let tried = 0; tried < TRIES; tried++) {
    const { complete, ...part } = await store.prune({ ...limits, namespace, now, dryRun });
    total.runs += part.runs;
    total.files += part.files;
    total.bytes += part.bytes;
    if (complete) return total;
    await sleep(PATIENCE_MS);
  }
  throw new SupertaskError('ALREADY_RUNNING', 'another process looks after the bookkeeping just now', {
    hint: 'Try again in a minute; a lock that a killed process left is passed over after 30 s.',
  });
}
