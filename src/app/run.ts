/** The main use case: put the tasks of a source to work until they are done or it is told to stop. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { Triggered } from '../engine/door.js';
import { createEngine, type Engine } from '../engine/engine.js';
import type { EngineParts } from '../engine/plan.js';
import { createSystemClock } from '../engine/system-clock.js';
import { createExecutor } from '../executor/local.js';
import type { Campaign } from '../model/campaign.js';
import { namespaceId, type Origin } from '../model/namespace.js';
import type { Args } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import { bindOnce, ONCE } from '../model/schedule-bound.js';
import { parseId, type Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Store } from '../store/store.js';
import type { Beside } from './admission.js';
import type { ByHand } from './by-hand.js';
import type { Control } from './control/control.js';
import { definitionOf, definitionsOf } from './define.js';
import { expandSchedules, withSchedules } from './expand.js';
import { originOf } from './identity.js';
import type { Allowance } from './kept/allowance.js';
import type { KeptReader } from './kept/reader.js';
import type { KeptTasks } from './kept/task.js';
import { hintAtOlder, openNamespace } from './open-namespace.js';
import type { Reloader } from './reload.js';
import type { RemoteText } from './remote.js';
import { findHiding, type Hiding, hideInSource, type MaskExtent } from './secret.js';
import type { Source } from './source.js';

export type RunOptions = {
  readonly store: Store;
  readonly reporter: Reporter;
  /** Given by the user; else the timetable's own, else the digest of host, user and source. */
  readonly namespace?: string | undefined;
  readonly hostId?: string | undefined;
  /** IANA zone for schedules that name none. */
  readonly tz: string;
  /** Takes the place of the schedules of every task. */
  readonly when?: Schedule | undefined;
  /** For every task that has such a parameter. */
  readonly args?: Args | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to do while another scheduler has the namespace; runs that are not scheduled are never refused. */
  readonly beside: Beside;
  readonly onStop: 'stop' | 'drain';
  /** In what output secrets are hidden; default `all`. */
  readonly mask?: MaskExtent | undefined;
  readonly maxRunning: number;
  /** When to end by itself; undefined: when nothing is to come. */
  readonly campaign?: Campaign | undefined;
  /** Only this task, once, as somebody asks for it, whatever its schedules say. */
  readonly byHand?: ByHand | undefined;
  /** Reads the source again, with all that was made of it; undefined: it cannot change. */
  readonly reread?: Reread | undefined;
  /** Called before anything is started, and, of a schedule, when no other one has the namespace: it may refuse. */
  readonly beforeStart?: ((mode: 'schedule' | 'once', namespace: string) => Promise<void>) | undefined;
  /** What jobs made through the API may say of variables and directories; default: nothing beyond the ordinary. */
  readonly allowance?: Allowance | undefined;
  /** Another scheduler has the namespace, and its end is waited for. */
  readonly onStandby?: ((namespace: string) => void) | undefined;
  /** Ends waiting for another scheduler. */
  readonly interrupt?: (() => AbortSignal) | undefined;
};

/** @param files - Takes what is looked at, as `loadSource` has it. */
export type Reread = (remote?: RemoteText, files?: Map<string, string>) => Promise<Source>;

/** Enough for any sane number of tasks; ten thousand due at once must not become a fork bomb. */
export const DEFAULT_MAX_RUNNING = 256;

export type StartedRun = {
  readonly engine: Engine;
  /** What became of the run that was asked for by hand. */
  readonly asked: Promise<Triggered> | undefined;
  /** The single run's end is the result; nothing is scheduled. */
  readonly isOneShot: boolean;
  /** Something may still be done in the background when the engine is done. */
  readonly lingers: boolean;
  /** It goes on until it is told to stop, or nothing is to come; others may ask it. */
  readonly isSchedule: boolean;
  readonly namespace: string;
  /** What others may ask of it. */
  readonly control: () => Promise<Control>;
  /** Takes over what has changed; of a schedule whose source can change. */
  readonly reloader?: Reloader | undefined;
  /** To be called when the engine is done. */
  readonly close: (reason: string, attendedUntil?: Date) => Promise<void>;
};

/**
 * Open the namespace, record its jobs and start the engine.
 *
 * @returns Nothing when it was interrupted while it waited for another scheduler.
 * @throws {SupertaskError} `ALREADY_RUNNING` while another scheduler has the namespace, unless `beside` allows it.
 */
