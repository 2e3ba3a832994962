/** The main use case: put the tasks of a source to work until they are done or it is told to stop. */
import type { ScheduledTask } from '../engine/agenda.js';
import { createEngine, type Engine } from '../engine/engine.js';
import { createSystemClock } from '../engine/system-clock.js';
import { createExecutor } from '../executor/local.js';
import type { JobDefinition } from '../model/job.js';
import { namespaceId } from '../model/namespace.js';
import { bindSchedule, parseSchedule, type Schedule } from '../model/schedule.js';
import { formatTarget } from '../model/target.js';
import { parseId, type Task } from '../model/task.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Store } from '../store/store.js';
import { originOf } from './identity.js';
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
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onStop: 'stop' | 'drain';
  readonly maxRunning: number;
};

/** Enough for any sane number of tasks; ten thousand due at once must not become a fork bomb. */
export const DEFAULT_MAX_RUNNING = 256;

export type StartedRun = {
  readonly engine: Engine;
  /** The single run's end is the result; nothing is scheduled. */
  readonly isOneShot: boolean;
  /** To be called when the engine is done. */
  readonly close: (reason: string) => Promise<void>;
};

/** Open the namespace, record its jobs and start the engine. */
export async function startSource(source: Source, options: RunOptions): Promise<StartedRun> {
  const { timetable } = source;
  const startedAt = new Date();
  const origin = originOf({ ...source, author: timetable.author }, options.hostId);
  const namespace = parseId(options.namespace ?? timetable.namespace ?? namespaceId(origin), 'namespace');
  const tasks = withSchedules(timetable.tasks, options.when);
  const jobs = tasks.filter((task) => task.enabled).map((task) => bindTask(task, startedAt, options.tz));
  const isOnce = jobs.every(({ task }) => task.schedules.every((schedule) => schedule.rule.kind === 'once'));

  const writer = await options.store.open(namespace, origin, {
    mode: isOnce ? 'once' : 'schedule',
    startedAt,
  });
  await writer.setJobs(tasks.map((task) => definitionOf(task, options.tz)));
  if (!isOnce) {
    const { previewJobs } = await import('./preview.js');
    options.reporter.report({
      type: 'scheduler-started',
      at: startedAt,
      namespace,
      jobs: previewJobs(jobs, startedAt, options.tz),
      warnings: timetable.warnings,
    });
  }
  const engine = createEngine(
    {
      clock: createSystemClock(),
      writer,
      executor: createExecutor(),
      reporter: options.reporter,
    },
    {
      jobs,
      mode: isOnce ? 'once' : 'schedule',
      startedAt,
      env: options.env,
      cwd: source.directory,
      onStop: options.onStop,
      maxRunning: options.maxRunning,
    },
  );
  return { engine, isOneShot: isOnce && jobs.length === 1, close: (reason) => writer.close(reason) };
}

/** Where nothing is scheduled at all, everything runs once; else tasks without a schedule wait to be triggered. */
export function withSchedules(tasks: readonly Task[], when: Schedule | undefined): readonly Task[] {
  if (when !== undefined) return tasks.map((task) => ({ ...task, schedules: [when] }));
  if (tasks.some((task) => task.schedules.length > 0)) return tasks;
  return tasks.map((task) => ({ ...task, schedules: [parseSchedule('once')] }));
}

export function bindTask(task: Task, startedAt: Date, tz: string): ScheduledTask {
  const bounds = task.schedules
    .filter((schedule) => schedule.enabled)
    .map((schedule) => bindSchedule(schedule, { jobId: task.id, startedAt, tz }));
  return { task, bounds };
}

export function definitionOf(task: Task, tz: string): JobDefinition {
  return {
    id: task.id,
    name: task.name,
    description: task.description,
    target: task.steps.map((step) => formatTarget(step.target)).join('; '),
    schedules: task.schedules.map((schedule) => schedule.text),
    tz,
    enabled: task.enabled,
  };
}
