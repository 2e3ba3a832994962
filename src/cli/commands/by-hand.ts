/** One task of a file in the foreground, as somebody asks for it: no scheduler has to live. */
import { loadSource } from '../../app/file-source.js';
import { refuseChanged } from '../../app/rerun.js';
import { DEFAULT_MAX_RUNNING, startSource } from '../../app/run.js';
import type { Source } from '../../app/source.js';
import { SupertaskError } from '../../errors.js';
import { expandTasks } from '../../model/expand.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import type { Run } from '../../model/run.js';
import { suggest } from '../../model/suggest.js';
import type { Task } from '../../model/task.js';
import { parseZone } from '../../model/zone.js';
import { loadSettings } from '../../settings/load.js';
import type { Settings } from '../../settings/table.js';
import { systemZone } from '../../settings/zone.js';
import { attend } from '../attend.js';
import { EXIT, type Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { createForeground, type Foreground } from '../foreground.js';
import { readInput } from '../input.js';
import { readSetting } from '../setting-place.js';
import { handleSignals } from '../signals.js';
import { type Flags, type Steering, say } from '../steering.js';

type Wanted = {
  readonly task: string;
  /** A path, a URL or `-`; or what has been read already. */
  readonly file: string | Source;
  /** Undefined: the file's own. */
  readonly namespace: string | undefined;
  /** The run that is run again. */
  readonly again?: Run;
  /** Only where it is defined as it was then. */
  readonly isExact?: boolean;
};

/** What it prints is kept; the answer is one object. */
const UNSEEN: Foreground = { reporter: { report: () => undefined }, attend: async () => ({}), leave() {} };

type Request = { readonly args?: Readonly<Record<string, Json>>; readonly note?: string };

export async function runByHand(
  steering: Steering,
  wanted: Wanted,
  request: Request,
  given: Flags,
): Promise<Exit> {
  const { store, by, reader, streams } = steering;
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(given), process.env, cwd);
  const { file } = wanted;
  const source = typeof file === 'string' ? await loadSource(file, cwd, readInput) : file;
  const { again } = wanted;
  const task = again?.job ?? taskOf(source, wanted.task);
  const said = saidBy(source);
  const { docker = said.docker } = settings;
  const zone = readSetting(settings, 'tz', parseZone) ?? said.tz;
  const tz = zone === undefined ? systemZone(process.env) : parseZone(zone);
  const env = docker === undefined ? process.env : { ...process.env, SUPERTASK_DOCKER: docker };
  if (again !== undefined) {
    const { definitionAgain } = await import('../../app/rerun-source.js');
    const today = await definitionAgain(source, again, request, {
      env,
      mask: settings.mask,
      tz,
    });
    if (wanted.isExact) await refuseChanged(store, again, today);
  }
  if (steering.isDry) {
    if (steering.json) await steering.printJson({ kind: 'dry-run', run: null });
    else
      await say(steering, `would run ${task} of ${source.source} here: no scheduler that has it is running`);
    return { code: EXIT.ok };
  }
  const foreground = steering.json ? UNSEEN : createForeground(streams, settings);
  const signals = handleSignals();
  const started = await startSource(source, {
    store,
    reporter: foreground.reporter,
    namespace: wanted.namespace ?? settings.ns,
    hostId: settings.hostId,
    tz,
    env,
    beside: 'join',
    onStop: settings.onStop ?? 'stop',
    mask: settings.mask,
    maxRunning: DEFAULT_MAX_RUNNING,
    byHand: { task, detail: { ...request, by }, again },
  });
  if (started === undefined) return { code: EXIT.broken };
  const watch = { file: source.source, watch: false, pollMs: undefined };
  const around = { streams, reader, foreground, signals, store, watch };
  const exit = await attend(started, { ...around, serving: undefined, unattended: undefined });
  // Nothing is left that could be stopped.
  signals.release();
  const answer = await started.asked;
  if (steering.json && answer !== undefined && answer.kind !== 'refused') {
    const { last = answer.run } = await started.engine.done;
    await steering.printJson({ kind: answer.kind, run: runRecord(last) });
  }
  return answer?.kind === 'skipped' ? { code: EXIT.busy } : exit;
}

/** The settings of the command line that gave a job: they hold where nothing else is said now. */
function saidBy({ command }: Source): Settings {
  return command === undefined || 'lacks' in command ? {} : pickSettings(command.flags);
}

/** By id or name, or a unique beginning of an id; a job with arguments by its whole id. */
export function taskOf({ timetable: { tasks }, source }: Source, text: string): string {
  if (text.includes('@')) return jobOf(tasks, source, text);
  const named = tasks.filter(({ id, name }) => id === text || name === text);
  const found = named.length > 0 ? named : tasks.filter(({ id }) => id.startsWith(text));
  const [first, ...others] = found;
  const ids = tasks.map(({ id }) => id);
  if (first === undefined) {
    const near = suggest(text, ids);
    throw new SupertaskError('ID_UNKNOWN', `${source} has no task "${text}"`, {
      hint: near === undefined ? `It has ${ids.slice(0, 10).join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  if (others.length === 0) return first.id;
  throw new SupertaskError('ID_AMBIGUOUS', `"${text}" fits more than one task of ${source}`, {
    hint: `It could be ${found
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}.`,
  });
}

function jobOf(tasks: readonly Task[], source: string, text: string): string {
  const jobs = expandTasks(tasks).map(({ id }) => id);
  if (jobs.includes(text)) return text;
  throw new SupertaskError('ID_UNKNOWN', `${source} has no job "${text}"`, {
    hint: 'Name the task, and give its arguments with --arg.',
  });
}
