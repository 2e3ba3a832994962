/** The jobs of a namespace that were made through the API, for the schedule that is to run them. */
import type { Task } from '../../model/task.js';
import type { RunOptions } from '../run-option.js';
import type { Source } from '../source.js';
import type { KeptReader } from './reader.js';
import type { KeptTasks } from './task.js';

export type Kept = KeptReader & {
  /** With those of the source. */
  together(own: readonly Task[]): Omit<KeptTasks, 'written'>;
};

/** Jobs made through the API, which only schedulers have; read before anything is opened. */
export async function openKept(
  namespace: string,
  { directory }: Source,
  { store, allowance }: RunOptions,
): Promise<Kept | undefined> {
  if (store.keptJobs === undefined) return undefined;
  const { createKeptReader, withKept } = await import('./reader.js');
  const reader = createKeptReader(store, namespace, {
    directory,
    allowance: allowance ?? { env: [], cwd: [] },
  });
  await reader.look();
  return Object.assign(reader, { together: (own: readonly Task[]) => withKept(own, reader.current) });
}
