/** Jobs made through the API, as a scheduler has them beside those of its source. */
import { SupertaskError } from '../../errors.js';
import type { Task } from '../../model/task.js';
import type { Store } from '../../store/store.js';
import type { KeptSurroundings, KeptTasks } from './task.js';

export type KeptReader = {
  readonly surroundings: KeptSurroundings;
  /** As they were when they were looked at last. */
  readonly current: KeptTasks;
  /** Look whether they have changed, which costs one `stat`; what cannot be read leaves them as they are. */
  look(): Promise<boolean>;
};

const NONE: KeptTasks = { tasks: [], written: [], warnings: [] };

export function createKeptReader(
  store: Pick<Store, 'keptJobs'>,
  namespace: string,
  surroundings: KeptSurroundings,
): KeptReader {
  let stamp: string | undefined;
  let current = NONE;
  return {
    surroundings,
    get current() {
      return current;
    },
    async look() {
      try {
        const found = await store.keptJobs?.(namespace, stamp);
        if (found === undefined) return false;
        const { readKeptTasks } = await import('./task.js');
        current = await readKeptTasks(found.jobs, surroundings);
        stamp = found.stamp;
        return true;
      } catch (error) {
        if (!(error instanceof SupertaskError)) throw error;
        const warning = `${error.message}: jobs made through the API stay as they are`;
        if (current.warnings.includes(warning)) return false;
        current = { ...current, warnings: [...current.warnings, warning] };
        return true;
      }
    },
  };
}

/** The jobs of the source, and those made through the API whose name it does not have. */
export function withKept(
  own: readonly Task[],
  { tasks, warnings }: Omit<KeptTasks, 'written'>,
): Omit<KeptTasks, 'written'> {
  if (tasks.length === 0) return { tasks: own, warnings };
  const taken = new Set(own.flatMap(({ id, taskId = id }) => [id.toLowerCase(), taskId.toLowerCase()]));
  const isShadowed = ({ id, taskId = id }: Task): boolean =>
    taken.has(taskId.toLowerCase()) || taken.has(id.toLowerCase());
  const shadowed = new Set(tasks.filter(isShadowed).map(({ id, taskId = id }) => taskId));
  return {
    tasks: [...own, ...tasks.filter((task) => !isShadowed(task))],
    warnings: [...warnings, ...[...shadowed].map(shadowText)],
  };
}

function shadowText(id: string): string {
  return `the job ${id} that was made through the API is not run: the timetable has one of that name`;
}
