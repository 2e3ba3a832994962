/** What changes while it runs: of the source, and of the jobs that are made through the API. */
import type { Engine } from '../engine/engine.js';
import { createSystemClock } from '../engine/system-clock.js';
import { messageOf } from '../errors.js';
import type { Writer } from '../store/store.js';
import { definitionOf } from './define.js';
import type { Reloader } from './reload.js';
import type { RunOptions } from './run-option.js';
import type { RunPlan } from './run-plan.js';
import type { Secrecy } from './secret.js';

export type Changes = {
  /** Of a schedule whose source can change. */
  readonly reloader: Reloader | undefined;
  /** Made where it is not there: jobs that are made through the API need one as well. */
  reloaderOf(): Promise<Reloader>;
  /** Nothing is taken over any more. */
  stop(): void;
};

/** Take over what changes of the jobs that are made through the API, and be ready for what changes of the source. */
export async function watchChanges(
  { source, own, tasks, kept, reread }: RunPlan,
  secrecy: Secrecy,
  engine: Engine,
  { writer, startedAt }: { readonly writer: Writer; readonly startedAt: Date },
  options: RunOptions,
): Promise<Changes> {
  let isOver = false;
  let unwatch = (): void => {};
  let made: Promise<Reloader> | undefined;
  const running = { engine, writer, options, startedAt, source, own, tasks, secrecy, definitionOf, kept };
  const reloaderOf = (): Promise<Reloader> =>
    (made ??= import('./reload.js').then(({ createReloader }) =>
      createReloader({ ...running, reread, isOver: () => isOver }),
    ));
  const reloader = reread && (await reloaderOf());
  const watch = async (reader: NonNullable<typeof kept>): Promise<void> => {
    await engine.ready;
    try {
      const { watchKept } = await import('./kept/watch.js');
      const reloader = await reloaderOf();
      if (!isOver) unwatch = watchKept(reader, reloader, createSystemClock());
    } catch (error) {
      // It goes on without: its runs may have all the descriptors there are.
      const message = `changes of jobs that are made through the API are not noticed: ${messageOf(error)}`;
      options.reporter.report({ type: 'warning', at: new Date(), message });
    }
  };
  if (kept !== undefined) void watch(kept);
  return {
    reloader,
    reloaderOf,
    stop() {
      isOver = true;
      unwatch();
    },
  };
}
