/** Whether what was asked is getting on: a process that is stopped hears of nothing until it goes on. */
import { isAlive, isHalted } from '../../executor/process-identity.js';
import { currentTable, listRunProcesses } from '../../executor/process-table.js';
import type { ProcessId, Run } from '../../model/run.js';

export { isHalted };

/** As long as a scheduler may take to answer. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/** `isGettingOn`: somebody works at what was asked. `isHalted`: whoever is to notice can notice nothing. */
export type Progress = { readonly isGettingOn: boolean; readonly isHalted: boolean };

/**
 * Tells whether nothing has been getting on for too long. Of somebody who is halted all of that time, nothing more is
 * hoped for as soon as nothing gets on.
 *
 * @param startMs - When it was asked for, on the clock of the looks.
 */
export function createPatience(startMs: number): (progress: Progress, nowMs: number) => boolean {
  let since = startMs;
  return ({ isGettingOn, isHalted }, nowMs) => {
    if (isGettingOn && !isHalted) since = nowMs;
    return !isGettingOn && nowMs - since >= PATIENCE_MS;
  };
}

/** To be asked again and again while something is waited for. @returns Whether that is in vain. */
export function createVigil(look: () => Progress | Promise<Progress>): () => Promise<boolean> {
  const isInVain = createPatience(performance.now());
  let nextLookAt = 0;
  return async () => {
    const now = performance.now();
    if (now < nextLookAt) return false;
    nextLookAt = now + LOOK_EVERY_MS;
    return isInVain(await look(), now);
  };
}

/** A scheduler, or whoever else was asked and has answered. */
export function progressOf(process: ProcessId | undefined): Progress {
  const isStopped = process !== undefined && isHalted(process);
  return { isGettingOn: !isStopped, isHalted: isStopped };
}

/** Whether any process of a run lives here. */
export function isRunAlive({ id, process }: Pick<Run, 'id' | 'process'>): boolean {
  if (process !== undefined && isAlive(process)) return true;
  return listRunProcesses(currentTable(), undefined, id).length > 0;
}
