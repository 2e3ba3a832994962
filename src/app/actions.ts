/** What actions look up in the bookkeeping. Loaded only where tasks have actions. */
import { type ActionSource, createActions } from '../engine/action.js';
import type { EngineParts } from '../engine/plan.js';
import type { Stream } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { Store } from '../store/store.js';

/** Records of a job that are looked at on its first end: a row that began before them is not longer than they are. */
const RECENT = 200;
const TAIL_BYTES = 4_096;

export function actionsOf(
  store: Store,
  namespace: string,
  options: Pick<ActionSource, 'host' | 'isShared'>,
): NonNullable<EngineParts['actions']> {
  const source: ActionSource = {
    ...options,
    recent: (job) => store.runs({ namespace, job, limit: RECENT }),
    find: async (id) => (await store.runs({ namespace, idPrefix: id, limit: 1 }))[0],
    tail: async (run) => {
      const [out, err] = await Promise.all([tailOf(store, run, 'stdout'), tailOf(store, run, 'stderr')]);
      return [out, err].filter((text) => text !== '').join('\n');
    },
  };
  return (parts) => createActions({ ...parts, source });
}

/** Whole characters; a line that is cut keeps its end. */
async function tailOf(store: Store, run: Run, stream: Stream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of store.output(run, stream, { from: -TAIL_BYTES })) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFFFD+/, '')
    .trimEnd();
}