export async function startSource(given: Source, options: RunOptions): Promise<StartedRun | undefined> {
  const { byHand } = options;
  const wanted = byHand
    ? await (await import('./by-hand.js')).tasksByHand(given.timetable.tasks, byHand)
    : await expandSchedules(withSchedules(given.timetable.tasks, options.when), options.args);
  const ownHiding = await findHiding(wanted, options.env, options.mask);
  const source = hideInSource({ ...given, timetable: { ...given.timetable, tasks: wanted } }, ownHiding.text);
  const { timetable } = source;
  const { tasks: own } = timetable;
  const origin = originOf({ ...source, author: timetable.author }, options.hostId);
  const namespace = parseId(options.namespace ?? timetable.namespace ?? namespaceId(origin), 'namespace');
  const mode = byHand ? 'once' : modeOf(source, options);
  const kept = mode === 'schedule' ? await openKept(namespace, source, options) : undefined;
  const { tasks, warnings } = kept?.together(own) ?? { tasks: own, warnings: [] };
  // What runs once without others has been looked through.
  const hiding = tasks === own ? ownHiding : await findHiding(tasks, options.env, options.mask);
  const { reread } = mode === 'schedule' ? options : { reread: undefined };
  const moreOf = reread && (await import('./definition-given.js')).originsOf(given, options, hiding.text);
  const definitions = definitionsOf(tasks, options.tz, hiding.text, moreOf);
  for (const message of [...hiding.warnings, ...warnings])
    options.reporter.report({ type: 'warning', at: new Date(), message });
  const opened = await openNamespace(namespace, origin, mode, definitions, options);
  if (opened === undefined) return undefined;
  const { writer, startedAt } = opened;
  const others = byHand ? tasks.filter(({ enabled }) => enabled).map((task) => ({ task, bounds: [] })) : [];
  const jobs = byHand
    ? []
    : await bindTasks(
        tasks.filter(({ enabled }) => enabled),
        startedAt,
        options.tz,
      );
  if (usesContainers(tasks)) removeOldContainers(namespace, options);
  if (mode === 'schedule' && writer.isNew) void hintAtOlder(namespace, origin, options);
  if (mode === 'schedule') await announce(namespace, jobs, startedAt, { timetable, hiding }, options);
  // A schedule's runs find what they would under cron: streams that can be opened by name.
  const executor = createExecutor({ pipes: mode === 'schedule' ? 'always' : 'named' });
  // A reload may bring conditions; what runs once has all it will have.
  const mayWait = mode === 'schedule' || tasks.some(({ gate }) => gate !== undefined);
  const surroundings = mayWait
    ? (await import('./surroundings.js')).createSurroundings(executor, options.store, namespace)
    : undefined;
  const engine = createEngine(
    {
      clock: createSystemClock(),
      writer,
      executor,
      surroundings,
      reporter: options.reporter,
      hiding: hiding.output,
      sieve: mode === 'schedule' ? (await import('../engine/sieve.js')).createSieve() : undefined,
      actions: await actionsFor(namespace, origin, tasks, options),
    },
    {
      jobs,
      others,
      mode,
      startedAt,
      env: options.env,
      cwd: source.directory,
      host: origin.host,
      tz: options.tz,
      onStop: options.onStop,
      maxRunning: options.maxRunning,
      campaign: options.campaign,
      isOpenEnded: mode === 'schedule' && source.kind === 'api',
    },
  );
  const [task] = tasks;
  const asked = byHand && task && askFor(engine, task, byHand);
  let isOver = false;
  const running = { engine, writer, options, startedAt, source, own, tasks, hiding, definitionOf, kept };
  let made: Promise<Reloader> | undefined;
  const reloaderOf = (): Promise<Reloader> =>
    (made ??= import('./reload.js').then(({ createReloader }) =>
      createReloader({ ...running, reread, isOver: () => isOver }),
    ));
  const reloader = reread && (await reloaderOf());
  let unwatch = (): void => {};
  if (kept !== undefined)
    void engine.ready.then(async () => {
      const { watchKept } = await import('./kept/watch.js');
      const reloader = await reloaderOf();
      if (!isOver) unwatch = watchKept(kept, reloader, createSystemClock());
    });
  return {
    engine,
    asked,
    isOneShot:
      byHand !== undefined ||
      (mode === 'once' &&
        jobs.filter(({ task, bounds }) => bounds.length > 0 || isDependent(task)).length === 1),
    lingers: mode === 'schedule' || usesContainers(tasks),
    isSchedule: mode === 'schedule',
    namespace,
    reloader,
    control: async () => {
      const { openControl } = await import('./control/open.js');
      return openControl({
        engine,
        store: options.store,
        namespace,
        origin,
        startedAt,
        tz: options.tz,
        hide: hiding.text,
        reload: reloader?.reloadOrThrow,
        kept: kept && { reader: kept, reloader: await reloaderOf() },
      });
    },
    close(reason, attendedUntil) {
      isOver = true;
      unwatch();
      return writer.close(reason, attendedUntil);
    },
  };
}

