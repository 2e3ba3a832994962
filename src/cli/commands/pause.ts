/** `pause` and `resume`: what is due and is not to be run; said in the bookkeeping, and to who schedules. */
import { liveSchedulers } from '../../app/control/live.js';
import { isHalted } from '../../app/control/vigil.js';
import { type Asked, nameOf, type Target, upcoming } from '../../app/override.js';
import {
  allOf,
  type Meant,
  meantBy,
  type OverrideAnswer,
  overrideRecord,
  pauseMeant,
  type Reached,
  reach,
  resumeMeant,
  staysPaused,
} from '../../app/override-request.js';
import { findJobs } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import { ALL_JOBS, type Pause } from '../../model/override.js';
import type { ProcessId } from '../../model/run.js';
import { parseZone } from '../../model/zone.js';
import { loadSettings } from '../../settings/load.js';
import { systemZone } from '../../settings/zone.js';
import { formatInstant, summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { type Flags, openSteering, type Steering, say, tell, textFlag, theNamespace } from '../steering.js';
import { named } from '../time-flags.js';

export async function pauseCommand(text: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const now = new Date();
  const meant = await meantOf(steering, text, flags);
  const { target, targets, zones } = meant;
  const until = await untilOf(flags, zones, now);
  const name = summarize(nameOf(target));
  if (steering.isDry) {
    return tellDry(
      steering,
      target,
      `would pause ${name}${jobsText(targets)}${until === undefined ? '' : ` until ${formatInstant(until)}`}`,
    );
  }
  const paused = await pauseMeant(steering.store, meant, until, askedOf(steering, flags));
  const { before, pauses } = paused;
  const [first] = pauses;
  const already = before === undefined ? '' : `, as it was${untilText(before)} before`;
  return answer(
    steering,
    paused,
    `${name} ${isOrAre(target)} paused${first === undefined ? '' : untilText(first)}${jobsText(targets)}${already}`,
    await tellSchedulers(steering, target.namespace),
  );
}

/** Of a task whose jobs were meant, how many they are. */
function jobsText(targets: readonly Target[]): string {
  return targets.length === 1 ? '' : ` (${targets.length} jobs)`;
}

export async function resumeCommand(text: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const meant = await meantOf(steering, text, flags);
  const { target, targets } = meant;
  const name = summarize(nameOf(target));
  if (steering.isDry) return tellDry(steering, target, `would resume ${name}${jobsText(targets)}`);
  const resumed = await resumeMeant(steering.store, meant);
  const { pauses, skips, still } = resumed;
  const reached = await tellSchedulers(steering, target.namespace);
  if (still !== undefined) throw staysPaused(target, untilText(still), 'supertask resume --all ends that.');
  const moments = skips.map(({ at }) => formatInstant(at)).join(', ');
  const ended = pauses.length > 0 ? `${name} ${isOrAre(target)} not paused any more${jobsText(targets)}` : '';
  const again = moments === '' ? '' : `not skipped any more: ${moments}`;
  const said = [ended, again].filter((part) => part !== '').join('; ');
  const nothing = `${name} ${target.job === ALL_JOBS ? 'were' : 'was'} not paused`;
  return answer(steering, resumed, said === '' ? nothing : said, reached);
}

/** `zones`: of the jobs that are meant; none where all are. */
async function meantOf(
  steering: Steering,
  text: string | undefined,
  flags: Flags,
): Promise<Meant & { readonly zones: ReadonlySet<string> }> {
  if ((text === undefined) !== (flags['all'] === true)) {
    throw new SupertaskError(
      'USAGE',
      text === undefined ? 'no job is named' : `both "${text}" and --all are given`,
      { hint: 'Name one job, or write --all for all jobs of the namespace.' },
    );
  }
  if (text === undefined) return { ...allOf(await theNamespace(steering)), zones: new Set() };
  const jobs = await findJobs(steering.store, text, steering.namespace);
  return { ...meantBy(jobs, text), zones: new Set(jobs.map(({ tz }) => tz)) };
}

async function untilOf(flags: Flags, zones: ReadonlySet<string>, now: Date): Promise<Date | undefined> {
  const [span, time] = [textFlag(flags, 'for'), textFlag(flags, 'until')];
  if (span !== undefined && time !== undefined)
    throw new SupertaskError('USAGE', 'both --for and --until are given', { hint: 'Give one of them.' });
  if (span !== undefined) return new Date(now.getTime() + named('--for', () => parseDuration(span)));
  if (time === undefined) return undefined;
  const zone = await zoneOf(flags, zones);
  const { at } = named('--until', () => upcoming(time, parseZone(zone), now));
  if (at > now) return at;
  throw new SupertaskError('USAGE', `--until "${time}" is ${formatInstant(at)}, which has passed`, {
    hint: 'Give a time to come, such as 18:00, 2026-12-24T18:00, or --for 2h.',
  });
}

/** `--tz`, else the zone of the jobs, else that of the settings or the system. */
async function zoneOf(flags: Flags, zones: ReadonlySet<string>): Promise<string> {
  const [own, ...others] = zones;
  const given = textFlag(flags, 'tz');
  if (given !== undefined) return given;
  if (own !== undefined && others.length === 0) return own;
  return (await loadSettings({}, process.env, process.cwd())).tz ?? systemZone(process.env);
}

export function askedOf({ by }: Steering, flags: Flags): Asked {
  const note = textFlag(flags, 'note');
  if (note !== undefined && note.length > 1_000)
    throw new SupertaskError('USAGE', `--note has ${note.length} characters`, {
      hint: 'At most 1000 are kept.',
    });
  return { by, note };
}

/** Those that cannot be reached look for themselves before anything is run. */
export async function tellSchedulers(steering: Steering, namespace: string): Promise<Reached> {
  const schedulers = await liveSchedulers(steering.store, namespace);
  return reach(schedulers, (scheduler) => tell(steering, scheduler, '/overrides/refresh'));
}

export async function answer(
  steering: Steering,
  answered: OverrideAnswer,
  text: string,
  reached: Reached,
): Promise<Exit> {
  const { kind } = answered;
  if (steering.json) await steering.printJson(overrideRecord(answered, reached.told));
  if (!steering.json) {
    await say(steering, `${text}${reachText(reached, kind)}`);
    for (const { process } of reached.deaf)
      steering.warn([`${deafText(process)}; it looks before it runs anything`]);
    await steering.streams.flush();
  }
  return { code: kind === 'not-paused' ? EXIT.failed : EXIT.ok };
}

function deafText(process: ProcessId): string {
  const who = `the scheduler (pid ${process.pid})`;
  return isHalted(process)
    ? `${who} is stopped (Ctrl-Z, SIGSTOP) until kill -CONT ${process.pid}, and was not reached`
    : `${who} was not reached`;
}

export async function tellDry(steering: Steering, target: Target, text: string): Promise<Exit> {
  if (steering.json)
    await steering.printJson(overrideRecord({ target, kind: 'dry-run', pauses: [], skips: [] }, []));
  else await say(steering, text);
  return { code: EXIT.ok };
}

function reachText({ told, deaf }: Reached, kind: OverrideAnswer['kind']): string {
  const isHolding = !['resumed', 'not-paused'].includes(kind) && told.length + deaf.length === 0;
  return isHolding ? ' (no scheduler is running; it holds for the next one)' : '';
}

function untilText({ until }: Pause): string {
  return until === undefined ? '' : ` until ${formatInstant(until)}`;
}

function isOrAre({ job }: Target): string {
  return job === ALL_JOBS ? 'are' : 'is';
}
