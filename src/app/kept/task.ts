/** What is kept of jobs made through the API → tasks that a scheduler can have. */
import { type Problem, SupertaskError } from '../../errors.js';
import { inspectTasks } from '../../formats/kept.js';
import type { KeptJobs, TaskForm } from '../../model/kept-job.js';
import { formatProblem } from '../../model/problem.js';
import type { Task } from '../../model/task.js';
import { nameCalendars } from '../calendar-name.js';
import { expandSchedules } from '../expand.js';
import { type Allowance, refusals } from './allowance.js';

/** Under which conditions tasks are read. */
export type KeptSurroundings = {
  /** The scheduler's, absolute; undefined: it is not known. */
  readonly directory: string | undefined;
  readonly allowance: Allowance;
};

export type KeptTasks = {
  /** With arguments bound: jobs. */
  readonly tasks: readonly Task[];
  /** As they are defined: what somebody asks for by hand may have other arguments. */
  readonly written: readonly Task[];
  /** Why some of them cannot be had. */
  readonly warnings: readonly string[];
};

/** More are not described. */
const TOLD = 10;

/** Those that cannot be had are told, and keep no other from being had. */
export async function readKeptTasks(jobs: KeptJobs, surroundings: KeptSurroundings): Promise<KeptTasks> {
  if (jobs.size === 0) return { tasks: [], written: [], warnings: [] };
  const forms = new Map([...jobs].map(([id, { task }]) => [id, task]));
  const broken: string[] = [];
  for (;;) {
    const { tasks, written, problems } = await inspectForms(forms, surroundings);
    if (problems.length === 0) return { tasks, written, warnings: broken.slice(0, TOLD) };
    const wrong = new Map(problems.map((problem) => [problem.location?.file ?? '', problem]));
    const known = [...wrong].filter(([id]) => forms.delete(id));
    broken.push(...known.map(([id, problem]) => cannot(id, problem)));
    // What waits for one that is gone is wrong in its turn; what is wrong with all of them at once ends it.
    if (known.length === 0)
      return { tasks: [], written: [], warnings: problems.map(formatProblem).slice(0, TOLD) };
  }
}

/** All that is wrong with some tasks, and the jobs that they make where nothing is. */
export async function inspectForms(
  forms: ReadonlyMap<string, TaskForm>,
  { directory, allowance }: KeptSurroundings,
): Promise<Omit<KeptTasks, 'warnings'> & { readonly problems: readonly Problem[] }> {
  const none = { tasks: [], written: [] };
  if (forms.size === 0) return { ...none, problems: [] };
  const { timetable, problems } = inspectTasks(forms, directory ?? '/');
  const refused = [...forms].flatMap(([id, form]) => refusals(id, form, directory, allowance));
  if (problems.length + refused.length > 0) return { ...none, problems: [...problems, ...refused] };
  const [tasks, written]: [Task[], Task[]] = [[], []];
  const found: Problem[] = [];
  for (const task of timetable.tasks) {
    try {
      const named = await nameCalendars({ ...timetable, tasks: [task] }, directory ?? '/');
      tasks.push(...(await expandSchedules(named.tasks)).map(ofApi));
      written.push(...named.tasks.map(ofApi));
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      found.push(
        ...error.problems.map((problem) => ({ ...problem, location: { file: task.id, path: 'task' } })),
      );
    }
  }
  return found.length > 0 ? { ...none, problems: found } : { tasks, written, problems: [] };
}

/** Other than what a timetable has, it inherits no more than a command gets of cron: who made it may be somebody else. */
function ofApi(task: Task): Task {
  return { ...task, origin: 'api', inherit: task.inherit ?? 'minimal' };
}

function cannot(id: string, problem: Problem): string {
  return `the job ${id}, made through the API, cannot be run: ${formatProblem(problem)
    .replace(/^error: /, '')
    .replace('\nhint:', '')}`;
}
