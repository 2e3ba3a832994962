/** What is done when a run has ended, or a moment was not run: which actions are due. Values and rules; pure. */
import type { Args } from './param.js';
import type { Run } from './run.js';
import type { Step } from './task.js';

/** What an action may wait for. `finished`: succeeded, failed or errored. `retried`: it will be tried again. */
export const ACTION_OUTCOMES = [
  'failed',
  'errored',
  'skipped',
  'missed',
  'succeeded',
  'finished',
  'retried',
  'recovered',
] as const;
export type ActionOutcome = (typeof ACTION_OUTCOMES)[number];

/** Outcomes of which several in a row are one trouble, told once. */
export const TROUBLES = ['failed', 'errored', 'skipped', 'missed'] as const satisfies ActionOutcome[];

export type Action = {
  /** Tells it from others of its task: the outcome under which it stands, `failed`, and `failed-2` for the second. */
  readonly id: string;
  readonly outcomes: readonly ActionOutcome[];
  readonly does:
    | { readonly kind: 'trigger'; readonly task: string; readonly args: Args }
    | { readonly kind: 'step'; readonly step: Step; readonly timeoutMs: number | undefined };
  /** Acts each time. */
  readonly isAlways: boolean;
  /** While the trouble lasts, acts again after so long, in ms; undefined: it does not. */
  readonly againMs: number | undefined;
  /** Acts from this many in a row on. */
  readonly after: number;
  /** Some of its texts are templates; they are evaluated when it begins. */
  readonly hasTemplates?: boolean;
};

/** Runs, or moments, of a job that ended alike in a row. Kept with the record of the run that is the last of them. */
export type Row = {
  /** How many they are. */
  readonly failures: number;
  /** When the first was due: ISO 8601 in UTC. */
  readonly since: string;
  /** When which action was taken last, by its id. */
  readonly acted?: Readonly<Record<string, string>>;
};

/** What is going on with a job. */
export type Rows = {
  /** Runs that failed or could not be run; the first success ends it. */
  readonly outage?: Row | undefined;
  /** Moments since the last run. */
  readonly skipped?: Row | undefined;
  readonly missed?: Row | undefined;
};

export type Reaction = {
  readonly actions: readonly { readonly action: Action; readonly outcome: ActionOutcome }[];
  /** What is going on from now on. */
  readonly rows: Rows;
  /** To be kept with the run: the outage that it belongs to, or that it ended. */
  readonly outage: Row | undefined;
  /** The trouble that it is part of, with this one counted; undefined where all is well. */
  readonly trouble: Row | undefined;
};

/**
 * Decide what follows on a run that has ended, or on a moment that was not run.
 *
 * @param isLast - No further attempt is made.
 */
export function react(
  actions: readonly Action[],
  run: Run,
  isLast: boolean,
  before: Rows,
  now: Date,
): Reaction {
  if (!isLast) return { actions: dueOf(actions, ['retried'], undefined, now), rows: before, ...NOTHING };
  switch (run.status) {
    case 'failed':
    case 'errored':
      return reactToTrouble(actions, [run.status, 'finished'], run, before.outage, now, (outage) => ({
        outage,
      }));
    case 'skipped':
    case 'missed': {
      const { status } = run;
      return reactToTrouble(actions, [status], run, before[status], now, (row) => ({
        ...before,
        [status]: row,
      }));
    }
    case 'succeeded': {
      const { outage } = before;
      const isTold = outage !== undefined && wasTold(actions, outage);
      const outcomes: ActionOutcome[] = [
        'succeeded',
        'finished',
        ...(isTold ? (['recovered'] as const) : []),
      ];
      return { actions: dueOf(actions, outcomes, outage, now), rows: {}, outage, trouble: undefined };
    }
    default:
      return { actions: [], rows: before, ...NOTHING };
  }
}

const NOTHING = { outage: undefined, trouble: undefined };

