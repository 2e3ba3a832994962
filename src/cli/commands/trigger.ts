/** `trigger`: one run of a job now, by its scheduler; where none lives, or a file is named, here in the foreground. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveScheduler, liveSchedulers } from '../../app/control/live.js';
import { awaitEnd } from '../../app/control/wait.js';
import { loadSource } from '../../app/file-source.js';
import { followLog } from '../../app/logs.js';
import { upcoming } from '../../app/override.js';
import { findAsked, findNamespace } from '../../app/read.js';
import type { Source } from '../../app/source.js';
import { SupertaskError } from '../../errors.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import type { RunStatus } from '../../model/run.js';
import { parseZone } from '../../model/zone.js';
import { formatInstant, summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { readInput } from '../input.js';
import { pauseFor } from '../reader.js';
import { type Flags, listFlag, openSteering, type Steering, say, tell, textFlag } from '../steering.js';
import { named } from '../time-flags.js';
import { waitedExit } from '../waited-exit.js';
import { runByHand, taskOf } from './by-hand.js';
import { tellRun } from './wait.js';

const LOOK_EVERY_MS = 100;

/** The part of a run's record that is needed. */
type Told = { readonly kind: 'started' | 'waiting' | 'skipped'; readonly run: RunRecord };
type RunRecord = Readonly<Record<string, Json>> & {
  readonly id: string;
  readonly namespace: string;
  readonly job: string;
  readonly status: RunStatus;
};

export async function triggerCommand(text: string, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const file = textFlag(flags, 'file');
  const request = {
    ...argsOf(flags),
    ...(textFlag(flags, 'note') === undefined ? {} : { note: textFlag(flags, 'note') as string }),
  };
  const time = textFlag(flags, 'at');
  if (file !== undefined && time !== undefined)
    throw new SupertaskError('USAGE', 'both --file and --at are given', {
      hint: 'A scheduler keeps what is to come: leave out --file.',
    });
  if (file !== undefined)
    return runByHand(steering, { task: text, file, namespace: undefined }, request, flags);
  const asked = await findAskedHere(steering, text);
  if ('source' in asked) {
    const task = taskHere(asked.source, text);
    if (time !== undefined) throw notLater(task);
    const { namespace } = steering;
    return runByHand(steering, { task, file: asked.source, namespace }, request, flags);
  }
  const { job, id } = asked;
  const schedulers = await liveSchedulers(steering.store, job.namespace);
  const scheduler = schedulers.find(({ jobs }) => jobs.includes(job.id));
  const at = time === undefined ? undefined : instantFlag(time, textFlag(flags, 'tz') ?? job.tz);
  if (scheduler !== undefined) {
    const whole = { ...request, ...(at === undefined ? {} : { at: at.toISOString() }) };
    return askScheduler(steering, scheduler, { id, paused: job.paused }, whole, flags);
  }
  if (at !== undefined) throw notLater(job.id);
  const source = await fileOf(steering, job);
  return runByHand(steering, { task: id, file: source, namespace: job.namespace }, request, flags);
}

type Asked = Awaited<ReturnType<typeof findAsked>>;

/**
 * The job that is meant, else the timetable here: it may have a task of which nothing has been run yet, which goes
 * before a job whose id only begins so.
 */
async function findAskedHere(
  { store, namespace, here }: Steering,
  text: string,
): Promise<Asked | { readonly source: Source }> {
  if (here === undefined) return findAsked(store, text, namespace);
  const kept = await findAsked(store, text, namespace).catch(unlessMissing);
  if ('id' in kept && (kept.id === text || kept.job.name === text)) return kept;
  const source = await loadSource(here.file, process.cwd(), readInput).catch((error: unknown) => {
    if ('id' in kept) return undefined;
    throw error;
  });
  const isTask = source?.timetable.tasks.some(({ id, name }) => id === text || name === text) ?? false;
  if (source !== undefined && (isTask || ('code' in kept && kept.code === 'ID_UNKNOWN'))) return { source };
  if ('id' in kept) return kept;
  throw kept;
}

function unlessMissing(error: unknown): SupertaskError {
  if (error instanceof SupertaskError && /^ID_(?:UNKNOWN|AMBIGUOUS)$/.test(error.code)) return error;
  throw error;
}

/** By its whole id or name, or a beginning that no other task of the timetable here has. */
function taskHere(source: Source, text: string): string {
  try {
    return taskOf(source, text);
  } catch (error) {
    if (!(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    throw new SupertaskError('ID_UNKNOWN', error.message, {
      hint: `${error.hint} Of another timetable: --file; of another namespace: --ns.`,
    });
  }
}

function notLater(id: string): SupertaskError {
  return new SupertaskError('NOT_RUNNING', `no scheduler that has the job "${id}" is running`, {
    hint: 'Only a scheduler can run it later: start one with supertask run.',
  });
}

/** A time of day that has passed means tomorrow's. */
function instantFlag(text: string, tz: string): Date {
  const now = new Date();
  const { at } = named('--at', () => upcoming(text, parseZone(tz), now));
  if (at > now) return at;
  throw new SupertaskError('USAGE', `--at "${text}" is ${formatInstant(at)}, which has passed`, {
    hint: 'Give a time to come, such as 18:00 or 2026-12-24T18:00.',
  });
}

/** `--arg NAME=value`, repeated. @throws {SupertaskError} `USAGE` */
export function argsOf(flags: Flags): { readonly args?: Readonly<Record<string, string>> } {
  const pairs = listFlag(flags, 'arg').map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)] as const;
    throw new SupertaskError('USAGE', `--arg ${JSON.stringify(text)} is not NAME=value`, {
      hint: 'Write --arg day=monday.',
    });
  });
  return pairs.length === 0 ? {} : { args: Object.fromEntries(pairs) };
}

