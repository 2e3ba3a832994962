/** `supertask run`: from words and flags to a finished run or schedule. */
import { resolve } from 'node:path';
import type { Allowance } from '../../app/kept/allowance.js';
import { openStore } from '../../app/parts.js';
import type { RemoteText } from '../../app/remote.js';
import { DEFAULT_MAX_RUNNING, type StartedRun, startSource } from '../../app/run.js';
import { hideInError } from '../../app/secret.js';
import { apiSource, inlineSource, loadSource, type Source } from '../../app/source.js';
import { readText } from '../../app/text-file.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import type { Policy } from '../../model/policy.js';
import type { Schedule } from '../../model/schedule.js';
import { ONCE } from '../../model/schedule-bound.js';
import { parseExec, parseTarget, type Target } from '../../model/target.js';
import type { Task } from '../../model/task.js';
import { findTimetable, loadSettings, stateDirectory } from '../../settings/load.js';
import type { Settings } from '../../settings/table.js';
import { systemZone } from '../../settings/zone.js';
import type { FileStore } from '../../store/file/store.js';
import { cutShortExit, type Exit, oneShotExit, scheduleExit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { createForeground } from '../foreground.js';
import { listenLater } from '../listen-later.js';
import type { RunServing } from '../serving.js';
import { handleSignals } from '../signals.js';
import { createStreams, type Streams } from '../streams.js';
import { watchLater } from '../watch-later.js';
import {
  type CampaignFlags,
  type PolicyFlags,
  parseCampaignFlags,
  parseCount,
  parsePolicyFlags,
  splitEnvFlags,
} from './run-flags.js';

type RunFlags = PolicyFlags &
  CampaignFlags & {
    readonly when?: string;
    readonly command?: string;
    readonly file?: string;
    readonly exec?: boolean;
    readonly name?: string;
    readonly env?: readonly string[];
    readonly envFile?: readonly string[];
    readonly secret?: readonly string[];
    readonly arg?: readonly string[];
    readonly cwd?: string;
    readonly standby?: boolean;
    readonly join?: boolean;
    readonly apiJobs?: boolean;
    readonly detach?: boolean;
  };

export async function runCommand(
  words: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<Exit> {
  try {
    return await run(words, given);
  } catch (error) {
    throw await withoutSecrets(error, given);
  }
}

async function run(words: readonly string[], given: Readonly<Record<string, unknown>>): Promise<Exit> {
  const flags: RunFlags = given;
  const detaching = flags.detach ? await (await import('../detach.js')).detach(given) : undefined;
  if (detaching !== undefined && 'exit' in detaching) return detaching.exit;
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(given), process.env, cwd);
  const tz = await findZone(settings);
  const when = await findSchedule(flags);
  const named = await findNamed(words, flags, cwd, given['http'] !== undefined && settings.ns !== undefined);
  const readSource = async (remote?: RemoteText, files?: Map<string, string>): Promise<Source> =>
    withFlags(await loadNamed(named, cwd, flags, { remote, files }), flags, settings, cwd);
  const source = await readSource();
  const pollMs = await findPoll(settings);

  let onBroken = (): void => {};
  const unattended = detaching?.unattended(settings);
  const streams = unattended?.streams ?? createStreams((stream) => stream === 'stdout' && onBroken());
  const foreground = unattended?.foreground ?? createForeground(streams.write, settings);
  const { reporter } = foreground;
  const signals = handleSignals();
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const isForApi = named.target === undefined && named.file === undefined;
  if (isForApi && !flags.apiJobs && !settings.quiet) await streams.write('stderr', NO_TIMETABLE);
  const serving = await openServing(given, settings, store, streams);
  const started = await startSource(source, {
    store,
    reporter,
    namespace: settings.ns,
    hostId: settings.hostId,
    tz,
    when,
    args: parseArgs(flags.arg),
    env: settings.docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: settings.docker },
    beside: flags.join ? 'join' : flags.standby ? 'standby' : 'refuse',
    onStop: settings.onStop ?? 'stop',
    mask: settings.mask,
    maxRunning:
      settings.maxRunning === undefined
        ? DEFAULT_MAX_RUNNING
        : parseCount(settings.maxRunning, '--max-running'),
    campaign: await parseCampaignFlags(flags, tz),
    allowance: await findAllowance(settings, cwd),
    interrupt: signals.interrupt,
    onStandby: unattended?.standby,
    beforeStart: serving?.open,
    reread: source.kind === 'file' || source.kind === 'url' ? readSource : undefined,
  }).catch(async (error: unknown) => {
    await serving?.close();
    throw error;
  });
  // Told to stop while it waited for another scheduler to end.
  if (started === undefined)
    return scheduleExit({ reason: signals.received() ?? '', unsuccessful: 0, verdict: undefined });
  const { engine, isOneShot, close } = started;
  // A reader that has gone away ends a one-shot as it would end any program; a schedule goes on without it.
  onBroken = () => isOneShot && engine.stop('SIGPIPE', 'SIGPIPE');
  const watching = watchLater(started, reporter, { file: fileOf(named), watch: settings.watch, pollMs });
  const answers = isOneShot ? {} : await foreground.attend(engine);
  signals.attach(engine, { ...answers, ...watching.answers, ...serving?.answers(watching.answers) });
  await serving?.start(started);
  const listening = listenLater(started, store, reporter);
  unattended?.attend(started, listening.open);
  if (started.isSchedule) void spareLater(started);
  try {
    const result = await engine.done;
    await close(result.reason, result.attendedUntil);
    foreground.leave();
    if (!isOneShot) reporter.report({ type: 'scheduler-stopped', at: new Date(), reason: result.reason });
    await streams.flush();
    if (!isOneShot) return scheduleExit(result);
    if (result.isCutShort) return cutShortExit(result.reason);
    return { ...oneShotExit(result.last), isAllDone: !started.lingers };
  } catch (error) {
    // What was wrong first is told, not what followed from it.
    await close('failed').catch(() => {});
    throw error;
  } finally {
    foreground.leave();
    listening.close();
    await serving?.close();
    await watching.close();
    signals.release();
  }
}

