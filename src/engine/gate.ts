/** Whether what holds a due run back is out of its way. Decides; the firing acts on it. */
import type { Finding, ProbePlace } from '../executor/probe.js';
import {
  type Condition,
  type Dependency,
  describeCondition,
  FIRST_WITHIN_MS,
  type Gate,
  isMeant,
  standingOf,
} from '../model/gate.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Clock } from './clock.js';

/** Where the engine looks at conditions and at what has been. */
export type Surroundings = {
  look(condition: Condition, place: ProbePlace): Promise<Finding>;
  /** Records of a job, newest first, due at or after `since`. */
  past(job: string, since: Date): Promise<readonly Run[]>;
  /** Runs of the namespace that go on now, whoever started them. */
  going(): Promise<readonly Run[]>;
  close(): void;
};

export type GateParts = {
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  readonly jobsOf: (taskId: string) => readonly ScheduledTask[];
  readonly nextAtOf: (jobId: string) => Date | undefined;
  readonly placeOf: (planned: Planned, run: Run) => ProbePlace;
};

export type GateAnswer =
  | { readonly kind: 'open' }
  /** `hopeless`: nothing can change it any more. */
  | {
      readonly kind: 'shut';
      readonly by: 'condition' | 'dependency';
      readonly what: string;
      readonly found: string;
      readonly hopeless: boolean;
    };

/** Look at conditions and dependencies, in the order in which they are written; the first that is in the way counts. */
export async function lookAtGate(
  gate: Gate,
  planned: Planned,
  run: Run,
  until: Date | undefined,
  parts: GateParts,
): Promise<GateAnswer> {
  const place = parts.placeOf(planned, run);
  for (const condition of gate.conditions) {
    const { holds, found } = await parts.surroundings.look(condition, place);
    if (!holds)
      return { kind: 'shut', by: 'condition', what: describeCondition(condition), found, hopeless: false };
  }
  for (const dependency of gate.after) {
    const answer = await lookAtDependency(dependency, planned, run, until, parts);
    if (answer !== undefined) return answer;
  }
  return { kind: 'open' };
}

async function lookAtDependency(
  dependency: Dependency,
  planned: Planned,
  run: Run,
  until: Date | undefined,
  parts: GateParts,
): Promise<GateAnswer | undefined> {
  const { clock, surroundings } = parts;
  const what = `after ${dependency.task}`;
  const shut = (found: string, hopeless: boolean): GateAnswer => ({
    kind: 'shut',
    by: 'dependency',
    what,
    found,
    hopeless: hopeless && dependency.exist,
  });
  const meant = parts.jobsOf(dependency.task).filter(({ task }) =>
    isMeant(dependency, planned.job.task.args ?? {}, {
      task: task.taskId ?? task.id,
      args: task.args ?? {},
    }),
  );
  if (meant.length === 0) return shut('no such job is scheduled', true);
  const since = await sinceOf(dependency, planned, run, parts);
  for (const { task } of meant) {
    const runs = (await surroundings.past(task.id, since)).filter(({ id }) => id !== run.id);
    // Who was started by the end of that very run need not look for it.
    if (runs.some(({ id }) => id === planned.detail?.cause?.run)) continue;
    const standing = standingOf(dependency, runs);
    if (standing === 'satisfied') continue;
    const words = dependency.outcomes.join(' or ');
    const newest = runs[0];
    const last = newest === undefined ? 'it has no run' : `its newest run is ${newest.status}`;
    const nextAt = parts.nextAtOf(task.id);
    const isToCome = nextAt !== undefined && (until === undefined || nextAt <= until);
    return shut(
      `${task.id} has not ${words} since ${since.toISOString()}: ${last} (looked at ${clock.now().toISOString()})`,
      standing !== 'open' && !isToCome,
    );
  }
  return undefined;
}

/** From when on runs of the other task count: the due instant of the last run of this job before this one. */
async function sinceOf(
  { withinMs }: Dependency,
  { job, dueAt }: Planned,
  run: Run,
  { surroundings }: GateParts,
): Promise<Date> {
  const within = new Date(dueAt.getTime() - (withinMs ?? FIRST_WITHIN_MS));
  if (withinMs !== undefined) return within;
  const own = await surroundings.past(job.task.id, within);
  const last = own.find(
    (each) => each.id !== run.id && each.startedAt !== undefined && each.scheduledAt < dueAt,
  );
  return last === undefined ? within : new Date(last.scheduledAt.getTime() + 1);
}