function reactToTrouble(
  actions: readonly Action[],
  outcomes: readonly ActionOutcome[],
  run: Run,
  before: Row | undefined,
  now: Date,
  rowsOf: (row: Row) => Rows,
): Reaction {
  const since = before?.since ?? (run.firstAt ?? run.scheduledAt).toISOString();
  const counted: Row = { ...before, failures: (before?.failures ?? 0) + (run.count ?? 1), since };
  const due = dueOf(actions, outcomes, counted, now);
  const acted = {
    ...counted.acted,
    ...Object.fromEntries(due.map(({ action }) => [action.id, now.toISOString()])),
  };
  const row = due.length === 0 ? counted : { ...counted, acted };
  const isRun = run.status === 'failed' || run.status === 'errored';
  return { actions: due, rows: rowsOf(row), outage: isRun ? row : undefined, trouble: row };
}

function dueOf(
  actions: readonly Action[],
  outcomes: readonly ActionOutcome[],
  row: Row | undefined,
  now: Date,
): Reaction['actions'] {
  return actions.flatMap((action) => {
    const outcome = outcomes.find((each) => action.outcomes.includes(each) && isDue(action, each, row, now));
    return outcome === undefined ? [] : [{ action, outcome }];
  });
}

function isDue(action: Action, outcome: ActionOutcome, row: Row | undefined, now: Date): boolean {
  const failures = row?.failures ?? 0;
  if (outcome === 'recovered') return failures >= action.after;
  if (!isTrouble(outcome)) return true;
  if (failures < action.after) return false;
  const last = row?.acted?.[action.id];
  if (action.isAlways || last === undefined) return true;
  return action.againMs !== undefined && now.getTime() - Date.parse(last) >= action.againMs;
}

export function isTrouble(outcome: ActionOutcome): boolean {
  return (TROUBLES as readonly ActionOutcome[]).includes(outcome);
}

/** Nobody hears of the end of an outage of which nobody was to hear. */
function wasTold(actions: readonly Action[], { acted = {} }: Row): boolean {
  const telling = actions.filter(
    ({ outcomes }) => outcomes.includes('failed') || outcomes.includes('errored'),
  );
  return telling.length === 0 || telling.some(({ id }) => Object.hasOwn(acted, id));
}

/**
 * What was going on with a job, as its records tell.
 *
 * @param records - Of the job, newest first; those that have not ended are passed over.
 */
export function rowsOf(actions: readonly Action[], records: readonly Run[]): Rows {
  const triedAgain = new Set(records.flatMap(({ cause }) => (cause?.kind === 'retry' ? [cause.run] : [])));
  let rows: Rows = {};
  for (const run of records.filter(({ id }) => !triedAgain.has(id)).reverse()) {
    if (run.status === 'succeeded') rows = {};
    else if (run.status === 'skipped' || run.status === 'missed')
      rows = { ...rows, [run.status]: countAgain(actions, run.status, run, rows[run.status]) };
    else if (run.outage !== undefined) rows = { outage: run.outage };
    // A run that was lost got no word of it; others without one ended while nobody wanted to know.
    else if (run.reason === 'lost') rows = { outage: countAgain(actions, 'errored', run, rows.outage) };
  }
  return rows;
}

function countAgain(
  actions: readonly Action[],
  outcome: ActionOutcome,
  run: Run,
  before: Row | undefined,
): Row {
  const at = run.endedAt ?? run.scheduledAt;
  const wanted = actions.filter(({ outcomes }) => outcomes.includes(outcome));
  const { trouble } = react(wanted, run, true, { outage: before, skipped: before, missed: before }, at);
  return trouble ?? { failures: 1, since: at.toISOString() };
}

/** The id under which an action of a task runs. */
export function actionJobId(taskId: string, action: Pick<Action, 'id'>): string {
  return `${taskId}@on-${action.id}`;
}

/** The job and the action that an id names; undefined for the id of a task. */
export function parseActionJobId(id: string): { readonly job: string; readonly action: string } | undefined {
  const [, job, action] = /^(.+)@on-([^@]+)$/.exec(id) ?? [];
  return job === undefined || action === undefined ? undefined : { job, action };
}

/** The instant that the actions on a run have as theirs; all who find it calculate it alike. */
export function actionInstant({ endedAt, startedAt, scheduledAt }: Run): Date {
  return endedAt ?? startedAt ?? scheduledAt;
}
