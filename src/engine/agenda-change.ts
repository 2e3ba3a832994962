/** What moves jobs in the agenda beside the time that passes: other jobs, a set clock, a claim that could not be made. */
import { isStartRelative } from '../model/schedule-class.js';
import { isSameTask } from '../model/timetable-change.js';
import type { ScheduledTask } from './agenda.js';
import { type AgendaState, addJob, delayOf, type Entry, schedule } from './agenda-entry.js';

/** Put a job back: its instants after `handledUntil` are due again. */
export function rearm(agenda: AgendaState, jobId: string, handledUntil: Date): void {
  const entry = agenda.entries.get(jobId);
  if (!entry) return;
  entry.handled = handledUntil;
  schedule(agenda, entry);
}

/** Make a job due at an instant beside its schedules. */
export function arm(agenda: AgendaState, jobId: string, atMs: number): void {
  const entry = agenda.entries.get(jobId);
  if (!entry) return;
  entry.armed = atMs;
  schedule(agenda, entry);
}

/** The wall clock was set: what counts from the scheduler's start, or from a run's end, goes with it. */
export function shiftStarts(agenda: AgendaState, byMs: number): void {
  for (const entry of agenda.entries.values()) {
    const { shift } = entry;
    if (shift === undefined && entry.armed === undefined) continue;
    if (shift !== undefined) {
      shift.floor = Math.max(shift.floor, entry.handled.getTime()) + byMs;
      shift.byMs += byMs;
    }
    if (entry.armed !== undefined) entry.armed += byMs;
    schedule(agenda, entry);
  }
}

/** Instants up to `at` count as handled. */
export function raise(agenda: AgendaState, at: Date): void {
  for (const entry of agenda.entries.values()) {
    const isFromStart = entry.job.bounds.every((bound) => isStartRelative(bound.schedule));
    if (isFromStart || entry.handled >= at) continue;
    entry.handled = at;
    schedule(agenda, entry);
  }
}

/** Put another set of jobs in its place; those whose task has changed, or is new, are due after `handledUntil`. */
export function replaceAll(agenda: AgendaState, jobs: readonly ScheduledTask[], handledUntil: Date): void {
  const { entries } = agenda;
  const gone = new Map(entries);
  const year = handledUntil.getUTCFullYear();
  for (const job of jobs) {
    const known = entries.get(job.task.id);
    gone.delete(job.task.id);
    if (known !== undefined && isSameTask(known.job.task, job.task, year)) continue;
    if (known !== undefined) remove(agenda, known);
    addJob(agenda, job, known !== undefined && known.handled > handledUntil ? known.handled : handledUntil);
    const armed = known && armedAnew(known, job);
    if (armed !== undefined) arm(agenda, job.task.id, armed);
  }
  for (const entry of gone.values()) remove(agenda, entry);
}

function remove({ byTask, entries, followers }: AgendaState, entry: Entry): void {
  entry.next = undefined;
  entries.delete(entry.job.task.id);
  byTask.remove(entry.job);
  followers.remove(entry.job);
}

/** When a job is due that waits for a while after its last run, if it is to wait for another while. */
function armedAnew({ armed, job: { bounds } }: Entry, job: ScheduledTask): number | undefined {
  const before = delayOf(bounds);
  const after = delayOf(job.bounds);
  if (armed === undefined || before === undefined || after === undefined) return undefined;
  return armed - before + after;
}
