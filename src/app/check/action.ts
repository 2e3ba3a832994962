/** Actions as checks look at them: steps of their own, with the run that they will report. */
import type { Part } from '../../formats/place.js';
import type { Action } from '../../model/action.js';
import type { Step, Task } from '../../model/task.js';
import { NotYet } from '../../model/template-scope.js';
import type { RunEvent } from '../../model/uses/event.js';
import { hostName } from '../../store/file/host.js';

export type ActionStep = {
  readonly action: Action;
  readonly step: Step;
  /** The way to it below its task. */
  readonly path: readonly Part[];
};

/** What actions of a task run beside other tasks. */
export function actionSteps({ actions = [] }: Task): readonly ActionStep[] {
  return placedActions(actions).flatMap(({ action, path }) =>
    action.does.kind === 'step' ? [{ action, path, step: action.does.step }] : [],
  );
}

/** Actions with the way to each. */
export function placedActions(
  actions: readonly Action[],
): readonly { readonly action: Action; readonly path: readonly Part[] }[] {
  const count = new Map<string, number>();
  const outcomeOf = ({ outcomes }: Action): string => outcomes[0] ?? '';
  for (const action of actions) count.set(outcomeOf(action), (count.get(outcomeOf(action)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return actions.map((action) => {
    const outcome = outcomeOf(action);
    const index = seen.get(outcome) ?? 0;
    seen.set(outcome, index + 1);
    return { action, path: ['on', outcome, { index, of: count.get(outcome) ?? 1 }] };
  });
}

/** A run of a job that failed, of which everything is known that can be; asked for what it named, it throws `NotYet`. */
export function sampleEvent(job: Task, at: Date): RunEvent {
  const now = at.toISOString();
  return {
    namespace: 'check',
    job: job.id,
    runId: '00000000-0000-7000-8000-000000000000',
    status: 'failed',
    exitCode: 1,
    attempt: 1,
    trigger: 'schedule',
    scheduledAt: now,
    startedAt: now,
    endedAt: now,
    durationMs: 0,
    host: hostName(),
    get outputs(): never {
      throw new NotYet();
    },
  };
}
