/** Whether one more scheduler of a namespace may start: two of the same source are a mistake unless they say so. */
import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SupertaskError } from '../errors.js';
import type { SchedulerInfo, Store } from '../store/store.js';

/** What to do while another scheduler of the namespace runs. */
export type Beside =
  /** Say who runs, and end. */
  | 'refuse'
  /** Wait until it has ended, and take over. */
  | 'standby'
  /** Run beside it; each instant still fires once. */
  | 'join';

const LOOK_EVERY_MS = 500;

/**
 * Wait or refuse while others schedule the namespace; waiting ends when it is interrupted.
 *
 * @throws {SupertaskError} `ALREADY_RUNNING`
 */
export async function awaitAdmission(
  store: Store,
  namespace: string,
  { beside, interrupt }: { readonly beside: Beside; readonly interrupt?: AbortSignal | undefined },
  onWait: (other: SchedulerInfo) => void,
): Promise<void> {
  if (beside === 'join') return;
  let hasTold = false;
  while (!interrupt?.aborted) {
    const [other] = await store.schedulers(namespace);
    if (other === undefined) return;
    if (beside === 'refuse') throw alreadyRunning(namespace, other);
    if (!hasTold) onWait(other);
    hasTold = true;
    await sleep(LOOK_EVERY_MS, undefined, interrupt && { signal: interrupt }).catch(() => {});
  }
}

/**
 * Whether another scheduler of the namespace can be seen by one that can itself be seen.
 *
 * Of two that start together at least one sees the other, whatever their clocks say; whoever does stands aside for a
 * moment and asks again, so that one of them goes on.
 */
export async function seesAnother(store: Store, namespace: string): Promise<boolean> {
  return (await store.schedulers(namespace)).some(({ process: { pid } }) => pid !== process.pid);
}

/** A moment of another length for everyone. */
export async function standAside(): Promise<void> {
  await sleep(20 + Math.random() * 300);
}

function alreadyRunning(namespace: string, other: SchedulerInfo): SupertaskError {
  return new SupertaskError(
    'ALREADY_RUNNING',
    `namespace ${namespace} is scheduled already, by ${describe(other)}`,
    {
      hint: 'Stop that one, take over when it ends with --standby, or run beside it with --join.',
    },
  );
}

/** Process, start and place of a scheduler, for people. */
export function describe({ process: { pid }, startedAt }: SchedulerInfo): string {
  const places = [linkOf(`/proc/${pid}/cwd`, 'in '), linkOf(`/proc/${pid}/fd/2`, 'on ', '/dev/')];
  const where = places.filter((place) => place !== undefined).join(' ');
  return `pid ${pid} since ${startedAt.toISOString()}${where === '' ? '' : ` ${where}`}`;
}

function linkOf(path: string, prefix: string, only = ''): string | undefined {
  try {
    const target = readlinkSync(path);
    return target.startsWith(only) && target !== '/dev/null' ? prefix + target : undefined;
  } catch {
    return undefined;
  }
}
