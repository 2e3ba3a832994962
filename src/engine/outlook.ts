/** What an engine says of what is to come. */
import type { ScheduledTask } from './agenda.js';
import type { Engine } from './engine.js';
import type { EngineState } from './engine-state.js';

/** The jobs that can be due, and when they are next. */
export function jobsToCome(state: EngineState): ReturnType<Engine['jobs']> {
  return [...(state.agenda?.jobs() ?? [])].map((job) => ({ job, nextAt: nextAtOf(state, job) }));
}

/** What is due next; undefined when nothing is to come. */
export function nextToCome(state: EngineState): ReturnType<Engine['next']> {
  const { agenda, sieve } = state;
  const at = agenda?.nextAt();
  if (agenda === undefined || at === undefined) return undefined;
  const instant = new Date(at);
  const jobs = agenda.nextJobs();
  const isFree = jobs.some((job) => !sieve.withholds(job, instant));
  if (!isFree) return soonest([...agenda.jobs()].map((job) => ({ job, at: nextAtOf(state, job) })));
  return { at: instant, jobs: jobs.filter((job) => !sieve.withholds(job, instant)) };
}

function nextAtOf({ agenda, sieve }: EngineState, job: ScheduledTask): Date | undefined {
  return sieve.firstFrom(job, agenda?.nextAtOf(job.task.id));
}

function soonest(
  all: readonly { readonly job: ScheduledTask; readonly at: Date | undefined }[],
): ReturnType<Engine['next']> {
  const firstMs = all.reduce((least, { at }) => Math.min(least, at?.getTime() ?? Infinity), Infinity);
  if (firstMs === Infinity) return undefined;
  return {
    at: new Date(firstMs),
    jobs: all.filter(({ at }) => at?.getTime() === firstMs).map(({ job }) => job),
  };
}
