/** What a check may look at. */
import { inheritedBy } from '../../engine/inherit.js';
import type { Part, Places } from '../../formats/place.js';
import type { Step, Task } from '../../model/task.js';
import { actionSteps } from './action.js';
import type { Finding } from './finding.js';
import { fillKnown, jobsOf } from './job.js';
import type { Machine } from './machine.js';

export type CheckContext = {
  /** Only those that are enabled; parts that could not be read are missing from them. */
  readonly tasks: readonly Task[];
  readonly places: Places;
  /** Where tasks run that name no directory, absolute. */
  readonly directory: string;
  /** IANA zone of schedules that name none. */
  readonly tz: string;
  /** Stands for the start of the scheduler. */
  readonly now: Date;
  /** What tasks inherit. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
};

/** One thing that is looked for. Never throws for what a user can do wrong: that is a finding. */
export type Check = (context: CheckContext) => readonly Finding[] | Promise<readonly Finding[]>;

/** A step that will be run, and what it runs in; templates in it are evaluated as far as they can be known. */
export type Work = {
  /** As it is defined. */
  readonly task: Task;
  readonly step: Step;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the step stands, or a part of it. */
  readonly place: (...path: readonly string[]) => ReturnType<Places['task']>;
};

/** The steps of all jobs and actions, without those that are passed over. */
export function worksOf(context: CheckContext): readonly Work[] {
  return context.tasks.flatMap((task) => {
    const actions = actionSteps(task);
    const hasTemplates = task.hasTemplates || actions.some(({ action }) => action.hasTemplates);
    const jobs = hasTemplates ? jobsOf(task) : [];
    // Without arguments that can be known, what has no template can be looked at all the same.
    return (jobs.length === 0 ? [task] : jobs).flatMap((job) => [
      ...job.steps.flatMap((step, index) => {
        const path = ['run', { index, of: job.steps.length }];
        return step.when ? [workOf(context, task, job, { step, path })] : [];
      }),
      ...actions.flatMap(({ action, ...one }) => {
        const about = { ...job, hasTemplates: job.hasTemplates || action.hasTemplates || false };
        return one.step.when ? [workOf(context, task, about, { ...one, isAction: true })] : [];
      }),
    ]);
  });
}

/** A step, and the way to it below its task. */
type Written = { readonly step: Step; readonly path: readonly Part[]; readonly isAction?: boolean };

function workOf(context: CheckContext, task: Task, job: Task, { step, path: way, isAction }: Written): Work {
  const { directory, env, places } = context;
  const filled = job.hasTemplates ? fillKnown(job, step, context, isAction) : undefined;
  return {
    task,
    step: filled === undefined ? step : { ...step, target: filled.target },
    cwd: (filled ?? job).cwd ?? directory,
    env: { ...inheritedBy(env, job.inherit), ...(filled?.env ?? { ...job.env, ...step.env }) },
    place: (...path) => places.task(task.id, ...way, ...path),
  };
}

/** Text with a template says nothing before a run is made. */
export function isTemplate(text: string): boolean {
  return text.includes('${{');
}
