/** What a check may look at. */
import { inheritedBy } from '../../engine/inherit.js';
import type { Places } from '../../formats/place.js';
import type { Step, Task } from '../../model/task.js';
import type { Finding } from './finding.js';
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

/** A step that will be run, and what it runs in. */
export type Work = {
  readonly task: Task;
  readonly step: Step;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the step stands, or a part of it. */
  readonly place: (...path: readonly string[]) => ReturnType<Places['task']>;
};

/** The steps of all tasks, without those that are passed over. */
export function worksOf({ tasks, places, directory, env }: CheckContext): readonly Work[] {
  return tasks.flatMap((task) =>
    task.steps.flatMap((step, index): Work[] => {
      if (!step.when) return [];
      const item = { index, of: task.steps.length };
      return [
        {
          task,
          step,
          cwd: task.cwd ?? directory,
          env: { ...inheritedBy(env, task.inherit), ...task.env, ...step.env },
          place: (...path) => places.task(task.id, 'run', item, ...path),
        },
      ];
    }),
  );
}

/** Text with a template says nothing before a run is made. */
export function isTemplate(text: string): boolean {
  return text.includes('${{');
}