/** Nothing of it is loaded where nobody asked for it. */
async function openServing(
  given: Readonly<Record<string, unknown>>,
  settings: Settings,
  store: FileStore,
  streams: Streams,
): Promise<RunServing | undefined> {
  if (settings.http === undefined || settings.http === 'false') return undefined;
  const { serveRun } = await import('../serving.js');
  return serveRun({ settings, store, streams, isDemanded: given['http'] !== undefined });
}

async function spareLater({ engine }: StartedRun): Promise<void> {
  await engine.ready;
  const { spareMemory } = await import('../../app/spare-memory.js');
  spareMemory(engine);
}

/** Words and flags may be repeated in an error, and a shell has put values of variables into them. */
async function withoutSecrets(error: unknown, flags: RunFlags): Promise<unknown> {
  const env = Object.fromEntries(splitEnvFlags(flags.env).assignments.map((text) => text.split(/=(.*)/s)));
  const args = Object.fromEntries((flags.arg ?? []).map((text) => text.split(/=(.*)/s)));
  return hideInError(error, [{ env, args, steps: [], secrets: flags.secret ?? [] }], process.env);
}

// What a plain one-shot does not need of the calendar is not loaded for it.
async function findZone(settings: Settings): Promise<string> {
  if (settings.tz === undefined) return systemZone(process.env);
  const { parseZone } = await import('../../model/zone.js');
  return parseZone(settings.tz);
}

async function findSchedule(flags: RunFlags): Promise<Schedule | undefined> {
  if (flags.when === undefined) return undefined;
  if (flags.when === ONCE.text) return ONCE;
  const { parseSchedule } = await import('../../model/schedule.js');
  return parseSchedule(flags.when);
}

/** How often a URL is asked; read only where it is given, and then checked whatever it is for. */
async function findPoll(settings: Settings): Promise<number | undefined> {
  return settings.poll === undefined ? undefined : (await import('../watch.js')).parsePoll(settings.poll);
}

/** What jobs made through the API may say; few allow them more than is ordinary. */
async function findAllowance(
  { apiAllowEnv, apiAllowCwd }: Settings,
  cwd: string,
): Promise<Allowance | undefined> {
  if (apiAllowEnv === undefined && apiAllowCwd === undefined) return undefined;
  const { parseAllowance } = await import('../../app/kept/allowance.js');
  return parseAllowance({ env: apiAllowEnv, cwd: apiAllowCwd }, cwd);
}

/** What the user named: a target, a path or URL, or jobs that are made through the API. */
type Named =
  | { readonly target: Target }
  | { readonly target?: undefined; readonly file: string }
  | { readonly target?: undefined; readonly file?: undefined };

const NO_TIMETABLE =
  'supertask: no task is named, and there is no supertask.yaml here or above: jobs come through the API only\n';

/**
 * What is to be run: words, `--command`, `--file`, or the timetable found here or above.
 *
 * @param mayBeNothing - Jobs can come from elsewhere.
 */
