/** Which job is due when: one heap for all jobs. Knows instants only; the engine turns them into runs. */
import type { BoundSchedule } from '../model/schedule.js';
import { nextOf } from '../model/schedule-bound.js';
import { isStartRelative } from '../model/schedule-class.js';
import type { Task } from '../model/task.js';
import { isSameTask } from '../model/timetable-change.js';
import { createHeap, type Heap } from './heap.js';
import { createJobIndex } from './job-index.js';
import type { Backlog } from './missed.js';

/** A task and its schedules, ready to calculate. */
export type ScheduledTask = {
  readonly task: Task;
  readonly bounds: readonly BoundSchedule[];
  /** Of an action: the schedules of the job that it is about. */
  readonly about?: readonly BoundSchedule[];
};

export type DueJob = { readonly job: ScheduledTask; readonly backlog: Backlog };

type Entry = {
  readonly job: ScheduledTask;
  /** Of schedules that count from the scheduler's start; undefined when the job has none. */
  readonly shift: Shift | undefined;
  /** Everything up to and including this instant has been handled. */
  handled: Date;
  /** The next due instant; undefined: none. */
  next: number | undefined;
  /** Due after the run that is going has ended (`every … after finish`). */
  armed: number | undefined;
};

/** How far the wall clock was set since the start, and up to where instants were handled before that. */
type Shift = { byMs: number; floor: number };

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
  // By the ids of tasks: the end of a run must not look through all jobs.
  const byTask = createJobIndex(({ task: { id, taskId } }) =>
    taskId === undefined || taskId === id ? [] : [taskId],
  );
  const followers = createJobIndex(({ task: { gate, schedules } }) =>
    schedules.length > 0 || gate === undefined ? [] : gate.after.map(({ task }) => task),
  );

  const schedule = (entry: Entry): void => {
    const planned = nextOf(entry.job.bounds, entry.handled)?.getTime();
    entry.next = earlier(planned, entry.armed);
    if (entry.next !== undefined) heap.push(entry.next, entry);
  };

  const add = (given: ScheduledTask, handled: Date): void => {
    const isShifting = given.bounds.some(({ schedule }) => isStartRelative(schedule));
    const shift = isShifting ? { byMs: 0, floor: Number.NEGATIVE_INFINITY } : undefined;
    const job = shift === undefined ? given : withShift(given, shift);
    const entry: Entry = { job, shift, handled, next: undefined, armed: undefined };
    entries.set(job.task.id, entry);
    byTask.add(job);
    followers.add(job);
    schedule(entry);
  };
  for (const job of jobs) add(job, after(job));

  const remove = (entry: Entry): void => {
    entry.next = undefined;
    entries.delete(entry.job.task.id);
    byTask.remove(entry.job);
    followers.remove(entry.job);
  };

  const arm = (jobId: string, atMs: number): void => {
    const entry = entries.get(jobId);
    if (!entry) return;
    entry.armed = atMs;
    schedule(entry);
  };

  const takeOne = (entry: Entry, now: Date): DueJob => {
    const { armed, handled } = entry;
    const first = entry.next ?? now.getTime();
    entry.handled = now;
    if (armed !== undefined && armed <= now.getTime()) entry.armed = undefined;
    schedule(entry);
    return { job: entry.job, backlog: backlogOf(entry.job.bounds, handled.getTime(), first, now, armed) };
  };

  return {
    nextAt() {
      dropStale(heap);
      return heap.peekKey();
    },
    nextJobs() {
      dropStale(heap);
      const at = heap.peekKey();
      return [...new Set(heap.peekAll())].flatMap((entry) => (entry.next === at ? [entry.job] : []));
    },
    nextAtOf(jobId) {
      const next = entries.get(jobId)?.next;
      return next === undefined ? undefined : new Date(next);
    },
    takeDue(now) {
      const due: DueJob[] = [];
      for (;;) {
        dropStale(heap);
        const key = heap.peekKey();
        if (key === undefined || key > now.getTime()) return due;
        const entry = heap.pop();
        if (entry) due.push(takeOne(entry, now));
      }
    },
    rearm(jobId, handledUntil) {
      const entry = entries.get(jobId);
      if (!entry) return;
      entry.handled = handledUntil;
      schedule(entry);
    },
    arm: (jobId, at) => arm(jobId, at.getTime()),
    shiftStarts(byMs) {
      for (const entry of entries.values()) {
        const { shift } = entry;
        if (shift === undefined && entry.armed === undefined) continue;
        if (shift !== undefined) {
          shift.floor = Math.max(shift.floor, entry.handled.getTime()) + byMs;
          shift.byMs += byMs;
        }
        if (entry.armed !== undefined) entry.armed += byMs;
        schedule(entry);
      }
    },
    raise(at) {
      for (const entry of entries.values()) {
        const isFromStart = entry.job.bounds.every((bound) => isStartRelative(bound.schedule));
        if (isFromStart || entry.handled >= at) continue;
        entry.handled = at;
        schedule(entry);
      }
    },
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
    replace(jobs, handledUntil) {
      const gone = new Map(entries);
      const year = handledUntil.getUTCFullYear();
      for (const job of jobs) {
        const known = entries.get(job.task.id);
        gone.delete(job.task.id);
        if (known !== undefined && isSameTask(known.job.task, job.task, year)) continue;
        if (known !== undefined) remove(known);
        add(job, known !== undefined && known.handled > handledUntil ? known.handled : handledUntil);
        const armed = known && armedAnew(known, job);
        if (armed !== undefined) arm(job.task.id, armed);
      }
      for (const entry of gone.values()) remove(entry);
    },
  };
}

