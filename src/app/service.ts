/** What a server answers from: the bookkeeping, and the schedulers of its own process. */
import { setMaxListeners } from 'node:events';
import { SupertaskError } from '../errors.js';
import type { FileStore } from '../store/file/store.js';
import type { Control } from './control/control.js';
import type { Feed } from './feed.js';

export type Service = {
  readonly store: FileStore;
  readonly startedAt: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The only namespace that it speaks for; undefined: it speaks for all. */
  readonly namespace: string | undefined;
  /** Whether it speaks for a namespace; of any other it knows nothing. */
  sees(namespace: string): boolean;
  /** @throws {SupertaskError} `ID_UNKNOWN` for a namespace that it does not speak for. */
  refuseUnseen(namespace: string): void;
  /** The scheduler of this process, where it is that of the namespace. */
  own(namespace: string): Control | undefined;
  /** All schedulers of this process. */
  owned(): readonly Control[];
  /** What happens; nothing is done for it until somebody listens. */
  feed(): Promise<Feed>;
  /** Aborted when it ends: answers that go on end with it. */
  readonly closing: AbortSignal;
  close(): void;
  now(): Date;
};

export type ServiceOptions = {
  readonly store: FileStore;
  readonly controls: readonly Control[];
  /** Only this one can be seen; default: all of the state directory. */
  readonly namespace?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now?: () => Date;
};

export function createService({ store, controls, namespace, env, now }: ServiceOptions): Service {
  const clock = now ?? (() => new Date());
  const sees = (asked: string): boolean => namespace === undefined || asked === namespace;
  const closing = new AbortController();
  // As many as there are streams; Node would warn on standard error.
  setMaxListeners(0, closing.signal);
  let feed: Promise<Feed> | undefined;
  return {
    store,
    startedAt: clock(),
    env,
    namespace,
    sees,
    refuseUnseen(asked) {
      if (!sees(asked))
        throw new SupertaskError('ID_UNKNOWN', `there is no namespace ${JSON.stringify(asked)}`);
    },
    own: (asked) => controls.find((control) => control.namespace === asked),
    owned: () => controls,
    feed() {
      feed ??= import('./feed.js').then(({ createFeed }) => createFeed({ store, sees, now: clock }));
      return feed;
    },
    closing: closing.signal,
    close() {
      closing.abort();
      void feed?.then((made) => made.close());
    },
    now: clock,
  };
}
