/** Nodes → actions: what `on` says is done when a run has ended, or a moment was not run. */
import { type Problem, SupertaskError } from '../errors.js';
import { ACTION_OUTCOMES, type Action, type ActionOutcome, isTrouble, TROUBLES } from '../model/action.js';
import { parseDuration } from '../model/duration.js';
import { findCycles } from '../model/gate.js';
import { type Args, bindArgs, type Param } from '../model/param.js';
import { parseLimit } from '../model/policy.js';
import { suggest } from '../model/suggest.js';
import { parseId, type Task } from '../model/task.js';
import { hasTemplate } from '../model/template.js';
import type { Node } from './node.js';
import {
  type Fields,
  mapOf,
  mismatch,
  oneOrMore,
  parsed,
  type Reader,
  readFields,
  type Shape,
  scalarText,
} from './reader.js';
import type { Report } from './source.js';
import { STEP, step, stepOfFields } from './step.js';

/** A task, the one that it triggers with which arguments, and where that stands in the text. */
export type TriggerNote = TriggerWords & { readonly from: string };

type TriggerWords = {
  readonly to: string;
  readonly at: number;
  readonly args: Args;
  readonly argsAt: number;
};

/** An action, and where it stands. */
export type WrittenAction = { readonly action: Action; readonly node: Node };

export type Note = (trigger: TriggerWords) => void;

export const ACTIONS: Shape = {
  what: 'on',
  keys: ACTION_OUTCOMES,
  foreign: {
    schedule: 'Write when: and a schedule, or a list of schedules.',
    failure: 'Write failed: …',
    fail: 'Write failed: …',
    error: 'Write errored: … for runs that could not be run, failed: … for others.',
    success: 'Write succeeded: …',
    always: 'Write finished: …, which is each run that has ended.',
    retry: 'Write retried: …',
    recovery: 'Write recovered: …',
    timeout: 'A run that took too long has failed: write failed: …',
  },
};

const RATE_KEYS = ['also', 'every', 'again', 'after'];

export const ACTION: Shape = {
  what: 'an action',
  keys: ['trigger', ...STEP.keys.filter((key) => key !== 'continue-on-error'), ...RATE_KEYS],
  foreign: { ...STEP.foreign, task: 'Write trigger: and the id of the task.', timeout: 'Write timeout: 5m.' },
};

const OF_TRIGGER = ['trigger', 'args', ...RATE_KEYS];
/** Who forgets a limit should not wait for an answer for ever. */
const TIMEOUT_MS = 600_000;
/** Of a longer circle the middle is left out. */
const MAX_SHOWN = 20;

/** Read the outcomes among the keys of `on`. */
export function actionsOf(on: Fields | undefined, note: Note, report: Report): readonly WrittenAction[] {
  return ACTION_OUTCOMES.flatMap((outcome) => {
    let count = 0;
    const one: Reader<WrittenAction> = (node) => {
      const action = readAction(node, outcome, ++count, note, report);
      return action && { action, node };
    };
    return on?.read(outcome, oneOrMore(one)) ?? [];
  });
}

function readAction(
  node: Node,
  outcome: ActionOutcome,
  place: number,
  note: Note,
  report: Report,
): Action | undefined {
  const id = place === 1 ? outcome : `${outcome}-${place}`;
  if (node.kind !== 'map') return readPlain(node, id, outcome, report);
  const fields = readFields(node, ACTION, report);
  if (fields === undefined) return undefined;
  const outcomes = [...new Set([outcome, ...(fields.read('also', oneOrMore(otherOutcome)) ?? [])])];
  const rate = readRate(fields, outcomes, report);
  const does =
    fields.entry('trigger') === undefined ? readStep(fields, report) : readTrigger(fields, note, report);
  return does && { id, outcomes, does, ...rate };
}

/** A target as on the command line. */
function readPlain(node: Node, id: string, outcome: ActionOutcome, report: Report): Action | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string')
    return mismatch(
      node,
      'an action',
      'Write {trigger: TASK}, {run: "cmd:…"} or {uses: mail, with: …}.',
      report,
    );
  const found = step(node, report);
  return (
    found && {
      id,
      outcomes: [outcome],
      does: { kind: 'step', step: found, timeoutMs: TIMEOUT_MS },
      isAlways: false,
      againMs: undefined,
      after: 1,
    }
  );
}

function readStep(fields: Fields, report: Report): Action['does'] | undefined {
  const limit = fields.read(
    'timeout',
    parsed((text) => ({ ms: parseLimit(text) })),
  );
  const found = stepOfFields(fields, report, { hasEvent: true });
  return found && { kind: 'step', step: found, timeoutMs: limit === undefined ? TIMEOUT_MS : limit.ms };
}

function readTrigger(fields: Fields, note: Note, report: Report): Action['does'] | undefined {
  for (const key of ACTION.keys.filter((each) => !OF_TRIGGER.includes(each))) {
    const other = fields.entry(key);
    if (other !== undefined)
      report.problem(other.keyAt, `"${key}" beside "trigger"`, 'The task that is triggered has its own.');
  }
  const task = fields.read(
    'trigger',
    parsed((text) => parseId(text, 'task')),
  );
  const args = fields.read('args', mapOf(scalarText)) ?? {};
  if (task === undefined) return undefined;
  const at = fields.entry('trigger')?.value.at ?? fields.at;
  note({ to: task, at, args, argsAt: fields.entry('args')?.value.at ?? at });
  return { kind: 'trigger', task, args };
}

