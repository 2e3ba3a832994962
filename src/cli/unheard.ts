/** Notices that whoever watches a run that is to end does not: otherwise its end would be waited for without end. */
import { createVigil, isHalted, isRunAlive, type Progress, progressOf } from '../app/control/vigil.js';
import { SupertaskError } from '../errors.js';
import type { Run } from '../model/run.js';
import type { FileStore } from '../store/file/store.js';

export type EndRequest = {
  /** Whether its processes are being ended from here, because nobody could be asked. */
  isSignalled(): boolean;
  /** Who was asked is gone, and has left its runs to whoever comes. */
  repeat(): Promise<void>;
};

/**
 * To be made before the run is asked to end, and called while that is waited for.
 *
 * @throws {SupertaskError} `UNANSWERED`, from what is returned
 */
export function guardEnd(store: FileStore, run: Run, request: EndRequest): () => Promise<void> {
  const isInVain = createVigil(() => progressOfEnd(store, run, request));
  return async () => {
    if (await isInVain()) throw await unheard(store, run);
  };
}

/** @throws {SupertaskError} `UNANSWERED` where whoever watches a run is stopped. */
export async function refuseHalted(store: FileStore, run: Run): Promise<void> {
  const watcher = await store.watcher(run);
  if (watcher !== undefined && isHalted(watcher)) throw await unheard(store, run);
}

async function progressOfEnd(store: FileStore, run: Run, request: EndRequest): Promise<Progress> {
  const watcher = await store.watcher(run);
  if (watcher === undefined && !request.isSignalled()) await request.repeat();
  const progress = progressOf(watcher);
  return request.isSignalled() ? { ...progress, isGettingOn: isRunAlive(run) } : progress;
}

async function unheard(store: FileStore, run: Run): Promise<SupertaskError> {
  const watcher = await store.watcher(run);
  const id = run.id.slice(0, 18);
  if (watcher === undefined)
    return new SupertaskError(
      'UNANSWERED',
      `the end of run ${id} is not recorded, and who watches it is not here`,
      {
        hint: 'It may live on another host or in another container: stop the run there.',
      },
    );
  const who = `the supertask that watches run ${id} (pid ${watcher.pid})`;
  if (isHalted(watcher))
    return new SupertaskError('UNANSWERED', `${who} is stopped (Ctrl-Z, SIGSTOP), and takes no notice`, {
      hint: `kill -CONT ${watcher.pid} has it go on, and record how the run ends.`,
    });
  return new SupertaskError(
    'UNANSWERED',
    `${who} does not answer: no process of the run lives, and its end is not recorded`,
    {
      hint: 'It may be overloaded, or its disk may be full: what it says on stderr tells.',
    },
  );
}
