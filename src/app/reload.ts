/** A changed timetable takes the place of the one that is running: whole, or not at all. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { Engine } from '../engine/engine.js';
import { type Problem, SupertaskError } from '../errors.js';
import type { ReloadCause } from '../model/event.js';
import type { JobDefinition } from '../model/job.js';
import { bindSchedule } from '../model/schedule-bind.js';
import { isStartRelative } from '../model/schedule-class.js';
import type { Task } from '../model/task.js';
import {
  areSameSchedules,
  compareTasks,
  hasChanged,
  type TimetableChange,
} from '../model/timetable-change.js';
import type { Writer } from '../store/store.js';
import { expandSchedules, withSchedule } from './expand.js';
import { type KeptReader, withKept } from './kept/reader.js';
import type { KeptTasks } from './kept/task.js';
import { previewJobs } from './preview.js';
import type { RemoteText } from './remote.js';
import type { Reread, RunOptions } from './run-option.js';
import { findHiding, type Hiding, hideInError, type Secrecy } from './secret.js';
import type { Source } from './source.js';

/** What became of a look at the timetable. */
export type ReloadReport =
  | { readonly status: 'reloaded' | 'unchanged'; readonly change: TimetableChange }
  /** It cannot be taken over as it is, and the last good one goes on; or the scheduler is about to end. */
  | { readonly status: 'rejected'; readonly problems: readonly Problem[] };

export type Reloader = {
  /** What is in force. */
  readonly source: Source;
  /** The jobs of the source. */
  readonly own: readonly Task[];
  /** The files that were looked at for it last, whatever came of it, and what each looked like then. */
  readonly looked: ReadonlyMap<string, string>;
  /**
   * Read the timetable again and take it over. One after another; never rejects for what a user can mend.
   *
   * @param cause - Default `request`. What was asked for is told even where nothing has changed.
   * @param remote - Of a timetable from a URL: what it has answered already.
   */
  reloadNow(cause?: ReloadCause, remote?: RemoteText): Promise<ReloadReport>;
  /**
   * The same for who wants to know what changes.
   *
   * @throws {SupertaskError} What is wrong with the timetable.
   */
  reloadOrThrow(): Promise<TimetableChange>;
};

/** A scheduler that is running, and what it began with. */
export type Running = {
  readonly engine: Pick<Engine, 'jobs' | 'replaceJobs'>;
  readonly writer: Pick<Writer, 'setJobs'>;
  readonly options: RunOptions;
  readonly startedAt: Date;
  readonly source: Source;
  /** Those of the source, with the schedules that they run by; those that are not enabled, too. */
  readonly own: readonly Task[];
  /** These, and those made through the API. */
  readonly tasks: readonly Task[];
  /** What is hidden; it learns of more while this runs. */
  readonly secrecy: Secrecy;
  /** Read the timetable again; undefined: it cannot change. */
  readonly reread?: Reread | undefined;
  /** Jobs made through the API; undefined: there never are any. */
  readonly kept?: KeptReader | undefined;
  /** As the bookkeeping keeps a task. */
  readonly definitionOf: (task: Task, tz: string, hide: (text: string) => string) => JobDefinition;
  readonly isOver: () => boolean;
  /** Default: the wall clock. */
  readonly now?: () => Date;
};

/** What is in force, beside what the engine knows. */
type State = {
  readonly source: Source;
  readonly own: readonly Task[];
  readonly tasks: readonly Task[];
  readonly hiding: Hiding;
  /** When a reload brought the present definition of a task; of others, the scheduler began with it. */
  readonly since: ReadonlyMap<string, Date>;
  /** From when schedules of a task count that count from a start, where that is not the scheduler's. */
  readonly countsFrom: ReadonlyMap<string, Date>;
  /** About jobs made through the API, as they were told. */
  readonly warnings: readonly string[];
};

/** A reload that has been thought through, and of which nothing has been done. */
type Draft = State & { readonly change: TimetableChange; readonly jobs: readonly ScheduledTask[] };

/** More are not described when they are told of. */
const DESCRIBED = 20;