/** The run that somebody asks for. */
function askFor(engine: Engine, task: Task, { again, detail }: ByHand): Promise<Triggered> {
  const job = { task, bounds: [] };
  if (again === undefined) return engine.trigger({ job, trigger: 'manual', detail });
  const cause = { run: again.id, kind: 'rerun' } as const;
  return engine.trigger({ job, trigger: 'rerun', detail: { ...detail, cause }, at: again.scheduledAt });
}

/** Without an instant to come there is nothing to wait for. */
function modeOf({ kind, timetable }: Source, { campaign }: RunOptions): 'schedule' | 'once' {
  if (campaign !== undefined || kind === 'api') return 'schedule';
  const schedules = timetable.tasks.filter((task) => task.enabled).flatMap((task) => task.schedules);
  return schedules.every((schedule) => schedule.rule.kind === 'once') ? 'once' : 'schedule';
}

/** Jobs made through the API, which only schedulers have; read before anything is opened. */
async function openKept(
  namespace: string,
  { directory }: Source,
  { store, allowance }: RunOptions,
): Promise<(KeptReader & { together(own: readonly Task[]): Omit<KeptTasks, 'written'> }) | undefined> {
  if (store.keptJobs === undefined) return undefined;
  const { createKeptReader, withKept } = await import('./kept/reader.js');
  const reader = createKeptReader(store, namespace, {
    directory,
    allowance: allowance ?? { env: [], cwd: [] },
  });
  await reader.look();
  return Object.assign(reader, { together: (own: readonly Task[]) => withKept(own, reader.current) });
}

async function announce(
  namespace: string,
  jobs: readonly ScheduledTask[],
  startedAt: Date,
  { timetable, hiding }: { readonly timetable: Timetable; readonly hiding: Hiding },
  options: RunOptions,
): Promise<void> {
  const { previewJobs } = await import('./preview.js');
  options.reporter.report({
    type: 'scheduler-started',
    at: startedAt,
    namespace,
    jobCount: jobs.length,
    jobs: previewJobs(jobs, startedAt, options.tz, hiding.text),
    warnings: timetable.warnings.map(hiding.text),
  });
}

/** Without a schedule it runs whenever another task has ended. */
function isDependent({ gate }: Task): boolean {
  return gate !== undefined && gate.after.length > 0;
}

function usesContainers(tasks: readonly Task[]): boolean {
  return tasks.some(({ steps, actions = [] }) =>
    [...steps, ...actions.flatMap(({ does }) => (does.kind === 'step' ? [does.step] : []))].some(
      (step) => step.target.kind === 'docker',
    ),
  );
}

/** In the background: a container that a killed supertask left does not keep this one from starting. */
function removeOldContainers(namespace: string, { store, env, reporter }: RunOptions): void {
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  import('./containers.js')
    .then(({ reapOldContainers }) => reapOldContainers(store, namespace, env))
    .then((runs) => runs.forEach((run) => void warn(`removed the container that run ${run} had left`)))
    .catch((error: unknown) => warn(`old containers could not be looked for: ${String(error)}`));
}

/** Undefined where no task has any, nor can get some while it runs. */
async function actionsFor(
  namespace: string,
  { host }: Origin,
  tasks: readonly Task[],
  { store, beside, reread }: RunOptions,
): Promise<EngineParts['actions']> {
  if (reread === undefined && tasks.every(({ actions }) => actions === undefined)) return undefined;
  const { actionsOf } = await import('./actions.js');
  return actionsOf(store, namespace, { host, isShared: beside === 'join' });
}

/** The calendar and its language are loaded only where there is more than `ONCE`. */
async function bindTasks(tasks: readonly Task[], startedAt: Date, tz: string): Promise<ScheduledTask[]> {
  const isPlain = tasks.every((task) => task.schedules.every((schedule) => schedule === ONCE));
  if (isPlain)
    return tasks.map((task) => ({ task, bounds: task.schedules.map(() => bindOnce(startedAt, tz)) }));
  const { bindTask } = await import('./bind-task.js');
  return tasks.map((task) => bindTask(task, startedAt, tz));
}