/** When a job is due that waits for a while after its last run, if it is to wait for another while. */
function armedAnew({ armed, job: { bounds } }: Entry, job: ScheduledTask): number | undefined {
  const before = delayOf(bounds);
  const after = delayOf(job.bounds);
  if (armed === undefined || before === undefined || after === undefined) return undefined;
  return armed - before + after;
}

/** How long the job waits after each run; undefined when no schedule of it does. */
export function delayOf(bounds: readonly BoundSchedule[]): number | undefined {
  const delays = bounds.flatMap((bound) => bound.delayMs ?? []);
  return delays.length === 0 ? undefined : Math.min(...delays);
}

/** The same job, with those of its schedules that count from the start moved along with the wall clock. */
function withShift(job: ScheduledTask, shift: Shift): ScheduledTask {
  const bounds = job.bounds.map((bound): BoundSchedule => {
    if (!isStartRelative(bound.schedule)) return bound;
    const move = (at: Date | undefined): Date | undefined => at && new Date(at.getTime() + shift.byMs);
    const back = (at: Date): Date => new Date(Math.max(at.getTime(), shift.floor) - shift.byMs);
    return {
      schedule: bound.schedule,
      tz: bound.tz,
      delayMs: bound.delayMs,
      next: (after) => move(bound.next(back(after))),
      previous(before) {
        const at = move(bound.previous(new Date(before.getTime() - shift.byMs)));
        return at !== undefined && at.getTime() > shift.floor ? at : undefined;
      },
      count: (after, until) => bound.count(back(after), new Date(until.getTime() - shift.byMs)),
      stopAt: (dueAt) => bound.stopAt?.(dueAt),
    };
  });
  return { task: job.task, bounds };
}

/** What was put in before an entry got another next instant, or was removed, stays behind. */
function dropStale(heap: Heap<Entry>): void {
  for (let top = heap.peek(); top && top.next !== heap.peekKey(); top = heap.peek()) heap.pop();
}

function backlogOf(
  bounds: readonly BoundSchedule[],
  handled: number,
  first: number,
  now: Date,
  armed: number | undefined,
): Backlog {
  const upTo = new Date(now.getTime() + 1);
  const previous = (before: Date): Date | undefined => {
    const planned = previousOf(bounds, before);
    const own = armed !== undefined && armed < before.getTime() ? new Date(armed) : undefined;
    const newest = later(planned, own);
    return newest !== undefined && newest.getTime() > handled ? newest : undefined;
  };
  // What was taken at its very instant is the only one.
  const newest = (first === now.getTime() ? undefined : previous(upTo)) ?? new Date(first);
  const single = newest.getTime() === first;
  return {
    first: new Date(first),
    newest,
    count: single ? 1 : countOf(bounds, new Date(handled), now, previous, armed),
    previous,
    within(after, until) {
      const own =
        armed !== undefined && armed > after.getTime() && armed <= until.getTime() ? armed : undefined;
      const next = earlier(nextOf(bounds, after)?.getTime(), own);
      if (next === undefined || next > until.getTime()) return undefined;
      return backlogOf(bounds, after.getTime(), next, until, own);
    },
  };
}

/** Instants of several schedules that coincide are one occurrence; telling them apart is bounded work. */
const EXACT_COUNT = 10_000;

function countOf(
  bounds: readonly BoundSchedule[],
  after: Date,
  until: Date,
  previous: (before: Date) => Date | undefined,
  armed: number | undefined,
): number {
  const sum = bounds.reduce((total, bound) => total + bound.count(after, until), armed === undefined ? 0 : 1);
  if (bounds.length === 1 || sum > EXACT_COUNT) return sum;
  let count = 0;
  for (let at = previous(new Date(until.getTime() + 1)); at !== undefined; at = previous(at)) count++;
  return count;
}

function previousOf(bounds: readonly BoundSchedule[], before: Date): Date | undefined {
  let last: Date | undefined;
  for (const bound of bounds) last = later(last, bound.previous(before));
  return last;
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
