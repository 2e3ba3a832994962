/** What others may ask of a scheduler that has just been started. */
import type { Engine } from '../../engine/engine.js';
import type { Origin } from '../../model/namespace.js';
import type { Run } from '../../model/run.js';
import type { Task } from '../../model/task.js';
import type { Store } from '../../store/store.js';
import { definitionOf } from '../define.js';
import { doorOf } from '../kept/door.js';
import type { KeptReader } from '../kept/reader.js';
import type { Reloader } from '../reload.js';
import { createMemory } from '../remember.js';
import { type Control, createControl } from './control.js';

type Opened = {
  readonly engine: Engine;
  readonly store: Store;
  readonly namespace: string;
  readonly origin: Origin;
  readonly startedAt: Date;
  readonly tz: string;
  readonly hide: (text: string) => string;
  readonly learn: (task: Task) => Promise<void>;
  /** Of a source that can change. */
  readonly reload: Reloader['reloadOrThrow'] | undefined;
  /** Jobs made through the API, and what takes over changes of them. */
  readonly kept: { readonly reader: KeptReader; readonly reloader: Reloader } | undefined;
};

export function openControl(opened: Opened): Control {
  const { engine, store, namespace, origin, startedAt, tz, hide, learn, reload, kept } = opened;
  const find = async (id: string): Promise<Run | undefined> =>
    (await store.runs({ namespace, idPrefix: id, limit: 1 }))[0];
  return createControl({
    engine,
    namespace,
    source: origin.source,
    kind: origin.kind,
    startedAt,
    reload,
    learn,
    remember: createMemory(store, namespace, origin, (task) => definitionOf(task, tz, hide)),
    find,
    kept: kept && doorOf(kept.reader, kept.reloader),
  });
}
