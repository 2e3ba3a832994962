/** Runs that are made ready before their instant. */
import type { Preparation, Prepared } from '../executor/executor.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { FiringState } from './firing-state.js';
import { isBusy } from './place.js';
import type { RunParts } from './run-parts.js';
import { environmentOf, fillingFor, plainStep, type StepSubject } from './step-request.js';

/** Get the run of a job ready that is due at an instant to come, where that can be done. */
export function prepare(state: FiringState, job: ScheduledTask, dueAt: Date): void {
  const { claims, live, parts, prepared, runParts, turns } = state;
  const mayOverlap = job.task.policy.overlap === 'parallel';
  const isFull = live.size + state.claiming + prepared.size >= parts.plan.maxRunning || turns.isCrowded;
  if (state.closed !== undefined || isFull || (!mayOverlap && isBusy(turns.of(job)))) return;
  const run = claims.foresee({ job, dueAt, trigger: 'schedule', attempt: 1, isCatchUp: false });
  const ready = run && !prepared.has(run.id) ? prepareRun(runParts, job, run) : undefined;
  if (run !== undefined && ready !== undefined) prepared.set(run.id, ready);
}

/** Send away what was made ready and is not needed. */
export function dismissAll({ prepared }: FiringState): void {
  for (const each of prepared.values()) each.discard();
  prepared.clear();
}

/** Get the first process of a run ready; undefined where that cannot be done. */
function prepareRun(parts: RunParts, job: ScheduledTask, run: Run): Prepared | undefined {
  const { task } = job;
  const step = task.steps.find(({ when }) => when !== false);
  if (step?.when !== true) return undefined;
  const filled = task.hasTemplates
    ? fillingFor(parts, job, run)?.fill(step, new Map())
    : plainStep(task, step);
  // What cannot be put together is told when the run begins.
  if (filled === undefined || 'status' in filled) return undefined;
  const namedOutput = parts.writer.namedOutput(run.id);
  return parts.executor.prepare?.(preparationOf({ parts, task, run, step, filled, namedOutput }));
}

function preparationOf(subject: StepSubject): Preparation {
  const { filled, parts, run } = subject;
  return {
    runId: run.id,
    target: filled.target,
    env: environmentOf(subject),
    cwd: filled.cwd ?? parts.cwd,
  };
}
