/** Templates of one run: evaluated in what its task, its schedule and its steps say. Loaded for tasks that have any. */
import { resolve } from 'node:path';
import { SupertaskError } from '../errors.js';
import type { Outcome } from '../model/run.js';
import type { Step } from '../model/task.js';
import type { Slot } from '../model/template.js';
import { NotYet, type RunFacts, runScope, type StepFacts } from '../model/template-scope.js';
import { evaluateIn, type FilledStep, fillStep, testCondition } from '../model/template-step.js';

/** What a task is put together with, once for each run; what is asked of it twice is answered alike. */
export type Filling = {
  /** Evaluate all that does not depend on steps, so that nothing runs in vain. */
  check(): Outcome | undefined;
  /** @param steps - Those that have run. */
  fill(step: Step, steps: StepFacts): FilledStep | Outcome;
  /** Whether a step is to be run. */
  test(step: Step, steps: StepFacts, hasFailed: boolean): boolean | Outcome;
};

/** @param cwd - Absolute; what a relative directory counts from. */
export function createFilling(facts: RunFacts, cwd: string): Filling {
  const { task } = facts;
  return {
    check: () =>
      attempt(() => {
        for (const step of task.steps) {
          if (step.when !== false) fillStep(task, step, leavingSteps(evaluateIn(runScope(facts, step))));
        }
        return undefined;
      }),
    fill: (step, steps) =>
      attempt(() => {
        const filled = fillStep(task, step, evaluateIn(runScope(facts, step, steps)));
        return filled.cwd === undefined ? filled : { ...filled, cwd: resolve(cwd, filled.cwd) };
      }),
    test: ({ when, ...step }, steps, hasFailed) =>
      attempt(() => {
        if (typeof when !== 'string') return when && !hasFailed;
        const isAsked = /\b(?:success|failure|always)\s*\(/.test(when);
        if (hasFailed && !isAsked) return false;
        return testCondition(when, runScope(facts, step, steps, hasFailed));
      }),
  };
}

/** What a step will say is not known yet, and so not wrong yet. */
function leavingSteps(evaluate: (slot: Slot) => string): (slot: Slot) => string {
  return (slot) => {
    try {
      return evaluate(slot);
    } catch (error) {
      if (error instanceof NotYet) return '';
      throw error;
    }
  };
}

function attempt<T>(act: () => T): T | Outcome {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return { status: 'errored', reason: 'template', message: error.message };
  }
}
