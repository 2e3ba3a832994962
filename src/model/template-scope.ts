/** What the names in templates stand for: in a run, and in what is known of a task before any run. */
import { SupertaskError } from '../errors.js';
import { DAY_MS, parseDay } from './calendar-day.js';
import type { Json } from './json.js';
import type { Run } from './run.js';
import type { BoundSchedule, Schedule } from './schedule.js';
import { bindSchedule, nominalDate } from './schedule-bind.js';
import type { Step, Task } from './task.js';
import { type Branch, branch, fillText, type Scope, type Value } from './template-evaluate.js';
import { reportedBranch } from './template-event.js';
import { envHint } from './template-names.js';
import type { RunEvent } from './uses/event.js';
import { offsetAt, parseZone } from './zone.js';

/** All that a run's templates may ask for. */
export type RunFacts = {
  readonly task: Task;
  readonly bounds: readonly BoundSchedule[];
  /** Of whatever has no bounds; default: those of the task. */
  readonly schedules?: readonly Schedule[] | undefined;
  /** Where no schedule has one of its own; may be a template. */
  readonly tz: string;
  readonly run: Run;
  readonly host: string;
  /** What the run inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of an action: the run that is reported, of which all names tell then. */
  readonly event?: RunEvent | undefined;
};

/** How the steps before ended that have a name. */
export type StepFacts = ReadonlyMap<
  string,
  { readonly status: string; readonly outputs: Readonly<Record<string, string>> }
>;

/** Asked for before it can be known. */
export class NotYet extends Error {}

/**
 * The scope of a run.
 *
 * @param step - Whose environment counts beside the task's.
 * @param steps - Undefined: before any step has run; then asking for one throws `NotYet`.
 */
export function runScope(
  facts: RunFacts,
  step: Pick<Step, 'env'>,
  steps?: StepFacts,
  hasFailed?: boolean,
): Scope {
  const { task, run, event } = facts;
  const job = (): string => event?.job ?? task.id;
  const name = (): string => (event === undefined ? task.name : event.name) ?? job();
  const roots = new Map<string, () => Value>([
    ...constantRoots(task.args ?? {}, task.tables),
    [
      'job',
      () =>
        branch('job', [
          ['id', job()],
          ['name', name()],
        ]),
    ],
    ['task', () => branch('task', [['id', task.taskId ?? job()]])],
    ['run', () => runBranch(facts)],
    ['host', () => facts.host],
    ['namespace', () => run.namespace],
    ['date', () => dateOf(facts)],
    ['time', () => timeOf(facts)],
    ['env', () => envBranch(facts, { ...task.env, ...step.env }, scope)],
    ['steps', () => stepsBranch(steps)],
  ]);
  const scope: Scope = { roots, ...(hasFailed === undefined ? {} : { hasFailed }) };
  return scope;
}

/** What does not depend on a run. */
export function constantScope(args: Readonly<Record<string, Json>>, tables: Task['tables']): Scope {
  return { roots: new Map(constantRoots(args, tables)) };
}

function constantRoots(
  args: Readonly<Record<string, Json>>,
  tables: Task['tables'],
): readonly (readonly [string, () => Value])[] {
  return [
    ['params', () => branchOf('params', args)],
    ['tables', () => branchOf('tables', tables ?? {})],
  ];
}

function branchOf(path: string, values: Readonly<Record<string, Json>>): Branch {
  return branch(
    path,
    Object.entries(values).map(([key, value]) => [key, cellOf(`${path}.${key}`, value)] as const),
  );
}

