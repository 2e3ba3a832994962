/** The main use case: put the tasks of a source to work until they are done or it is told to stop. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { Triggered } from '../engine/door.js';
import { createEngine, type Engine } from '../engine/engine.js';
import type { EngineParts, EnginePlan } from '../engine/plan.js';
import { createSystemClock } from '../engine/system-clock.js';
import { createExecutor } from '../executor/local.js';
import type { Origin } from '../model/namespace.js';
import { bindOnce, ONCE } from '../model/schedule-bound.js';
import type { Task } from '../model/task.js';
import type { Writer } from '../store/store.js';
import { announce } from './announce.js';
import { askFor } from './ask.js';
import { watchChanges } from './change-watch.js';
import type { Control } from './control/control.js';
import { removeOldContainers } from './old-containers.js';
import { hintAtOlder, openNamespace } from './open-namespace.js';
import type { Reloader } from './reload.js';
import type { RunOptions } from './run-option.js';
import { planRun, type RunPlan } from './run-plan.js';
import { learnSecrets, type Secrecy } from './secret.js';
import type { Source } from './source.js';

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
  const plan = await planRun(given, options);
  const { origin, namespace, mode, tasks, kept, hiding, definitions } = plan;
  const { byHand, reporter, tz } = options;
  for (const message of plan.warnings) reporter.report({ type: 'warning', at: new Date(), message });
  const opened = await openNamespace(namespace, origin, mode, definitions, options);
  if (opened === undefined) return undefined;
  const { writer, startedAt } = opened;
  const enabled = tasks.filter((task) => task.enabled);
  const others = byHand ? enabled.map((task) => ({ task, bounds: [] })) : [];
  const jobs = byHand ? [] : await bindTasks(enabled, startedAt, tz);
  if (usesContainers(tasks)) removeOldContainers(namespace, options);
  if (mode === 'schedule' && writer.isNew) void hintAtOlder(namespace, origin, options);
  if (mode === 'schedule') await announce(plan, jobs, startedAt, options);
  const running = countRunning(jobs);
  if (mode === 'once' && running > 1) reporter.expectJobs?.(running);
  const maxRunning = await mostRunning(plan, options);
  const parts = await partsOf(plan, writer, options, maxRunning);
  const engine = createEngine(parts, enginePlan(plan, { jobs, others, startedAt, maxRunning }, options));
  // At once: an engine that nobody asks for anything has nothing to do.
  const [task] = tasks;
  const asked = byHand && task && askFor(engine, task, byHand);
  const secrecy: Secrecy = { hiding };
  const changes = await watchChanges(plan, secrecy, engine, opened, options);
  const { reloader } = changes;
  return {
    engine,
    asked,
    isOneShot: byHand !== undefined || (mode === 'once' && running === 1),
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
        tz,
        hide: (text) => secrecy.hiding.text(text),
        learn: async (task) => {
          const hasLearnt = await learnSecrets(secrecy, task, options.env, options.mask);
          if (hasLearnt) engine.hide(secrecy.hiding.output);
        },
        reload: reloader?.reloadOrThrow,
        kept: kept && { reader: kept, reloader: await changes.reloaderOf() },
      });
    },
    close(reason, attendedUntil) {
      changes.stop();
      return writer.close(reason, attendedUntil);
    },
  };
}

async function partsOf(
  { origin, namespace, mode, tasks, hiding }: RunPlan,
  writer: Writer,
  options: RunOptions,
  maxRunning: number,
): Promise<EngineParts> {
  // A schedule's runs find what they would under cron: streams that can be opened by name.
  const executor = createExecutor({ pipes: mode === 'schedule' ? 'always' : 'named', maxRunning });
  // A reload may bring conditions; what runs once has all it will have.
  const mayWait = mode === 'schedule' || tasks.some(({ gate }) => gate !== undefined);
  return {
    clock: createSystemClock(),
    writer,
    executor,
    surroundings: mayWait
      ? (await import('./surroundings.js')).createSurroundings(executor, options.store, {
          namespace,
          maxRunning,
        })
      : undefined,
    reporter: options.reporter,
    hiding: hiding.output,
    sieve: mode === 'schedule' ? (await import('../engine/sieve.js')).createSieve() : undefined,
    actions: await actionsFor(namespace, origin, tasks, options),
  };
}

/** No more than the system has files for: those beyond would not wait for room, but fail to start. */
async function mostRunning({ mode, tasks }: RunPlan, { maxRunning, reporter }: RunOptions): Promise<number> {
  if (mode === 'once' && tasks.length === 1) return maxRunning;
  const { ownLimits, runningWithin } = await import('./file-limit.js');
  const most = runningWithin(maxRunning, ownLimits());
  if (most < Math.min(maxRunning, tasks.length)) {
    const message = `at most ${most} at once can run: the system allows no more open files (ulimit -n)`;
    reporter.report({ type: 'warning', at: new Date(), message });
  }
  return most;
}

function enginePlan(
  { source, origin, mode }: RunPlan,
  work: Pick<EnginePlan, 'jobs' | 'others' | 'startedAt' | 'maxRunning'>,
  { env, tz, onStop, campaign }: RunOptions,
): EnginePlan {
  const isOpenEnded = mode === 'schedule' && source.kind === 'api';
  const { directory: cwd } = source;
  return { ...work, mode, env, cwd, host: origin.host, tz, onStop, campaign, isOpenEnded };
}

/** How many run by themselves. */
function countRunning(jobs: readonly ScheduledTask[]): number {
  return jobs.filter(({ task, bounds }) => bounds.length > 0 || isDependent(task)).length;
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
