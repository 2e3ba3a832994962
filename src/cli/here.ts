/** The timetable that lies here or above, and what is meant by it. */
import { loadSource } from '../app/file-source.js';
import { namespaceOf } from '../app/identity.js';
import { namespaceOfFile } from '../app/read.js';
import { SupertaskError } from '../errors.js';
import { findTimetable } from '../settings/timetable.js';
import type { Store } from '../store/store.js';
import { readInput } from './input.js';

export type Here = {
  /** Absolute. */
  readonly file: string;
  /** Also where nothing has been run yet: what running it would use. */
  readonly namespace: string;
  /** Whether anything of the namespace is kept. */
  readonly isKept: boolean;
};

export async function findHere(
  store: Store,
  cwd: string,
  hostId: string | undefined,
): Promise<Here | undefined> {
  const file = await findTimetable(cwd);
  if (file === undefined) return undefined;
  const kept = await namespaceOfFile(store, file, hostId);
  if (kept !== undefined) return { file, namespace: kept, isKept: true };
  const namespace = (await namedBy(file, cwd)) ?? namespaceOf(file, 'file', hostId);
  return { file, namespace, isKept: (await store.namespaces()).some(({ id }) => id === namespace) };
}

/** What it calls its namespace; nothing, too, where it cannot be read: who needs more than that says why. */
async function namedBy(file: string, cwd: string): Promise<string | undefined> {
  try {
    return (await loadSource(file, cwd, readInput)).timetable.namespace;
  } catch (error) {
    if (error instanceof SupertaskError) return undefined;
    throw error;
  }
}
