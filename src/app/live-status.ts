/** What a scheduler of this process is doing, for whoever asks. */
import type { Engine } from '../engine/engine.js';
import type { Event } from '../model/event.js';
import type { Status, Tally } from '../model/status-text.js';
import type { Reporter } from '../reporter/reporter.js';

/** A reporter that counts what it passes on. */
export function createTally(inner: Reporter): Reporter & { readonly tally: () => Tally } {
  const counts = { succeeded: 0, failed: 0, skipped: 0, missed: 0 };
  return {
    report(event) {
      count(counts, event);
      return inner.report(event);
    },
    tally: () => ({ ...counts }),
  };
}

function count(counts: { -readonly [Key in keyof Tally]: number }, event: Event): void {
  if (event.type === 'run-finished') counts[event.run.status === 'succeeded' ? 'succeeded' : 'failed']++;
  if (event.type === 'run-skipped') counts.skipped += event.run.count ?? 1;
  if (event.type === 'run-missed') counts.missed += event.run.count ?? 1;
}

export function statusOf(engine: Engine, tally: Tally): Status {
  const next = engine.next();
  return {
    now: new Date(),
    next: next && { at: next.at, jobs: next.jobs.map(({ task }) => task.id) },
    running: engine.live().map((live) => ({
      job: live.run.job,
      run: live.run.id,
      startedAt: live.run.startedAt ?? live.run.scheduledAt,
      pid: live.process()?.pid,
    })),
    tally,
  };
}

/** Run every job now, beside its schedule, because somebody asked. */
export function runAllNow(engine: Engine, by: string, told: (message: string) => void): void {
  for (const { job } of engine.jobs()) {
    engine.trigger({ job, trigger: 'manual', detail: { by } }).then(
      (answer) => answer.kind === 'refused' && told(`${job.task.id}: ${answer.message}`),
      (error: unknown) => told(`${job.task.id}: ${String(error)}`),
    );
  }
}
