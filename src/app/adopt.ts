/** Making the past of one namespace part of another, after its host, user or source was renamed. */
import { SupertaskError } from '../errors.js';
import { namespaceId, type Origin } from '../model/namespace.js';
import { parseId } from '../model/task.js';
import type { FileStore } from '../store/file/store.js';
import type { NamespaceSummary } from '../store/store.js';
import { loadSource } from './file-source.js';
import { originOf } from './identity.js';
import { findNamespace } from './read.js';

export type Adopted = {
  readonly from: string;
  readonly into: string;
  readonly runs: number;
  readonly jobs: number;
  readonly outputs: number;
};

/**
 * Take over the past of namespace `from`.
 *
 * @param options.into - An id; undefined: the namespace of the timetable here, else of the old source on this host.
 * @param options.file - The timetable here.
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`, `USAGE` when it would join what does not belong together,
 *   `ALREADY_RUNNING` while it is in use.
 */
export async function adopt(
  store: FileStore,
  from: string,
  options: {
    readonly into: string | undefined;
    readonly file: string | undefined;
    readonly hostId: string | undefined;
  },
): Promise<Adopted> {
  const old = await findOld(store, from);
  const into = await chooseTarget(old, options);
  if (old.id === into.id) {
    throw new SupertaskError('USAGE', `namespace ${old.id} is that of the source here already`, {
      hint: 'There is nothing to adopt.',
    });
  }
  if (old.partOf !== undefined && old.partOf !== into.id) {
    throw new SupertaskError('USAGE', `namespace ${old.id} is part of ${old.partOf} already, or to be`, {
      hint: `To end what was cut off: supertask adopt ${old.id} --ns=${old.partOf}`,
    });
  }
  if (options.into === undefined && old.source !== into.origin.source) {
    throw new SupertaskError(
      'USAGE',
      `namespace ${old.id} is of ${old.source}, not of ${into.origin.source}`,
      { hint: `If its past belongs to this source: supertask adopt ${from} --ns=${into.id}` },
    );
  }
  const report = await store.adopt(old.id, into);
  return { from: old.id, into: into.id, ...report };
}

type Old = Pick<NamespaceSummary, 'id' | 'source' | 'kind'> & { readonly partOf?: string };

/** One that is there, or that an earlier try has taken, in part or altogether. */
async function findOld(store: FileStore, text: string): Promise<Old> {
  try {
    return await findNamespace(store, text);
  } catch (error) {
    const [half] = await store.halfAdopted(text);
    if (half !== undefined) return { ...half.namespace, partOf: half.into };
    for (const { id: partOf, kind, adopted = [] } of await store.namespaces()) {
      const taken = adopted.find(({ id }) => id.startsWith(text));
      if (taken !== undefined) return { id: taken.id, source: taken.source, kind, partOf };
    }
    throw error;
  }
}

async function chooseTarget(
  old: Old,
  {
    into,
    file,
    hostId,
  }: {
    readonly into: string | undefined;
    readonly file: string | undefined;
    readonly hostId: string | undefined;
  },
): Promise<{ readonly id: string; readonly origin: Origin }> {
  const isHere = file !== undefined && (into === undefined || old.source === file);
  if (isHere) {
    const source = await loadSource(file, '/', async () => '');
    const origin = originOf({ ...source, author: source.timetable.author }, hostId);
    return { id: into ?? source.timetable.namespace ?? namespaceId(origin), origin };
  }
  const origin = originOf(old, hostId);
  return { id: into === undefined ? namespaceId(origin) : parseId(into, 'namespace'), origin };
}
