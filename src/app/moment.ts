/** What a simulation tells: moments, made from the events of the engine. */
import type { Event } from '../model/event.js';
import type { JsonRecord } from '../model/record.js';
import type { Reason, Run, Trigger } from '../model/run.js';

export type Moment =
  /** A run starts. */
  | {
      readonly what: 'fired';
      readonly at: Date;
      readonly job: string;
      readonly dueAt: Date;
      readonly trigger: Trigger;
      /** It was due while an earlier run of the job was going: beside it, after waiting for it, or in its place. */
      readonly overlaps: boolean;
    }
  /** A run ends otherwise than by itself. */
  | {
      readonly what: 'stopped' | 'timed-out';
      readonly at: Date;
      readonly job: string;
      readonly dueAt: Date;
    }
  | {
      readonly what: 'skipped';
      readonly at: Date;
      readonly job: string;
      readonly dueAt: Date;
      readonly reason: Reason | undefined;
      /** When the run in the way was started. */
      readonly since: Date | undefined;
    }
  | {
      readonly what: 'missed';
      readonly at: Date;
      readonly job: string;
      readonly reason: Reason | undefined;
      readonly count: number;
      readonly firstAt: Date;
      readonly lastAt: Date;
    }
  /** The scheduler stops, and starts again. */
  | { readonly what: 'down' | 'up'; readonly at: Date };

type JobState = {
  /** Start instants of the runs that are going, by run id, oldest first. */
  readonly live: Map<string, Date>;
  lastEnd: { readonly atMs: number; readonly wasStopped: boolean };
};

/** @returns A function that says which moment an event is, if it is one. Events must come in their order. */
export function createMomentReader(): (event: Event) => Moment | undefined {
  const states = new Map<string, JobState>();
  const stateOf = (job: string): JobState => {
    const known = states.get(job);
    if (known) return known;
    const state = { live: new Map(), lastEnd: { atMs: Number.NEGATIVE_INFINITY, wasStopped: false } };
    states.set(job, state);
    return state;
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        return started(event.at, event.run, stateOf(event.run.job));
      case 'run-finished':
        return finished(event.at, event.run, stateOf(event.run.job));
      case 'run-skipped': {
        const { job, scheduledAt: dueAt, reason } = event.run;
        const [since] = stateOf(job).live.values();
        return { what: 'skipped', at: event.at, job, dueAt, reason, since };
      }
      case 'run-missed': {
        const {
          job,
          reason,
          scheduledAt,
          count = 1,
          firstAt = scheduledAt,
          lastAt = scheduledAt,
        } = event.run;
        return { what: 'missed', at: event.at, job, reason, count, firstAt, lastAt };
      }
      default:
        return undefined;
    }
  };
}

/** As JSON for programs; the names are a contract. */
export function momentRecord(moment: Moment): JsonRecord {
  const at = moment.at.toISOString();
  switch (moment.what) {
    case 'fired': {
      const { what, job, dueAt, trigger, overlaps } = moment;
      const due = dueAt.getTime() === moment.at.getTime() ? at : dueAt.toISOString();
      return { at, what, job, dueAt: due, lateMs: lateness(moment), trigger, overlaps };
    }
    case 'stopped':
    case 'timed-out':
      return { at, what: moment.what, job: moment.job, dueAt: moment.dueAt.toISOString() };
    case 'skipped': {
      const { what, job, dueAt, reason = null, since } = moment;
      return { at, what, job, dueAt: dueAt.toISOString(), reason, since: since?.toISOString() ?? null };
    }
    case 'missed': {
      const { what, job, reason = null, count, firstAt, lastAt } = moment;
      return {
        at,
        what,
        job,
        reason,
        count,
        firstAt: firstAt.toISOString(),
        lastAt: lastAt.toISOString(),
      };
    }
    default:
      return { at, what: moment.what };
  }
}

/** How much later than due a run starts, in ms. */
export function lateness(moment: { readonly at: Date; readonly dueAt: Date }): number {
  return Math.max(0, moment.at.getTime() - moment.dueAt.getTime());
}

function started(at: Date, run: Run, state: JobState): Moment {
  const { job, scheduledAt: dueAt, trigger } = run;
  const overlaps = state.live.size > 0 || (trigger === 'schedule' && wasGoing(state, dueAt));
  state.live.set(run.id, at);
  return { what: 'fired', at, job, dueAt, trigger, overlaps };
}

function finished(at: Date, run: Run, state: JobState): Moment | undefined {
  state.live.delete(run.id);
  const wasStopped = run.reason === 'stopped';
  state.lastEnd = { atMs: at.getTime(), wasStopped };
  const { job, scheduledAt: dueAt } = run;
  if (wasStopped) return { what: 'stopped', at, job, dueAt };
  return run.reason === 'timeout' ? { what: 'timed-out', at, job, dueAt } : undefined;
}

/** Whether the run before was going when this one was due; one that was stopped for it ended at that very instant. */
function wasGoing({ lastEnd }: JobState, dueAt: Date): boolean {
  const sinceMs = lastEnd.atMs - dueAt.getTime();
  return sinceMs > 0 || (sinceMs === 0 && lastEnd.wasStopped);
}
