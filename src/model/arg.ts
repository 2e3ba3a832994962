/** Arguments of a job as its runs carry them: as variables, and in their records. Small: every run asks. */
import type { Json } from './json.js';
import type { Args } from './param.js';
import { isSecretName } from './secret.js';
import type { Task } from './task.js';

/** Stands for the value of a secret. */
export const HIDDEN = '***';

/** The variable in which programs find an argument: `SUPERTASK_ARG_REGION`. */
export function argVariable(name: string): string {
  return `SUPERTASK_ARG_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Arguments under the names of their variables. */
export function argVariables({ args }: Pick<Task, 'args'>): Args | undefined {
  if (args === undefined) return undefined;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [argVariable(name), value]));
}

/** What the record of a run says about its task and arguments. */
export function recordedArgs(task: Pick<Task, 'args' | 'taskId' | 'secrets'>): {
  readonly task?: string;
  readonly args?: Readonly<Record<string, Json>>;
} {
  const { args, taskId } = task;
  if (args === undefined) return {};
  const shown = Object.entries(args).map(([name, value]) => [name, isSecretArg(task, name) ? HIDDEN : value]);
  return {
    ...(taskId === undefined ? {} : { task: taskId }),
    ...(shown.length === 0 ? {} : { args: Object.fromEntries(shown) }),
  };
}

/** Whether the value of an argument stands nowhere: it is declared a secret, or its name says so. */
export function isSecretArg({ secrets = [] }: Pick<Task, 'secrets'>, name: string): boolean {
  return secrets.includes(name) || isSecretName(name);
}
