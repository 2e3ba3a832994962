/** `pause` and `resume`: what is due and is not to be run; said in the bookkeeping, and to who schedules. */
import { type LiveScheduler, liveSchedulers } from '../../app/control/live.js';
import {
  type Asked,
  nameOf,
  type Paused,
  pauseJobs,
  type Resumed,
  resumeJobs,
  type Target,
  upcoming,
} from '../../app/override.js';
import { findJobs } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { ALL_JOBS, type Pause } from '../../model/override.js';
import { pauseRecord, skipRecord } from '../../model/record.js';
import { systemZone } from '../../settings/zone.js';
import { formatInstant, summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { type Flags, onlyNamespace, openSteering, type Steering, say, tell, textFlag } from '../steering.js';
import { named } from '../time-flags.js';

export async function pauseCommand(text: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const now = new Date();
  const { target, targets } = await targetsOf(steering, text, flags);
  const until = untilOf(flags, now);
  const name = summarize(nameOf(target));
  if (steering.isDry) {
    return tellDry(
      steering,
      target,
      `would pause ${name}${jobsText(targets)}${until === undefined ? '' : ` until ${formatInstant(until)}`}`,
    );
  }
  const paused: Paused[] = [];
  for (const each of targets)
    paused.push(await pauseJobs(steering.store, each, until, askedOf(steering, flags)));
  const reached = await tellSchedulers(steering, target.namespace);
  const [first] = paused;
  const before = paused.every((each) => each.before !== undefined) ? first?.before : undefined;
  const already = before === undefined ? '' : `, as it was${untilText(before)} before`;
  return answer(steering, {
    target,
    kind: before === undefined ? 'paused' : 'paused-already',
    text: `${name} ${isOrAre(target)} paused${first === undefined ? '' : untilText(first.pause)}${jobsText(targets)}${already}`,
    detail: { pauses: paused.map(({ pause }) => pauseRecord(pause)) },
    reached,
  });
}

/** Of a task whose jobs were meant, how many they are. */
function jobsText(targets: readonly Target[]): string {
  return targets.length === 1 ? '' : ` (${targets.length} jobs)`;
}

export async function resumeCommand(text: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const { target, targets } = await targetsOf(steering, text, flags);
  const name = summarize(nameOf(target));
  if (steering.isDry) return tellDry(steering, target, `would resume ${name}${jobsText(targets)}`);
  const resumed: Resumed[] = [];
  for (const each of targets) resumed.push(await resumeJobs(steering.store, each));
  const pauses = resumed.flatMap((each) => each.pauses);
  const skips = resumed.flatMap((each) => each.skips);
  const still = resumed.find((each) => each.still !== undefined)?.still;
  const reached = await tellSchedulers(steering, target.namespace);
  if (still !== undefined) {
    throw new SupertaskError('CONFLICT', `${target.job} stays paused${untilText(still)}: all jobs are`, {
      hint: 'supertask resume --all ends that.',
    });
  }
  const moments = skips.map(({ at }) => formatInstant(at)).join(', ');
  const ended = pauses.length > 0 ? `${name} ${isOrAre(target)} not paused any more${jobsText(targets)}` : '';
  const again = moments === '' ? '' : `not skipped any more: ${moments}`;
  const said = [ended, again].filter((part) => part !== '').join('; ');
  return answer(steering, {
    target,
    kind: said === '' ? 'not-paused' : 'resumed',
    text: said === '' ? `${name} ${target.job === ALL_JOBS ? 'were' : 'was'} not paused` : said,
    detail: { pauses: pauses.map(pauseRecord), skips: skips.map(skipRecord) },
    reached,
  });
}

/** Who is meant, and the jobs that it comes to: several where a task has several sets of arguments. */
type Meant = { readonly target: Target; readonly targets: readonly Target[] };

async function targetsOf(steering: Steering, text: string | undefined, flags: Flags): Promise<Meant> {
  if ((text === undefined) !== (flags['all'] === true)) {
    throw new SupertaskError(
      'USAGE',
      text === undefined ? 'no job is named' : `both "${text}" and --all are given`,
      { hint: 'Name one job, or write --all for all jobs of the namespace.' },
    );
  }
  if (text === undefined) {
    const namespace = steering.namespace ?? (await onlyNamespace(steering));
    const target = { namespace, job: ALL_JOBS };
    return { target, targets: [target] };
  }
  return meantBy(await findJobs(steering.store, text, steering.namespace), text);
}

export function meantBy(jobs: readonly Job[], text: string): Meant {
  const targets = jobs.map(({ namespace, id }) => ({ namespace, job: id }));
  const [first] = targets;
  if (first === undefined) throw new TypeError('a task without a job');
  return { target: targets.length === 1 ? first : { ...first, job: text }, targets };
}

function untilOf(flags: Flags, now: Date): Date | undefined {
  const [span, time] = [textFlag(flags, 'for'), textFlag(flags, 'until')];
  if (span !== undefined && time !== undefined)
    throw new SupertaskError('USAGE', 'both --for and --until are given', { hint: 'Give one of them.' });
  if (span !== undefined) return new Date(now.getTime() + named('--for', () => parseDuration(span)));
  if (time === undefined) return undefined;
  const { at } = named('--until', () => upcoming(time, systemZone(process.env), now));
  if (at > now) return at;
  throw new SupertaskError('USAGE', `--until "${time}" is ${formatInstant(at)}, which has passed`, {
    hint: 'Give a time to come, such as 18:00, 2026-12-24T18:00, or --for 2h.',
  });
}

export function askedOf({ by }: Steering, flags: Flags): Asked {
  const note = textFlag(flags, 'note');
  if (note !== undefined && note.length > 1_000)
    throw new SupertaskError('USAGE', `--note has ${note.length} characters`, {
      hint: 'At most 1000 are kept.',
    });
  return { by, note };
}

type Reached = { readonly told: readonly LiveScheduler[]; readonly deaf: readonly LiveScheduler[] };

/** Those that cannot be reached look for themselves before anything is run. */
export async function tellSchedulers(steering: Steering, namespace: string): Promise<Reached> {
  const schedulers = await liveSchedulers(steering.store, namespace);
  const isTold = await Promise.all(
    schedulers.map((scheduler) =>
      tell(steering, scheduler, '/overrides/refresh').then(
        () => true,
        () => false,
      ),
    ),
  );
  return {
    told: schedulers.filter((_, index) => isTold[index]),
    deaf: schedulers.filter((_, index) => !isTold[index]),
  };
}

type Answer = {
  readonly target: Target;
  readonly kind: 'paused' | 'paused-already' | 'resumed' | 'not-paused' | 'skip' | 'skip-already';
  readonly text: string;
  readonly detail: { readonly pauses?: readonly Json[]; readonly skips?: readonly Json[] };
  readonly reached: Reached;
};

export async function answer(
  steering: Steering,
  { target, kind, text, detail, reached }: Answer,
): Promise<Exit> {
  const { told, deaf } = reached;
  if (steering.json) await steering.printJson(answerRecord(kind, target, detail, told));
  if (!steering.json) {
    await say(steering, `${text}${reachText(reached, kind)}`);
    for (const { process } of deaf)
      steering.warn([`the scheduler (pid ${process.pid}) was not reached; it looks before it runs anything`]);
    await steering.streams.flush();
  }
  return { code: kind === 'not-paused' ? EXIT.failed : EXIT.ok };
}

function answerRecord(
  kind: Answer['kind'] | 'dry-run',
  { namespace, job }: Target,
  { pauses = [], skips = [] }: Answer['detail'],
  told: readonly LiveScheduler[],
): Json {
  return {
    kind,
    namespace,
    job: job === ALL_JOBS ? null : job,
    pauses,
    skips,
    told: told.map(({ process }) => process.pid),
  };
}

export async function tellDry(steering: Steering, target: Target, text: string): Promise<Exit> {
  if (steering.json) await steering.printJson(answerRecord('dry-run', target, {}, []));
  else await say(steering, text);
  return { code: EXIT.ok };
}

function reachText({ told, deaf }: Reached, kind: Answer['kind']): string {
  const isHolding = !['resumed', 'not-paused'].includes(kind) && told.length + deaf.length === 0;
  return isHolding ? ' (no scheduler is running; it holds for the next one)' : '';
}

function untilText({ until }: Pause): string {
  return until === undefined ? '' : ` until ${formatInstant(until)}`;
}

function isOrAre({ job }: Target): string {
  return job === ALL_JOBS ? 'are' : 'is';
}