function cellOf(path: string, value: Json): Value {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return branchOf(path, value as Readonly<Record<string, Json>>);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function runBranch(facts: RunFacts): Branch {
  const { id, attempt, trigger, scheduledAt } = facts.run;
  const { tz } = dueBy(facts);
  if (facts.event !== undefined) return reportedBranch(facts.event, tz);
  return branch('run', [
    ['id', id],
    ['attempt', attempt],
    ['trigger', trigger],
    ['scheduled_at', { kind: 'instant', atMs: scheduledAt.getTime(), tz }],
  ]);
}

/** When the run was due of which templates tell. */
function dueAtOf({ event, run }: RunFacts): Date {
  return event === undefined ? run.scheduledAt : new Date(event.scheduledAt);
}

/** The schedule by which a run is due, and the one that it follows: of runs by hand the first one, for its zone. */
function dueBy(facts: RunFacts): {
  readonly tz: string;
  readonly bound: BoundSchedule | undefined;
  readonly followed: BoundSchedule | undefined;
} {
  const { tz, task } = facts;
  const dueAt = dueAtOf(facts);
  const before = new Date(dueAt.getTime() - 1);
  const bounds = boundsOf(facts);
  const due = bounds.find((bound) => bound.next(before)?.getTime() === dueAt.getTime());
  const followed = due ?? bounds[0];
  // One that names none follows the task, as one of the file would.
  const own = followed?.schedule.tz === undefined && task.tz !== undefined ? undefined : followed?.tz;
  return { tz: own ?? zoneOf(tz, task), bound: due, followed };
}

/** What nothing makes due, as a job that is triggered without its scheduler, goes by the schedules it has all the same. */
function boundsOf(facts: RunFacts): readonly BoundSchedule[] {
  const { bounds, event, task, schedules = task.schedules } = facts;
  if (bounds.length > 0) return bounds;
  const startedAt = dueAtOf(facts);
  const context = { jobId: event?.job ?? task.id, startedAt, tz: zoneOf(facts.tz, task) };
  return schedules.filter(({ enabled }) => enabled).map((schedule) => bindSchedule(schedule, context));
}

function zoneOf(tz: string, { args = {}, tables }: Task): string {
  return parseZone(fillText(tz, constantScope(args, tables)));
}

function dateOf(facts: RunFacts): Value {
  const { task } = facts;
  const { bound, followed, tz } = dueBy(facts);
  const calendar = followed?.schedule.calendar;
  const dueAt = dueAtOf(facts);
  const dueMs = dueAt.getTime();
  const context = { jobId: facts.event?.job ?? task.id, startedAt: dueAt, tz };
  const nominal = bound && nominalDate(bound.schedule, context, dueAt);
  const day = parseDay(nominal ?? '') ?? Math.floor((dueMs + offsetAt(tz, dueMs)) / DAY_MS);
  return { kind: 'date', day, calendar: typeof calendar === 'object' ? calendar : undefined };
}

function timeOf(facts: RunFacts): Value {
  const { tz } = dueBy(facts);
  const dueMs = dueAtOf(facts).getTime();
  const wallMs = dueMs + offsetAt(tz, dueMs);
  return { kind: 'time', timeMs: wallMs - Math.floor(wallMs / DAY_MS) * DAY_MS };
}

/** Own variables, evaluated when they are asked for; within its own value, a name means what is inherited. */
function envBranch({ env, task }: RunFacts, own: Readonly<Record<string, string>>, scope: Scope): Branch {
  const readable = task.readEnv ?? [];
  const within = (open: readonly string[]): Branch => ({
    kind: 'branch',
    path: 'env',
    names: [...new Set([...Object.keys(own), ...readable])],
    get(name) {
      if (!Object.hasOwn(own, name)) return readable.includes(name) ? env[name] : undefined;
      if (open.at(-1) === name) return env[name];
      if (open.includes(name)) throw circle([...open, name]);
      const roots = new Map(scope.roots).set('env', () => within([...open, name]));
      return fillText(own[name] ?? '', { ...scope, roots });
    },
    missing: (name) =>
      Object.hasOwn(own, name) || readable.includes(name)
        ? {
            message: `the variable ${name} is not set`,
            hint: `Set it, or say what to take instead: env.${name}.default("…").`,
          }
        : { message: `there is no "${name}" in env`, hint: envHint(name) },
  });
  return within([]);
}

function circle(names: readonly string[]): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', `env goes in a circle: ${names.join(' → ')}`, {
    hint: 'Put the value that they share into one of them.',
  });
}

function stepsBranch(steps: StepFacts | undefined): Branch {
  if (steps === undefined) throw new NotYet();
  return branch(
    'steps',
    [...steps].map(([name, { status, outputs }]): [string, Value] => {
      const path = `steps.${name}`;
      const named = {
        ...branch(`${path}.outputs`, Object.entries(outputs)),
        missing: (key: string) => ({
          message: `step "${name}" has not named "${key}"`,
          hint: `Write ${key}=value to the file $SUPERTASK_OUTPUT, or .default("…") behind it.`,
        }),
      };
      return [
        name,
        branch(path, [
          ['status', status],
          ['outputs', named],
        ]),
      ];
    }),
  );
}
