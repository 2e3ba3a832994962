/** `supertask run`: from words and flags to a finished run or schedule. */
import type { Allowance } from '../../app/kept/allowance.js';
import { openStore } from '../../app/parts.js';
import type { RemoteText } from '../../app/remote.js';
import { DEFAULT_MAX_RUNNING, startSource } from '../../app/run.js';
import type { RunOptions } from '../../app/run-option.js';
import { hideInError } from '../../app/secret.js';
import type { Source } from '../../app/source.js';
import type { Schedule } from '../../model/schedule.js';
import { ONCE } from '../../model/schedule-bound.js';
import { parseId } from '../../model/task.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import { placeOf } from '../../settings/resolve.js';
import type { Settings } from '../../settings/table.js';
import { systemZone } from '../../settings/zone.js';
import type { FileStore } from '../../store/file/store.js';
import { attend } from '../attend.js';
import type { Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { createForeground } from '../foreground.js';
import { rememberTerminal } from '../hangup.js';
import { keptCommand } from '../kept-command.js';
import { createReader } from '../reader.js';
import type { RunServing } from '../serving.js';
import { readSetting } from '../setting-place.js';
import { handleSignals } from '../signals.js';
import { scheduleExit } from '../stopped-exit.js';
import type { Streams } from '../streams.js';
import { parseArgs } from './arg-flags.js';
import { parseCampaignFlags, parseCount } from './campaign-flags.js';
import { splitEnvFlags } from './env-flags.js';
import { haveCampaignFlags, type RunFlags } from './run-flags.js';
import { fileOf, findNamed, loadNamed, withFlags } from './run-source.js';

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
  const isAtOnce = (words.length > 0 || flags.command !== undefined) && flags.when === undefined;
  const tz = await findZone(settings, isAtOnce && flags.file === undefined);
  const when = await findSchedule(flags);
  const named = await findNamed(words, flags, cwd, given['http'] !== undefined && settings.ns !== undefined);
  const readSource = async (remote?: RemoteText, files?: Map<string, string>): Promise<Source> =>
    withFlags(await loadNamed(named, cwd, flags, { remote, files }), flags, settings, cwd);
  const read = await readSource();
  const source =
    named.target === undefined ? read : { ...read, command: keptCommand(words, given, settings, cwd) };
  const pollMs = await findPoll(settings);

  const unattended = detaching?.unattended(settings);
  const reader = createReader();
  const streams = unattended?.streams ?? reader.streams;
  const foreground = unattended?.foreground ?? createForeground(streams, settings);
  if (named.target === undefined || settings.http !== undefined) rememberTerminal();
  const signals = handleSignals();
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const isForApi = named.target === undefined && named.file === undefined;
  if (isForApi && !flags.apiJobs && !settings.quiet) await streams.write('stderr', NO_TIMETABLE);
  const serving = await openServing(given, settings, store, streams);
  const started = await startSource(source, {
    ...(await optionsOf(flags, settings, tz, cwd)),
    store,
    reporter: foreground.reporter,
    when,
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
  const watch = { file: fileOf(named), watch: settings.watch, pollMs };
  return attend(started, { streams, reader, foreground, signals, store, serving, unattended, watch });
}

/** What flags and settings say of how it is run. */
async function optionsOf(
  flags: RunFlags,
  settings: Settings,
  tz: string,
  cwd: string,
): Promise<Omit<RunOptions, 'store' | 'reporter'>> {
  const { docker, maxRunning } = settings;
  return {
    namespace: readSetting(settings, 'ns', (id) => parseId(id, 'namespace')),
    hostId: settings.hostId,
    tz,
    args: flags.arg === undefined ? {} : parseArgs(flags.arg),
    env: docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: docker },
    beside: flags.join ? 'join' : flags.standby ? 'standby' : 'refuse',
    onStop: settings.onStop ?? 'stop',
    mask: settings.mask,
    maxRunning:
      maxRunning === undefined
        ? DEFAULT_MAX_RUNNING
        : parseCount(maxRunning, placeOf(settings, 'maxRunning')),
    campaign: haveCampaignFlags(flags) ? await parseCampaignFlags(flags, tz) : undefined,
    allowance: await findAllowance(settings, cwd),
  };
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

/** Words and flags may be repeated in an error, and a shell has put values of variables into them. */
async function withoutSecrets(error: unknown, flags: RunFlags): Promise<unknown> {
  const env = Object.fromEntries(splitEnvFlags(flags.env).assignments.map((text) => text.split(/=(.*)/s)));
  const args = Object.fromEntries((flags.arg ?? []).map((text) => text.split(/=(.*)/s)));
  return hideInError(error, [{ env, args, steps: [], secrets: flags.secret ?? [] }], process.env);
}

// What a plain one-shot does not need of the calendar is not loaded for it.
async function findZone(settings: Settings, isAtOnce: boolean): Promise<string> {
  if (settings.tz === undefined) return isAtOnce ? zoneOrUtc(process.env) : systemZone(process.env);
  const { parseZone } = await import('../../model/zone.js');
  return readSetting(settings, 'tz', parseZone) ?? systemZone(process.env);
}

/** A run that nobody schedules is not kept from running by a zone that it has no use for. */
function zoneOrUtc(env: NodeJS.ProcessEnv): string {
  try {
    return systemZone(env);
  } catch {
    return 'UTC';
  }
}

async function findSchedule(flags: RunFlags): Promise<Schedule | undefined> {
  if (flags.when === undefined) return undefined;
  if (flags.when === ONCE.text) return ONCE;
  const { parseSchedule } = await import('../../model/schedule-text.js');
  return parseSchedule(flags.when);
}

/** How often a URL is asked; read only where it is given, and then checked whatever it is for. */
async function findPoll(settings: Settings): Promise<number | undefined> {
  if (settings.poll === undefined) return undefined;
  const { parsePoll } = await import('../watch.js');
  return readSetting(settings, 'poll', (text) => parsePoll(text, placeOf(settings, 'poll')));
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

const NO_TIMETABLE =
  'supertask: no task is named, and there is no supertask.yaml here or above: jobs come through the API only\n';