const otherOutcome: Reader<ActionOutcome> = parsed((text) => {
  const found = ACTION_OUTCOMES.find((each) => each === text);
  if (found !== undefined) return found;
  throw unknownWord(text, ACTION_OUTCOMES, 'an outcome');
});

function readRate(
  fields: Fields,
  outcomes: readonly ActionOutcome[],
  report: Report,
): Pick<Action, 'isAlways' | 'againMs' | 'after'> {
  const every = fields.read('every', parsed(parseEvery));
  const againMs = fields.read('again', parsed(parseDuration));
  const after = fields.read('after', parsed(parseAfter)) ?? 1;
  const again = fields.entry('again');
  if (again !== undefined && every === 'always')
    report.problem(again.keyAt, '"again" contradicts "every: always"', 'Keep one of them.');
  for (const key of ['every', 'again', 'after']) {
    const entry = fields.entry(key);
    const isKnown = outcomes.some(isTrouble) || (key === 'after' && outcomes.includes('recovered'));
    if (entry === undefined || isKnown) continue;
    const hint = `It is for ${TROUBLES.join(', ')}, of which several in a row are told once.`;
    report.problem(entry.keyAt, `"${key}" says nothing about ${outcomes.join(', ')}`, hint);
  }
  return { isAlways: every === 'always', againMs, after };
}

/** How often an action is taken while failures go on. */
export const RATES = ['first', 'always'] as const;

function parseEvery(text: string): (typeof RATES)[number] {
  const found = RATES.find((each) => each === text);
  if (found !== undefined) return found;
  throw unknownWord(text, RATES, 'how often an action is taken');
}

function parseAfter(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not a number of failures`, {
    hint: 'Write a whole number from 1, such as after: 3.',
  });
}

function unknownWord(text: string, known: readonly string[], what: string): SupertaskError {
  const near = suggest(text, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not ${what}`, {
    hint: `${meant}Use one of: ${known.join(', ')}.`,
  });
}

/** Refuse triggers of tasks that do not exist, and those that come back to where they began. */
export function checkTriggers(notes: readonly TriggerNote[], tasks: readonly Task[], report: Report): void {
  if (notes.length === 0) return;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const note of notes) {
    const { from, to, at } = note;
    const task = byId.get(to);
    if (task !== undefined) {
      checkBrought(note, byId.get(from), task, report);
      continue;
    }
    const near = suggest(to, [...byId.keys()]);
    const hint = near === undefined ? 'Name a task of this file.' : `Did you mean "${near}"?`;
    report.problem(at, `there is no task "${to}" to trigger`, hint);
  }
  const places = new Map([...notes].reverse().map(({ from, to, at }) => [`${from} ${to}`, at]));
  for (const names of findCycles(triggersOf(notes))) {
    const [from, to] = names;
    const at = places.get(`${from} ${to}`) ?? 0;
    const shown =
      names.length <= MAX_SHOWN ? names : [...names.slice(0, MAX_SHOWN - 2), '…', ...names.slice(-2)];
    const hint = from === to ? 'To try a run again, use retry.' : 'Leave one of these triggers out.';
    report.problem(at, `actions go round in a circle: ${shown.join(' → ')}`, hint);
  }
}

/** The arguments of an action, and those of its own task that the other one has as well, must be what that one takes. */
function checkBrought(note: TriggerNote, owner: Task | undefined, task: Task, report: Report): void {
  const { params = {} } = task;
  const { params: own = {}, schedules = [] } = owner ?? {};
  const shared = Object.keys(own).filter((name) => Object.hasOwn(params, name));
  const sets = schedules.length === 0 ? [{}] : schedules.map(({ args = {} }) => args);
  const told = new Set<string>();
  for (const set of sets as readonly Args[]) {
    const inherited = shared.map((name) => [
      name,
      set[name] ?? own[name]?.default ?? someValue(params[name]),
    ]);
    const brought = Object.entries(note.args).map(([name, value]) => [
      name,
      hasTemplate(value) ? someValue(params[name]) : value,
    ]);
    for (const { code, message, hint } of problemsIn(task, Object.fromEntries([...inherited, ...brought]))) {
      if (!told.has(message)) report.problem(note.argsAt, message, hint, code);
      told.add(message);
    }
  }
}

/** Stands for a value that is not known yet. */
function someValue(param: Param | undefined): string {
  return param?.choices?.[0] ?? 'x';
}

function problemsIn({ id, params = {} }: Task, args: Args): readonly Problem[] {
  try {
    bindArgs(id, params, args);
    return [];
  } catch (error) {
    if (error instanceof SupertaskError) return error.problems;
    throw error;
  }
}

function triggersOf(notes: readonly TriggerNote[]): ReadonlyMap<string, readonly string[]> {
  const triggers = new Map<string, string[]>();
  for (const { from, to } of notes) {
    const known = triggers.get(from);
    if (known === undefined) triggers.set(from, [to]);
    else known.push(to);
  }
  return triggers;
}
