/** What commands that steer a scheduler have in common: who is asked, how, and in whose name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveScheduler, liveSchedulers } from '../app/control/live.js';
import { callerName } from '../app/identity.js';
import { findNamespace } from '../app/read.js';
import { SupertaskError, systemCode } from '../errors.js';
import type { Json } from '../model/json.js';
import type { FileStore } from '../store/file/store.js';
import { shortId } from './cells.js';
import { openReading, type Reading } from './reading.js';

export type Steering = Reading & {
  /** Who asks: user, host and pid. */
  readonly by: string;
  /** Nothing is changed; it is only said what would be. */
  readonly isDry: boolean;
};

export type Flags = Readonly<Record<string, unknown>>;

export async function openSteering(flags: Flags): Promise<Steering> {
  return { ...(await openReading(flags)), by: callerName(), isDry: flags['dryRun'] === true };
}

/** Its process ends before it says that it has; who is told nothing until then asks again. */
const LOOKS_AFTER_END = 20;
const LOOK_EVERY_MS = 100;

/**
 * Ask a scheduler to do something.
 *
 * @throws {SupertaskError} What it answered; `UNANSWERED` also without a socket; `NOT_RUNNING` when it ended instead.
 */
export async function tell(
  { by, store }: Steering,
  scheduler: LiveScheduler,
  path: string,
  body: Json = {},
): Promise<Json> {
  const { namespace, process: own } = scheduler;
  const socket = scheduler.socket ?? (await awaitSocket(store, scheduler));
  if (socket === undefined) {
    throw new SupertaskError('UNANSWERED', `the scheduler (pid ${own.pid}) has no control socket`, {
      hint: 'It has just been started, or could not make one: its first lines on stderr say why.',
    });
  }
  const { ask } = await import('../http/client.js');
  const base = `/namespaces/${encodeURIComponent(namespace)}`;
  try {
    return await ask(socket, { method: 'POST', path: base + path, body, by, process: own });
  } catch (error) {
    if (!isHungUp(error) || !(await hasEnded(store, scheduler))) throw error;
    throw hasEndedMeanwhile(scheduler, error);
  }
}

/** Nobody listens any more, or who did has gone. */
function isHungUp(error: unknown): boolean {
  const code = error instanceof SupertaskError ? systemCode(error.cause) : undefined;
  return code !== undefined && ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code);
}

async function hasEnded(store: FileStore, scheduler: LiveScheduler): Promise<boolean> {
  for (let look = 0; look < LOOKS_AFTER_END; look++) {
    if ((await findAgain(store, scheduler)) === undefined) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

/**
 * The socket of a scheduler that had none when it was looked for: it had just begun, or was about to end.
 *
 * @throws {SupertaskError} `NOT_RUNNING` when it has ended.
 */
async function awaitSocket(store: FileStore, scheduler: LiveScheduler): Promise<string | undefined> {
  for (let look = 0; look < LOOKS_AFTER_END; look++) {
    const now = await findAgain(store, scheduler);
    if (now === undefined) throw hasEndedMeanwhile(scheduler, undefined);
    if (now.socket !== undefined) return now.socket;
    await sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

async function findAgain(
  store: FileStore,
  { namespace, process: own }: LiveScheduler,
): Promise<LiveScheduler | undefined> {
  const living = await liveSchedulers(store, namespace);
  return living.find(({ process }) => process.pid === own.pid && process.start === own.start);
}

function hasEndedMeanwhile({ namespace, process }: LiveScheduler, cause: unknown): SupertaskError {
  return new SupertaskError(
    'NOT_RUNNING',
    `the scheduler of ${shortId(namespace)} (pid ${process.pid}) ended before it could be asked`,
    { hint: 'supertask ps shows those that are running.', cause },
  );
}

/**
 * The schedulers meant by a prefix, else those of `--ns` or of the timetable here, else the only one that lives.
 *
 * @throws {SupertaskError} `NOT_RUNNING`, `ID_UNKNOWN`, `ID_AMBIGUOUS`
 */
export async function findSchedulers(
  { store, namespace, here }: Reading,
  prefix: string | undefined,
): Promise<readonly LiveScheduler[]> {
  const wanted = prefix === undefined ? namespace : (await findNamespace(store, prefix)).id;
  const ids = wanted === undefined ? (await store.namespaces()).map(({ id }) => id) : [wanted];
  const found = (await Promise.all(ids.map((id) => liveSchedulers(store, id)))).filter(
    (schedulers) => schedulers.length > 0,
  );
  const [first, ...others] = found;
  if (first === undefined) {
    if (wanted === undefined)
      throw new SupertaskError('NOT_RUNNING', 'no scheduler is running', {
        hint: 'supertask ps shows those that are.',
      });
    const isHere = prefix === undefined && here !== undefined;
    const whose = isHere ? here.file : `namespace ${shortId(wanted)}`;
    throw new SupertaskError('NOT_RUNNING', `no scheduler of ${whose} is running`, {
      hint: `supertask ps -A shows those that are${isHere ? '; name the namespace of the one that is meant' : ''}.`,
    });
  }
  if (others.length === 0) return first;
  const names = found.map(([each]) => shortId(each?.namespace ?? '')).join(', ');
  throw new SupertaskError('ID_AMBIGUOUS', 'more than one namespace has a scheduler that is running', {
    hint: `Name one of ${names}.`,
  });
}

/**
 * The namespace of `--ns` or of the timetable here, else the only one that has a scheduler, or that there is.
 *
 * @throws {SupertaskError} `NOT_RUNNING` also where nothing of the timetable here is kept; `ID_AMBIGUOUS`
 */
export async function theNamespace({ store, namespace, here }: Reading): Promise<string> {
  if (here?.isKept === false)
    throw new SupertaskError('NOT_RUNNING', `nothing of ${here.file} has been run yet`, {
      hint: 'Start it with supertask run. Another namespace: --ns, see supertask list-namespaces.',
    });
  if (namespace !== undefined) return namespace;
  const all = await store.namespaces();
  const ids = all.map(({ id }) => id);
  const schedulers = await Promise.all(ids.map((id) => liveSchedulers(store, id)));
  const living = ids.filter((_, index) => schedulers[index]?.length !== 0);
  const [first, ...others] = living.length > 0 ? living : ids;
  if (first !== undefined && others.length === 0) return first;
  throw new SupertaskError(
    first === undefined ? 'NOT_RUNNING' : 'ID_AMBIGUOUS',
    first === undefined ? 'nothing has been run yet' : 'there is more than one namespace',
    { hint: 'supertask ps and supertask list-namespaces show what there is; name one of them.' },
  );
}

export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function listFlag(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A line of what was done. */
export async function say({ streams }: Reading, text: string): Promise<void> {
  await streams.write('stdout', `${text}\n`);
}
