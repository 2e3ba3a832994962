/** What a server answers from: the bookkeeping, and the schedulers of its own process. */
import type { FileStore } from '../store/file/store.js';
import type { Control } from './control/control.js';

export type Service = {
  readonly store: FileStore;
  readonly startedAt: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The only namespace that it speaks for; undefined: it speaks for all. */
  readonly namespace: string | undefined;
  /** Whether it speaks for a namespace; of any other it knows nothing. */
  sees(namespace: string): boolean;
  /** The scheduler of this process, where it is that of the namespace. */
  own(namespace: string): Control | undefined;
  /** All schedulers of this process. */
  owned(): readonly Control[];
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
  return {
    store,
    startedAt: clock(),
    env,
    namespace,
    sees: (asked) => namespace === undefined || asked === namespace,
    own: (asked) => controls.find((control) => control.namespace === asked),
    owned: () => controls,
    now: clock,
  };
}
