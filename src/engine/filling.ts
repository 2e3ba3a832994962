/** Templates of one run: evaluated in what its task, its schedule and its steps say. Loaded for tasks that have any. */
import { resolve } from 'node:path';
import { SupertaskError } from '../errors.js';
import type { Args } from '../model/param.js';
import type { Outcome } from '../model/run.js';
import type { Step } from '../model/task.js';
import { mapTexts, type Slot } from '../model/template.js';
import { fillText } from '../model/template-evaluate.js';
import { NotYet, type RunFacts, runScope, type StepFacts } from '../model/template-scope.js';
import { evaluateIn, type FilledStep, fillStep, testCondition } from '../model/template-step.js';
import { EVENT_VARIABLE, isBad, parseEvent } from '../model/uses/event.js';

/** What a task is put together with, once for each run; what is asked of it twice is answered alike. */
export type Filling = {
  /** Evaluate all that does not depend on steps, so that nothing runs in vain. */
  check(): Outcome | undefined;
  /** @param steps - Those that have run. */
  fill(step: Step, steps: StepFacts): FilledStep | Outcome;
  /** Whether a step is to be run. */
  test(step: Step, steps: StepFacts, hasFailed: boolean): boolean | Outcome;
};

/**
 * @param cwd - Absolute; what a relative directory counts from.
 * @param told - What an action is told about the run that it reports.
 */
export function createFilling(
  known: RunFacts,
  cwd: string,
  told: Readonly<Record<string, string>> = {},
): Filling {
  const event = parseEvent(told[EVENT_VARIABLE] ?? '');
  const facts = event === undefined ? known : { ...known, event };
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
        return testCondition(when, runScope(facts, step, steps, hasFailed || isReportedBad(facts)));
      }),
  };
}

/** @throws {SupertaskError} `TEMPLATE_INVALID` */
export function fillArgs(facts: RunFacts, args: Args): Args {
  const scope = runScope(facts, { env: {} });
  return mapTexts(args, (text) => fillText(text, scope));
}

/** In an action, `failure()` asks about the run that is reported. */
function isReportedBad({ event }: RunFacts): boolean {
  return event !== undefined && isBad(event);
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