export function createReloader(running: Running): Reloader {
  const { options, source, own, tasks, secrecy, now = () => new Date() } = running;
  const warnings = withKept(own, running.kept?.current ?? NOTHING_KEPT).warnings;
  const since = new Map();
  let state: State = { source, own, tasks, hiding: secrecy.hiding, since, countsFrom: new Map(), warnings };
  let looked: ReadonlyMap<string, string> = source.files ?? new Map();
  let last: Promise<unknown> = Promise.resolve();

  const { reread: readAgain } = running;
  const reread: Reread | undefined =
    readAgain &&
    ((remote) => {
      const files = new Map<string, string>();
      looked = files;
      return readAgain(remote, files);
    });

  const reload = async (cause: ReloadCause, remote: RemoteText | undefined): Promise<ReloadReport> => {
    if (running.isOver()) return reject(cause, [STOPPING]);
    const at = now();
    try {
      const draft = await draftReload({ ...running, reread }, state, at, cause, remote);
      if (hasChanged(draft.change)) await running.writer.setJobs(await definitionsOf(draft, running), at);
      // Nothing that waits stands between what is kept and what is done.
      running.engine.replaceJobs(draft.jobs, { at, hiding: draft.hiding.output });
      secrecy.hiding = draft.hiding;
      const warnings = warningsOf(draft, state, options);
      state = draft;
      return accept(cause, at, draft, warnings);
    } catch (error) {
      const hidden = await hideInError(error, state.tasks, options.env);
      if (!(hidden instanceof SupertaskError)) throw hidden;
      return reject(cause, hidden.problems);
    }
  };

  const accept = (
    cause: ReloadCause,
    at: Date,
    { change, jobs, hiding: { text } }: Draft,
    warnings: readonly string[],
  ): ReloadReport => {
    const isAsked = cause === 'signal' || cause === 'request';
    const isTold = isAsked || (cause === 'api' && warnings.length > 0);
    if (!hasChanged(change) && !isTold) return { status: 'unchanged', change };
    const touched = new Set([...change.added, ...change.changed]);
    const described = jobs.filter(({ task }) => touched.has(task.id)).slice(0, DESCRIBED);
    const previews = previewJobs(described, at, options.tz, text);
    options.reporter.report({ type: 'timetable-reloaded', at, cause, change, jobs: previews, warnings });
    return { status: hasChanged(change) ? 'reloaded' : 'unchanged', change };
  };

  const reject = (cause: ReloadCause, problems: readonly Problem[]): ReloadReport => {
    options.reporter.report({ type: 'timetable-rejected', at: now(), cause, problems });
    return { status: 'rejected', problems };
  };

  const reloadNow: Reloader['reloadNow'] = (cause = 'request', remote) => {
    const next = last.then(() => reload(cause, remote));
    last = next.catch(() => {});
    return next;
  };

  return {
    get source() {
      return state.source;
    },
    get own() {
      return state.own;
    },
    get looked() {
      return looked;
    },
    reloadNow,
    async reloadOrThrow() {
      const report = await reloadNow();
      if (report.status !== 'rejected') return report.change;
      throw errorOf(report.problems);
    },
  };
}

function errorOf(problems: readonly Problem[]): SupertaskError {
  const [first = STOPPING] = problems;
  const { code, message, hint, location } = first;
  return new SupertaskError(code, message, { hint, location, problems });
}

const NOTHING_KEPT: KeptTasks = { tasks: [], written: [], warnings: [] };
const STOPPING: Problem = { code: 'REFUSED', message: 'the scheduler is stopping', hint: 'Start it again.' };