/** The file that a job without a scheduler comes from, or what it is where it is from the API or a command line. */
export async function fileOf({ store }: Steering, job: Job): Promise<string | Source> {
  if (job.origin === 'api') return (await import('../../app/kept/source.js')).keptSource(store, job);
  const { kind, source } = await findNamespace(store, job.namespace);
  if (kind === 'file' || kind === 'url') return source;
  return (await import('../command-source.js')).commandSource(job);
}

export async function askScheduler(
  steering: Steering,
  scheduler: LiveScheduler,
  job: { readonly id: string; readonly paused: boolean },
  request: Readonly<Record<string, Json>>,
  flags: Flags,
  path = `/jobs/${encodeURIComponent(job.id)}/trigger`,
): Promise<Exit> {
  if (steering.isDry) {
    const who = `the scheduler with pid ${scheduler.process.pid}`;
    if (steering.json) await steering.printJson({ kind: 'dry-run', run: null });
    else await say(steering, `would ask ${who} to run ${job.id} ${formatAt(request['at'])}`);
    return { code: EXIT.ok };
  }
  const { kind, run } = await ask(steering, scheduler, path, request);
  const isWaited = kind !== 'skipped' && (flags['wait'] === true || flags['follow'] === true);
  if (!isWaited) {
    if (steering.json) await steering.printJson({ kind, run });
    else await say(steering, `${describeTold(kind, run)}${job.paused ? PAUSED : ''}`);
    return { code: kind === 'skipped' ? EXIT.busy : EXIT.ok };
  }
  return waitFor(steering, kind, run, flags['follow'] === true);
}

/** A scheduler may end between taking a request and answering it: then the bookkeeping tells what became of it. */
async function ask(
  steering: Steering,
  scheduler: LiveScheduler,
  path: string,
  request: Readonly<Record<string, Json>>,
): Promise<Told> {
  const since = new Date();
  try {
    return (await tell(steering, scheduler, path, request)) as unknown as Told;
  } catch (error) {
    if (!(error instanceof SupertaskError) || error.code !== 'NOT_RUNNING') throw error;
    const runs = await steering.store.runs({ namespace: scheduler.namespace, since, limit: MANY });
    const run = runs.find(({ by }) => by === steering.by);
    if (run === undefined) throw error;
    return { kind: run.status === 'skipped' ? 'skipped' : 'started', run: runRecord(run) as RunRecord };
  }
}

const MANY = 1_000;

const PAUSED = '; the job is paused, which holds for its schedule only';

function formatAt(at: Json | undefined): string {
  return typeof at === 'string' ? `at ${formatInstant(new Date(at))}` : 'now';
}

function describeTold(kind: Told['kind'], run: RunRecord): string {
  const id = run.id.slice(0, 18);
  if (kind === 'started') return `${summarize(run.job)} run ${id} started`;
  const evidence = run['evidence'];
  const has = (key: string): string =>
    typeof evidence === 'object' && evidence !== null && key in evidence
      ? String((evidence as Readonly<Record<string, Json>>)[key])
      : '';
  if (kind === 'waiting' && has('plannedFor') !== '')
    return `${summarize(run.job)} run ${id} is to start ${formatAt(has('plannedFor'))}`;
  if (kind === 'waiting') return `${summarize(run.job)} run ${id} waits for its turn`;
  const other = has('run');
  const by = other === '' ? '' : ` (${other.slice(0, 18)})`;
  return `${summarize(run.job)} run ${id} skipped: another run of it is going${by}`;
}

async function waitFor(
  steering: Steering,
  kind: Told['kind'],
  { id, namespace }: RunRecord,
  follow: boolean,
): Promise<Exit> {
  const { store, streams, reader } = steering;
  const pause = (): Promise<void> => pauseFor(reader, () => sleep(LOOK_EVERY_MS));
  if (follow && !steering.json) {
    for await (const { stream, bytes } of followLog(store, { id, namespace }, ['stdout', 'stderr'], pause))
      await reader.print(stream, bytes);
  }
  const ended = await awaitEnd(store, { id, namespace }, { pause });
  if (ended === undefined)
    throw new SupertaskError('CONFLICT', `run ${id} was removed while it was waited for`);
  if (steering.json) await steering.printJson({ kind, run: runRecord(ended) });
  else if (!follow) return tellRun(steering, ended, undefined);
  await streams.flush();
  return waitedExit(ended);
}
