/** Which job is due when: one heap for all jobs. Knows instants only; the engine turns them into runs. */
import type { BoundSchedule } from '../model/schedule.js';
import type { Task } from '../model/task.js';
import { arm, raise, rearm, replaceAll, shiftStarts } from './agenda-change.js';
import { type AgendaState, addJob, dropStale, type Entry, schedule } from './agenda-entry.js';
import { backlogOf } from './backlog.js';
import { createHeap, type Heap } from './heap.js';
import { createJobIndex } from './job-index.js';
import type { Backlog } from './missed.js';

/** A task and its schedules, ready to calculate. */
export type ScheduledTask = {
  readonly task: Task;
  readonly bounds: readonly BoundSchedule[];
  /** Of an action: the job that it is about. */
  readonly about?: ScheduledTask;
};

export type DueJob = { readonly job: ScheduledTask; readonly backlog: Backlog };

export type Agenda = {
  /** The next instant of any job, in ms; undefined when nothing is to come. */
  nextAt(): number | undefined;
  /** The jobs that are due at the next instant. */
  nextJobs(): readonly ScheduledTask[];
  nextAtOf(jobId: string): Date | undefined;
  /** Take all jobs that have instants up to `now`; they count as handled from here on. */
  takeDue(now: Date): readonly DueJob[];
  /** Put a job back: its instants after `handledUntil` are due again. */
  rearm(jobId: string, handledUntil: Date): void;
  /** Make a job due at an instant beside its schedules. */
  arm(jobId: string, at: Date): void;
  /** The wall clock was set: what counts from the scheduler's start, or from a run's end, goes with it. */
  shiftStarts(byMs: number): void;
  /** Instants up to `at` count as handled. */
  raise(at: Date): void;
  jobs(): Iterable<ScheduledTask>;
  jobOf(jobId: string): ScheduledTask | undefined;
  /** The jobs of a task: several where it is due with several sets of arguments. */
  jobsOf(taskId: string): readonly ScheduledTask[];
  /** Jobs without a schedule of their own that come after a task. */
  followersOf(taskId: string): readonly ScheduledTask[];
  /** Put another set of jobs in its place; those whose task has changed, or is new, are due after `handledUntil`. */
  replace(jobs: readonly ScheduledTask[], handledUntil: Date): void;
};

/** @param after - Per job: instants up to this one were handled before. */
export function createAgenda(jobs: readonly ScheduledTask[], after: (job: ScheduledTask) => Date): Agenda {
  const heap: Heap<Entry> = createHeap();
  const entries = new Map<string, Entry>();
  const byTask = createJobIndex(({ task: { id, taskId } }) =>
    taskId === undefined || taskId === id ? [] : [taskId],
  );
  const followers = createJobIndex(({ task: { gate, schedules } }) =>
    schedules.length > 0 || gate === undefined ? [] : gate.after.map(({ task }) => task),
  );

  const state: AgendaState = { heap, entries, byTask, followers };
  for (const job of jobs) addJob(state, job, after(job));

  const takeOne = (entry: Entry, now: Date): DueJob => {
    const { armed, handled } = entry;
    const first = entry.next ?? now.getTime();
    entry.handled = now;
    if (armed !== undefined && armed <= now.getTime()) entry.armed = undefined;
    schedule(state, entry);
    return { job: entry.job, backlog: backlogOf(entry.job.bounds, handled.getTime(), first, now, armed) };
  };

  return {
    nextAt() {
      dropStale(state);
      return heap.peekKey();
    },
    nextJobs() {
      dropStale(state);
      const at = heap.peekKey();
      return [...new Set(heap.peekAll())].flatMap((entry) => (entry.next === at ? [entry.job] : []));
    },
    nextAtOf(jobId) {
      const next = entries.get(jobId)?.next;
      return next === undefined ? undefined : new Date(next);
    },
    takeDue(now) {
      // Each once, whatever it says is next: an agenda that found no end would stop everything.
      const taken = new Set<Entry>();
      for (;;) {
        dropStale(state);
        const key = heap.peekKey();
        if (key === undefined || key > now.getTime()) break;
        const entry = heap.pop();
        if (entry) taken.add(entry);
      }
      return Array.from(taken, (entry) => takeOne(entry, now));
    },
    rearm: (jobId, handledUntil) => rearm(state, jobId, handledUntil),
    arm: (jobId, at) => arm(state, jobId, at.getTime()),
    shiftStarts: (byMs) => shiftStarts(state, byMs),
    raise: (at) => raise(state, at),
    *jobs() {
      for (const entry of entries.values()) yield entry.job;
    },
    jobOf: (jobId) => entries.get(jobId)?.job,
    jobsOf(taskId) {
      const own = entries.get(taskId)?.job;
      const isOwn = own !== undefined && (own.task.taskId ?? taskId) === taskId;
      return isOwn ? [own, ...byTask.of(taskId)] : byTask.of(taskId);
    },
    followersOf: followers.of,
    replace: (next, handledUntil) => replaceAll(state, next, handledUntil),
  };
}