/** @throws {SupertaskError} Whatever is wrong with the timetable. */
async function draftReload(
  running: Running,
  state: State,
  at: Date,
  cause: ReloadCause,
  remote: RemoteText | undefined,
): Promise<Draft> {
  const { engine, options, startedAt, kept } = running;
  const { source, own } = await draftSource(running, state, cause, remote);
  await kept?.look();
  const { tasks, warnings } = withKept(own, kept?.current ?? NOTHING_KEPT);
  const change = compareTasks(state.tasks, tasks, at.getUTCFullYear());
  const hiding = await findHiding(tasks, options.env, options.mask, running.secrecy.hiding.values);
  const known = new Map(engine.jobs().map(({ job }) => [job.task.id, job]));
  const touched = new Set([...change.added, ...change.changed]);
  const since = new Map(state.since);
  const countsFrom = new Map(state.countsFrom);
  const jobs: ScheduledTask[] = [];
  for (const task of tasks) {
    const job = known.get(task.id);
    if (touched.has(task.id)) since.set(task.id, at);
    if (job !== undefined && !touched.has(task.id)) jobs.push(job);
    if (!task.enabled || (job !== undefined && !touched.has(task.id))) continue;
    const isKept =
      job !== undefined && areSameSchedules(job.task.schedules, task.schedules, at.getUTCFullYear());
    if (!isKept && task.schedules.some(isStartRelative)) countsFrom.set(task.id, at);
    // What a schedule counts from stays, as long as the schedule does.
    jobs.push(isKept ? { task, bounds: job.bounds } : bindAt(task, at, startedAt, options.tz));
  }
  return { source, own, tasks, hiding, since, countsFrom, warnings, change, jobs };
}

/** What is not asked about stays as it is. */
async function draftSource(
  { options: { when, args }, reread }: Running,
  { source: before, own }: State,
  cause: ReloadCause,
  remote: RemoteText | undefined,
): Promise<Pick<State, 'source' | 'own'>> {
  if (cause === 'api' || reread === undefined) return { source: before, own };
  const source = await reread(remote);
  const { tasks } = source.timetable;
  // Unlike at a start, tasks without a schedule wait: somebody has taken their schedules away.
  return { source, own: await expandSchedules(when === undefined ? tasks : withSchedule(tasks, when), args) };
}

/** What counts from the start of the scheduler counts from now, except that it has not just started. */
function bindAt(task: Task, at: Date, startedAt: Date, tz: string): ScheduledTask {
  const bounds = task.schedules
    .filter((schedule) => schedule.enabled)
    .map((schedule) =>
      bindSchedule(schedule, {
        jobId: task.id,
        startedAt: schedule.rule.kind === 'reboot' ? startedAt : at,
        tz,
      }),
    );
  return { task, bounds };
}

async function definitionsOf(
  { source, tasks, hiding, since, countsFrom }: Draft,
  { definitionOf, options, startedAt }: Running,
): Promise<JobDefinition[]> {
  const { originsOf } = await import('./definition-given.js');
  const moreOf = originsOf(source, options, hiding.text);
  return tasks.map((task) => {
    const from = countsFrom.get(task.id) ?? startedAt;
    const isCounting = from > startedAt && task.schedules.some(isStartRelative);
    const changedAt = since.get(task.id);
    return {
      ...definitionOf(task, options.tz, hiding.text),
      ...(changedAt === undefined ? {} : { since: changedAt.toISOString() }),
      ...(isCounting ? { countsFrom: from.toISOString() } : {}),
      ...moreOf(task),
    };
  });
}

function warningsOf(draft: Draft, before: State, { namespace }: RunOptions): readonly string[] {
  const { timetable, warnings: given = [] } = draft.source;
  const isMoved =
    namespace === undefined && timetable.namespace !== before.source.timetable.namespace
      ? ['the namespace that the timetable names has changed: that counts from the next start on']
      : [];
  const isIdle =
    draft.source.kind !== 'api' && draft.jobs.every(({ bounds }) => bounds.length === 0)
      ? ['nothing is scheduled any more; waiting for the timetable to change']
      : [];
  const known = new Set([
    ...before.hiding.warnings,
    ...(before.source.warnings ?? []),
    ...before.source.timetable.warnings,
    ...before.warnings,
  ]);
  const own = [...given, ...timetable.warnings, ...draft.warnings].filter((warning) => !known.has(warning));
  const told = [...draft.hiding.warnings, ...own.map(draft.hiding.text)];
  return [...isMoved, ...isIdle, ...told.filter((warning) => !known.has(warning))];
}
