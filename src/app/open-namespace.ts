/** Becoming one of those who write to a namespace, as its scheduler or beside it. */
import type { JobDefinition } from '../model/job.js';
import type { Origin } from '../model/namespace.js';
import type { Writer } from '../store/store.js';
import type { RunOptions } from './run-option.js';

/** Become a writer; a scheduler only when no other has the namespace, or when it may run beside it. */
export async function openNamespace(
  namespace: string,
  origin: Origin,
  mode: 'schedule' | 'once',
  definitions: Iterable<JobDefinition>,
  options: RunOptions,
): Promise<{ readonly writer: Writer; readonly startedAt: Date } | undefined> {
  const { store, reporter, beforeStart } = options;
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  if (mode === 'once') await beforeStart?.(mode, namespace);
  for (;;) {
    const admission = mode === 'schedule' ? await import('./admission.js') : undefined;
    const interrupt = admission && options.interrupt?.();
    await admission?.awaitAdmission(store, namespace, { beside: options.beside, interrupt }, (other) => {
      warn(`standing by: ${admission.describe(other)} schedules this; taking over when it ends`);
      options.onStandby?.(namespace);
    });
    if (interrupt?.aborted) return undefined;
    const startedAt = new Date();
    const writer = await store.open(namespace, origin, { mode, startedAt, warn });
    const isAlone =
      admission === undefined ||
      options.beside === 'join' ||
      !(await admission.seesAnother(store, namespace));
    if (isAlone) {
      if (mode === 'schedule' && beforeStart !== undefined) {
        await beforeStart(mode, namespace).catch(async (error: unknown) => {
          await writer.close('refused');
          throw error;
        });
      }
      // Only now does it have jobs: who stands aside has attended to nothing.
      await writer.setJobs(definitions);
      return { writer, startedAt };
    }
    await writer.close('another scheduler started, too');
    await admission.standAside();
  }
}

/** In the background: whoever starts over under a new host name should know, and need not wait for it. */
export async function hintAtOlder(
  namespace: string,
  origin: Origin,
  { store, reporter }: RunOptions,
): Promise<void> {
  const { findOlder, hintAt } = await import('./older.js');
  const older = await findOlder(store, namespace, origin).catch(() => undefined);
  if (older !== undefined)
    reporter.report({ type: 'warning', at: new Date(), message: hintAt(older, origin) });
}