async function findNamed(
  words: readonly string[],
  flags: RunFlags,
  cwd: string,
  mayBeNothing: boolean,
): Promise<Named> {
  const target = targetOf(words, flags);
  if (target !== undefined && flags.file !== undefined) {
    throw usage('both a target and --file are given', 'Give one of them.');
  }
  if (target !== undefined && flags.arg !== undefined) {
    throw usage('--arg is for the parameters of a file', 'Words after the target reach it as arguments.');
  }
  if (flags.apiJobs) {
    if (target === undefined && flags.file === undefined) return {};
    throw usage('--api-jobs has no tasks of its own', 'Leave out the target and --file, or --api-jobs.');
  }
  if (target !== undefined) return { target };
  const file = flags.file ?? (await findTimetable(cwd));
  if (file !== undefined) return { file };
  if (mayBeNothing) return {};
  throw usage(
    `there is nothing to run: no target, no --file, and no supertask.yaml in ${cwd} or above`,
    "Try: supertask run -- 'cmd:echo hello'. For jobs through the API only: supertask run --ns NAME --http",
  );
}

function fileOf(named: Named): string {
  return named.target === undefined ? (named.file ?? '') : '';
}

async function loadNamed(
  named: Named,
  cwd: string,
  flags: RunFlags,
  how: { readonly remote: RemoteText | undefined; readonly files: Map<string, string> | undefined },
): Promise<Source> {
  if (named.target !== undefined) return inlineSource(named.target, cwd, flags.name);
  if (named.file === undefined) return apiSource(cwd);
  return loadSource(named.file, cwd, readInput, { ...how, args: parseArgs(flags.arg) });
}

function targetOf(words: readonly string[], flags: RunFlags): Target | undefined {
  if (flags.command !== undefined) {
    if (flags.exec) throw usage('--exec and --command exclude each other', 'Give the program after --.');
    return parseTarget(flags.command, words);
  }
  if (flags.exec) return parseExec(words);
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  return parseTarget(first, rest);
}

/** Flags that hold for every task of the source. */
async function withFlags(source: Source, flags: RunFlags, settings: Settings, cwd: string): Promise<Source> {
  const fromFiles = await readEnvFiles(flags.envFile ?? [], cwd);
  const { assignments, inherit } = splitEnvFlags(flags.env);
  const fromFlags = Object.fromEntries(assignments.map(parseAssignment));
  const timeout = settings.timeout === undefined ? {} : { timeoutMs: parseDuration(settings.timeout) };
  const policy = { ...timeout, ...parsePolicyFlags(flags) };
  const secrets = (flags.secret ?? []).map(parseSecretName);
  const given = [fromFiles, fromFlags, policy, secrets].some((values) => Object.keys(values).length > 0);
  if (!given && flags.cwd === undefined && inherit === undefined) return source;
  const policies = new Map<Policy, Policy>();
  const policyOf = (base: Policy): Policy => {
    const known = policies.get(base) ?? { ...base, ...policy };
    policies.set(base, known);
    return known;
  };
  // Not spread: see `finish` in formats/task.ts.
  const change = (task: Task): Task =>
    Object.assign({}, task, {
      env: { ...plain(fromFiles, task), ...task.env, ...plain(fromFlags, task) },
      secrets: [...(task.secrets ?? []), ...secrets],
      ...(inherit === undefined ? {} : { inherit }),
      cwd: flags.cwd === undefined ? task.cwd : resolve(cwd, flags.cwd),
      policy: policyOf(task.policy),
    });
  const { tasks } = source.timetable;
  return { ...source, written: tasks, timetable: { ...source.timetable, tasks: tasks.map(change) } };
}

/** Templates are what stands in a timetable; values from elsewhere are meant as they are. */
function plain(
  env: Readonly<Record<string, string>>,
  { hasTemplates }: Task,
): Readonly<Record<string, string>> {
  if (!hasTemplates) return env;
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll('${{', () => '$${{')]),
  );
}

function parseAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at < 1 || !/^[^\s=\0]+$/.test(name) || text.includes('\0')) {
    // It may be a value, and a secret one: only what looks like a name is repeated.
    const shown = /^[A-Z_]{1,32}$/.test(text) ? ` ${JSON.stringify(text)}` : '';
    throw usage(
      `--env${shown} is not NAME=value`,
      'Write --env GREETING=hello; --env=minimal and --env=all say what is inherited.',
    );
  }
  return [name, text.slice(at + 1)];
}

/** The last of a name counts. */
function parseArgs(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw usage(`--arg ${JSON.stringify(text)} is not NAME=value`, 'Write --arg region=eu.');
    }),
  );
}

function parseSecretName(text: string): string {
  if (/^[^\s=\0]+$/.test(text)) return text;
  const hint =
    'Write --secret API_TOKEN; the value comes from the environment, --env, --env-file or the timetable.';
  throw usage('--secret takes the name of a variable, not its value', hint);
}

async function readEnvFiles(files: readonly string[], cwd: string): Promise<Record<string, string>> {
  if (files.length === 0) return {};
  const { parseEnv } = await import('node:util');
  return Object.assign({}, ...files.map((file) => parseEnv(readText(resolve(cwd, file)))));
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
