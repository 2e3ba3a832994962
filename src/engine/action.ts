/** What follows on runs that end, and on moments that are not run: which jobs, with which words. Starts nothing. */
import { messageOf, SupertaskError } from '../errors.js';
import {
  type Action,
  actionInstant,
  actionJobId,
  parseActionJobId,
  type Row,
  type Rows,
  react,
  rowsOf,
} from '../model/action.js';
import { isSecretArg } from '../model/arg.js';
import type { Event } from '../model/event.js';
import { jobByHand } from '../model/expand.js';
import type { Args } from '../model/param.js';
import { DEFAULT_POLICY } from '../model/policy.js';
import { isEnded, type Run } from '../model/run.js';
import type { Task } from '../model/task.js';
import { EVENT_VARIABLE, formatEvent, type RunEvent } from '../model/uses/event.js';
import { eventOf } from './action-event.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Clock } from './clock.js';
import type { Environment } from './environment.js';
import { fillArgs, loadFilling } from './template.js';

/** Where actions look things up that happened before. */
export type ActionSource = {
  readonly host: string;
  /** Others may have runs of the same jobs, now. */
  readonly isShared: boolean;
  /** Records of a job, newest first. */
  recent(job: string): Promise<readonly Run[]>;
  find(runId: string): Promise<Run | undefined>;
  /** The end of what a run wrote. */
  tail(run: Run): Promise<string>;
};

export type ActionParts = {
  readonly clock: Clock;
  readonly source: ActionSource;
  readonly tell: (event: Event) => void;
  /** What may be run. */
  readonly jobOf: (id: string) => ScheduledTask | undefined;
  readonly jobsOf: (taskId: string) => readonly ScheduledTask[];
  /** Hides secrets. */
  readonly hide: (text: string) => string;
  /** For templates. */
  readonly env: Environment;
  readonly tz?: string | undefined;
};

/** What follows on one run. */
export type Follow = {
  readonly planned: readonly Planned[];
  /** To be kept with it. */
  readonly outage: Row | undefined;
};

export type Actions = {
  /**
   * Never rejects.
   *
   * @param isLast - No further attempt is made.
   * @param job - As it was when the run began; as it is now if not given.
   */
  follow(run: Run, isLast: boolean, job?: ScheduledTask): Promise<Follow>;
  /** The job of a run that is an action, or was triggered by one. */
  jobOf(id: string): ScheduledTask | undefined;
  /** What a run is told about the run that led to it; nothing where no action did. Never rejects. */
  environmentOf(cause: Run['cause']): Promise<Readonly<Record<string, string>> | undefined>;
};

/** Actions may lead to actions, and no further than that. */
const MAX_DEPTH = 10;
/** A chain with all its attempts. */
const MAX_STEPS = 100;
/** So many are remembered; the others can be made again. */
const MAX_EVENTS = 1_000;
const NOTHING: Follow = { planned: [], outage: undefined };

