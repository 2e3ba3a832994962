/** Where jobs made through the API are changed: by the scheduler that has them, else by what the bookkeeping knows. */
import { dirname } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { systemZone } from '../../settings/zone.js';
import type { FileStore } from '../../store/file/store.js';
import type { NamespaceSummary } from '../../store/store.js';
import type { Control } from '../control/control.js';
import { definitionsOf } from '../define.js';
import { loadSource } from '../file-source.js';
import type { Service } from '../service.js';
import { isDirectory } from '../text-file.js';
import { NO_ALLOWANCE } from './allowance.js';
import type { KeptPlace } from './change.js';
import { readKeptTasks } from './task.js';

/** @throws {SupertaskError} `ID_UNKNOWN` */
export async function keptPlace(
  { store }: Pick<Service, 'store'>,
  namespace: string,
  control: Control | undefined,
  by: string,
): Promise<KeptPlace> {
  const door = control?.kept;
  if (door !== undefined) {
    const taken = [...new Set(door.own().flatMap(({ id, taskId = id }) => [id, taskId]))];
    return { store, namespace, surroundings: door.surroundings, taken, by };
  }
  const summary = await summaryOf(store, namespace);
  const surroundings = { directory: directoryOf(summary), allowance: NO_ALLOWANCE };
  return { store, namespace, surroundings, taken: await takenIn(store, summary), by };
}

/**
 * Put on record what no scheduler lives to do, so that they can be seen.
 *
 * Where that cannot be done they are kept all the same, and the next scheduler has them.
 */
export async function rememberKept(
  { store, namespace, surroundings }: KeptPlace & { readonly store: FileStore },
  env: Service['env'],
): Promise<void> {
  try {
    const { jobs } = (await store.keptJobs?.(namespace)) ?? { jobs: new Map() };
    const { tasks } = await readKeptTasks(jobs, surroundings);
    const { host, user, source, kind, author } = await summaryOf(store, namespace);
    const origin = { host, user, source, kind, author };
    const writer = await store.open(namespace, origin, { mode: 'once', startedAt: new Date() });
    await writer.setJobs(definitionsOf(tasks, systemZone(env))).finally(() => writer.close('finished'));
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
  }
}

export async function summaryOf(
  store: Pick<FileStore, 'namespaces'>,
  namespace: string,
): Promise<NamespaceSummary> {
  const [found] = await store.namespaces(({ id }) => id === namespace);
  if (found !== undefined) return found;
  throw new SupertaskError('ID_UNKNOWN', `there is no namespace ${JSON.stringify(namespace)}`);
}

/** Where its scheduler runs tasks, as far as its source says so. */
export function directoryOf({ kind, source }: NamespaceSummary): string | undefined {
  if (kind === 'api') return source;
  if (kind !== 'file') return undefined;
  return isDirectory(source) ? source : dirname(source);
}

/** What the file has now; where it cannot be read, what its scheduler had. */
async function takenIn(store: FileStore, { id, kind, source }: NamespaceSummary): Promise<readonly string[]> {
  if (kind === 'api') return [];
  if (kind === 'file') {
    try {
      const { timetable } = await loadSource(source, '/', async () => '');
      return timetable.tasks.map((task) => task.id);
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
    }
  }
  const jobs = await store.jobs(id);
  return jobs.flatMap(({ origin, id: job, task }) => (origin === 'api' ? [] : [job, task ?? job]));
}
