/** A job in the agenda: up to where it is handled, and when it is next. */
import type { BoundSchedule } from '../model/schedule.js';
import { nextOf } from '../model/schedule-bound.js';
import { isStartRelative } from '../model/schedule-class.js';
import type { Task } from '../model/task.js';
import type { ScheduledTask } from './agenda.js';
import { earlier } from './backlog.js';
import type { Heap } from './heap.js';
import type { JobIndex } from './job-index.js';

export type Entry = {
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

/** What the agenda consists of. */
export type AgendaState = {
  readonly heap: Heap<Entry>;
  readonly entries: Map<string, Entry>;
  /** By the ids of tasks: the end of a run must not look through all jobs. */
  readonly byTask: JobIndex;
  readonly followers: JobIndex;
};

/** Add a job whose instants up to `handled` were handled before. */
export function addJob(agenda: AgendaState, given: ScheduledTask, handled: Date): void {
  const isShifting = given.bounds.some(({ schedule }) => isStartRelative(schedule));
  const shift = isShifting ? { byMs: 0, floor: Number.NEGATIVE_INFINITY } : undefined;
  const job = shift === undefined ? given : new ShiftedTask(given, shift);
  const entry: Entry = { job, shift, handled, next: undefined, armed: undefined };
  agenda.entries.set(job.task.id, entry);
  agenda.byTask.add(job);
  agenda.followers.add(job);
  schedule(agenda, entry);
}

/** Look anew when it is next. */
export function schedule({ heap }: AgendaState, entry: Entry): void {
  const planned = nextOf(entry.job.bounds, entry.handled)?.getTime();
  entry.next = earlier(planned, entry.armed);
  if (entry.next !== undefined) heap.push(entry.next, entry);
}

/** What was put in before an entry got another next instant, or was removed, stays behind. */
export function dropStale({ heap }: AgendaState): void {
  for (let top = heap.peek(); top && top.next !== heap.peekKey(); top = heap.peek()) heap.pop();
}

/** How long the job waits after each run; undefined when no schedule of it does. */
export function delayOf(bounds: readonly BoundSchedule[]): number | undefined {
  const delays = bounds.flatMap((bound) => bound.delayMs ?? []);
  return delays.length === 0 ? undefined : Math.min(...delays);
}

/** The same job, with those of its schedules that count from the start moved along with the wall clock. */
class ShiftedTask implements ScheduledTask {
  readonly task: Task;
  private readonly job: ScheduledTask;
  private readonly shift: Shift;

  constructor(job: ScheduledTask, shift: Shift) {
    this.task = job.task;
    this.job = job;
    this.shift = shift;
  }

  /** Made when they are asked for, as those of the job: kept, they would weigh as much as all else of it. */
  get bounds(): readonly BoundSchedule[] {
    return this.job.bounds.map((bound) =>
      isStartRelative(bound.schedule) ? shifted(bound, this.shift) : bound,
    );
  }
}

/** Looks at the shift whenever it is asked: who has it may keep it while the clock is set. */
function shifted(bound: BoundSchedule, shift: Shift): BoundSchedule {
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
}