export function createActions(parts: ActionParts): Actions {
  const { clock, source, tell, jobOf, jobsOf, hide } = parts;
  /** What goes on with each job, as far as it was looked at. */
  const known = new Map<string, Rows>();
  /** By the run that is reported, as long as its actions may start. */
  const events = new Map<string, RunEvent>();

  const warn = (message: string): void => tell({ type: 'warning', at: clock.now(), message });

  const rowsBefore = async (task: Task, run: Run): Promise<Rows> => {
    const remembered = known.get(task.id);
    if (remembered !== undefined && !source.isShared) return remembered;
    const records = await source.recent(task.id);
    return rowsOf(
      task.actions ?? [],
      records.filter(({ id, status }) => id !== run.id && isEnded(status)),
    );
  };

  /** How many actions led to a run, one after another. */
  const depthOf = async (run: Run): Promise<number> => {
    let depth = 0;
    let { cause } = run;
    for (let steps = 0; cause !== undefined && steps < MAX_STEPS && depth < MAX_DEPTH; steps++) {
      if (cause.kind === 'action') depth++;
      cause = (await source.find(cause.run))?.cause;
    }
    return depth;
  };

  /** A task that an action triggers, as it is defined; a job of it will do. */
  const target = (id: string): Task => {
    const some = jobOf(id) ?? jobsOf(id)[0];
    if (some === undefined) throw new SupertaskError('ID_UNKNOWN', `there is no job "${id}" to trigger`);
    return some.task;
  };

  /** What an action brings, with its templates evaluated. */
  const filledArgs = (owner: ScheduledTask, action: Action, given: Args, run: Run, event: RunEvent): Args => {
    if (!action.hasTemplates) return given;
    const { task, bounds } = owner;
    const tz = task.tz ?? parts.tz ?? 'UTC';
    return fillArgs({ task, bounds, tz, run, host: source.host, env: parts.env, event }, given);
  };

  /** A task with these arguments, as one job. */
  const triggered = (task: Task, id: string, given: Args): ScheduledTask => {
    const job = jobByHand([task], id, given) ?? task;
    const known = jobOf(job.id);
    // Secret arguments are no part of its id.
    return known !== undefined && isSame(known.task.args, job.args) ? known : { task: job, bounds: [] };
  };

  /** The task that an action triggers, with its arguments, and with those that the run had and it knows as well. */
  const triggeredBy = (
    owner: ScheduledTask,
    action: Action,
    { task: id, args }: Extract<Action['does'], { kind: 'trigger' }>,
    run: Run,
    event: RunEvent,
  ): Pick<Planned, 'job' | 'wrong'> => {
    const found = target(id);
    const { params = {} } = found;
    const known = Object.entries(owner.task.args ?? {}).filter(([name]) => Object.hasOwn(params, name));
    const task = hiding(
      found,
      known.flatMap(([name]) => (isSecretArg(owner.task, name) ? [name] : [])),
    );
    const inherited = Object.fromEntries(known);
    const given = { ...inherited, ...args };
    try {
      const filled = filledArgs(owner, action, args, run, event);
      const secret = Object.keys(filled).filter((name) => hide(filled[name] ?? '') !== filled[name]);
      return { job: triggered(hiding(task, secret), id, { ...inherited, ...filled }) };
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      const { taskId: _, taskName: name = task.name, ...rest } = task;
      return { job: { task: { ...rest, id, name, args: given }, bounds: [] }, wrong: hide(error.message) };
    }
  };

  const plannedOf = (
    owner: ScheduledTask,
    action: Action,
    run: Run,
    event: RunEvent,
  ): Planned | undefined => {
    const { does } = action;
    try {
      const what =
        does.kind === 'step'
          ? { job: actionJob(owner, action) }
          : triggeredBy(owner, action, does, run, event);
      return {
        ...what,
        dueAt: actionInstant(run),
        trigger: 'action',
        attempt: 1,
        isCatchUp: false,
        isAside: true,
        key: action.id,
        detail: { cause: { kind: 'action', run: run.id } },
      };
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      warn(`${owner.task.id}: no action on run ${run.id}: ${error.message}`);
      return undefined;
    }
  };

  const decide = async (job: ScheduledTask, run: Run, isLast: boolean): Promise<Follow> => {
    const { task } = job;
    const before = await rowsBefore(task, run);
    const reaction = react(task.actions ?? [], run, isLast, before, clock.now());
    known.set(task.id, reaction.rows);
    const { actions, outage } = reaction;
    if (actions.length === 0) return { planned: [], outage };
    if ((await depthOf(run)) >= MAX_DEPTH) {
      warn(`${task.id}: no action on run ${run.id}: ${MAX_DEPTH} actions have led to it one after another`);
      return { planned: [], outage };
    }
    const event = eventOf(run, task, reaction, source.host, hide(await source.tail(run)));
    if (events.size >= MAX_EVENTS) for (const oldest of [...events.keys()].slice(0, 1)) events.delete(oldest);
    events.set(run.id, event);
    if (actions.some(({ action }) => action.hasTemplates)) await loadFilling();
    const planned = actions.flatMap(({ action }) => plannedOf(job, action, run, event) ?? []);
    return { planned, outage };
  };

  const eventAnew = async (id: string): Promise<RunEvent | undefined> => {
    const run = await source.find(id);
    if (run === undefined) return undefined;
    const task = jobOf(run.job)?.task;
    const isBad = run.status === 'failed' || run.status === 'errored';
    const trouble = isBad ? run.outage : undefined;
    return eventOf(run, task, { outage: run.outage, trouble }, source.host, hide(await source.tail(run)));
  };

  return {
    async follow(run, isLast, job = jobOf(run.job)) {
      if (job?.task.actions === undefined) return NOTHING;
      return decide(job, run, isLast).catch((error: unknown) => {
        warn(`${run.job}: no action on run ${run.id}: ${messageOf(error)}`);
        return NOTHING;
      });
    },
    jobOf(id) {
      const named = parseActionJobId(id);
      const owner = named && jobOf(named.job);
      const action = owner?.task.actions?.find(({ id: each }) => each === named?.action);
      if (owner === undefined || action === undefined) return jobOf(id);
      return action.does.kind === 'step' ? actionJob(owner, action) : undefined;
    },
    async environmentOf(first) {
      try {
        let cause = first;
        for (let steps = 0; cause?.kind === 'retry' && steps < MAX_STEPS; steps++)
          cause = (await source.find(cause.run))?.cause;
        if (cause?.kind !== 'action') return undefined;
        const event = events.get(cause.run) ?? (await eventAnew(cause.run));
        return event && { [EVENT_VARIABLE]: formatEvent(event) };
      } catch (error) {
        warn(`an action was told nothing about the run that led to it: ${messageOf(error)}`);
        return undefined;
      }
    },
  };
}

function isSame(one: Args | undefined, other: Args | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A task for which these arguments are as secret as where they come from: they get into no record and no id. */
function hiding(task: Task, names: readonly string[]): Task {
  const more = names.filter((name) => Object.hasOwn(task.params ?? {}, name) && !isSecretArg(task, name));
  return more.length === 0 ? task : { ...task, secrets: [...(task.secrets ?? []), ...more] };
}

/** What an action runs that is no task of its own: in the place and with the variables of the task that it is about. */
function actionJob(about: ScheduledTask, action: Action): ScheduledTask {
  const { task } = about;
  const { actions: _actions, name: _name, gate: _gate, ...rest } = task;
  const { does } = action;
  if (does.kind !== 'step') throw new TypeError('it triggers another task');
  const { stop, keep } = task.policy;
  return {
    bounds: [],
    about,
    task: {
      ...rest,
      ...(action.hasTemplates ? { hasTemplates: true } : {}),
      id: actionJobId(task.id, action),
      name: does.step.name,
      description: undefined,
      schedules: [],
      steps: [does.step],
      policy: {
        ...DEFAULT_POLICY,
        // Each has its own to tell, and none comes too late to be told.
        overlap: 'parallel',
        deadlineMs: undefined,
        timeoutMs: does.timeoutMs,
        stop,
        ...(keep === undefined ? {} : { keep }),
      },
    },
  };
}
