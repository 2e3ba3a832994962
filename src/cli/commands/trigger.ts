/** `trigger`: one run of a job now, by its scheduler; where none lives, or a file is named, here in the foreground. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveScheduler, liveSchedulers } from '../../app/control/live.js';
import { awaitEnd } from '../../app/control/wait.js';
import { followLog } from '../../app/logs.js';
import { findAsked, findNamespace } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import type { Run, RunStatus } from '../../model/run.js';
import { summarize } from '../cells.js';
import { EXIT, type Exit, waitedExit } from '../exit.js';
import { type Flags, listFlag, openSteering, type Steering, say, tell, textFlag } from '../steering.js';
import { runByHand } from './by-hand.js';
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
  if (file !== undefined)
    return runByHand(steering, { task: text, file, namespace: undefined }, request, flags);
  const { job, id } = await findAsked(steering.store, text, steering.namespace);
  const schedulers = await liveSchedulers(steering.store, job.namespace);
  const scheduler = schedulers.find(({ jobs }) => jobs.includes(job.id));
  if (scheduler !== undefined)
    return askScheduler(steering, scheduler, { id, paused: job.paused }, request, flags);
  const source = await fileOf(steering, job);
  return runByHand(steering, { task: id, file: source, namespace: job.namespace }, request, flags);
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

/** The file that a job without a scheduler comes from. */
async function fileOf({ store }: Steering, job: Job): Promise<string> {
  const { kind, source } = await findNamespace(store, job.namespace);
  if (kind === 'file' || kind === 'url') return source;
  throw new SupertaskError('NOT_RUNNING', `no scheduler that has ${job.id} is running`, {
    hint: 'It was given on a command line, which is not kept in a form that can be run: start it with supertask run.',
  });
}

async function askScheduler(
  steering: Steering,
  scheduler: LiveScheduler,
  job: { readonly id: string; readonly paused: boolean },
  request: Readonly<Record<string, Json>>,
  flags: Flags,
): Promise<Exit> {
  if (steering.isDry) {
    const who = `the scheduler with pid ${scheduler.process.pid}`;
    if (steering.json) await steering.printJson({ kind: 'dry-run', run: null });
    else await say(steering, `would ask ${who} to run ${job.id} now`);
    return { code: EXIT.ok };
  }
  const { kind, run } = (await tell(
    steering,
    scheduler,
    `/jobs/${encodeURIComponent(job.id)}/trigger`,
    request,
  )) as unknown as Told;
  const isWaited = kind !== 'skipped' && (flags['wait'] === true || flags['follow'] === true);
  if (!isWaited) {
    if (steering.json) await steering.printJson({ kind, run });
    else await say(steering, `${describeTold(kind, run)}${job.paused ? PAUSED : ''}`);
    return { code: kind === 'skipped' ? EXIT.busy : EXIT.ok };
  }
  return waitFor(steering, kind, run, flags['follow'] === true);
}

const PAUSED = '; the job is paused, which holds for its schedule only';

function describeTold(kind: Told['kind'], run: RunRecord): string {
  const id = run.id.slice(0, 18);
  if (kind === 'started') return `${summarize(run.job)} run ${id} started`;
  if (kind === 'waiting') return `${summarize(run.job)} run ${id} waits for its turn`;
  const evidence = run['evidence'];
  const other =
    typeof evidence === 'object' && evidence !== null && 'run' in evidence ? String(evidence.run) : '';
  const by = other === '' ? '' : ` (${other.slice(0, 18)})`;
  return `${summarize(run.job)} run ${id} skipped: another run of it is going${by}`;
}

async function waitFor(
  steering: Steering,
  kind: Told['kind'],
  { id, namespace }: RunRecord,
  follow: boolean,
): Promise<Exit> {
  const { store, streams } = steering;
  const pause = (): Promise<void> => sleep(LOOK_EVERY_MS);
  if (follow && !steering.json) {
    const run = { id, namespace } as Run;
    for await (const { stream, bytes } of followLog(store, run, ['stdout', 'stderr'], pause))
      await streams.write(stream, bytes);
  }
  const ended = await awaitEnd(store, { id, namespace }, { pause });
  if (ended === undefined)
    throw new SupertaskError('CONFLICT', `run ${id} was removed while it was waited for`);
  if (steering.json) await steering.printJson({ kind, run: runRecord(ended) });
  else if (!follow) return tellRun(steering, ended, undefined);
  await streams.flush();
  return waitedExit(ended);
}
