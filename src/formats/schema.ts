/**
 * The JSON Schema of timetables and the tables that the readers go by.
 *
 * What a value looks like is written by hand in `schema/timetable-v1.schema.json`; which keys and words there are comes
 * from the readers. A new key: add it to its shape, and its value to the file. A new shape: name it below as well.
 */
import { ACTION_OUTCOMES } from '../model/action.js';
import { INHERIT_WORDS } from '../model/inherit.js';
import { MISSED_POLICIES, OVERLAP_POLICIES } from '../model/policy.js';
import { BACKOFFS } from '../model/retry.js';
import { SCHEDULE_KEYS } from '../model/schedule-object.js';
import { TLS_MODES } from '../model/uses/mail.js';
import { READY_MADE, READY_MADE_NAMES } from '../model/uses/table.js';
import { WEBHOOK_KINDS } from '../model/uses/webhook.js';
import { ACTION, ACTIONS, RATES } from './action.js';
import { AUTHOR } from './author.js';
import { CALENDAR, HOLIDAYS } from './calendar.js';
import { DEFAULTS, META, TIMETABLE } from './document.js';
import { CONDITION, DEPENDENCY, FILE_CONDITION, WAIT } from './gate.js';
import { PARAM } from './param.js';
import type { Shape } from './reader.js';
import { EXPECT, RETRY, SUCCESS, TEXT_RULE } from './retry.js';
import { STEP, USES_NAMES } from './step.js';
import { CANONICAL_TASK, CONCISE_TASK, ON, TASK_META } from './task.js';
import { KEEP, STOP } from './task-setting.js';

export type JsonObject = { readonly [key: string]: unknown };

/** A way into the schema: the keys from its top. */
type Path = readonly (string | number)[];

/** What a map may contain ↔ where the schema describes it. */
export const SHAPES: readonly (readonly [Pick<Shape, 'what' | 'keys'>, Path])[] = [
  [{ ...TIMETABLE, keys: ['$schema', ...TIMETABLE.keys] }, []],
  [META, ['$defs', 'meta']],
  [AUTHOR, ['$defs', 'author', 'anyOf', 1]],
  [CALENDAR, ['$defs', 'calendarObject']],
  [HOLIDAYS, ['$defs', 'holidays']],
  [DEFAULTS, ['$defs', 'defaults']],
  [CONCISE_TASK, ['$defs', 'conciseTask']],
  [CANONICAL_TASK, ['$defs', 'canonicalTask']],
  [TASK_META, ['$defs', 'taskMeta']],
  [ON, ['$defs', 'on']],
  [ACTIONS, ['$defs', 'actions']],
  [ACTION, ['$defs', 'actionObject']],
  [{ what: 'a schedule', keys: SCHEDULE_KEYS }, ['$defs', 'scheduleObject']],
  [PARAM, ['$defs', 'param']],
  [STOP, ['$defs', 'stop']],
  [KEEP, ['$defs', 'keep']],
  [RETRY, ['$defs', 'retry', 'anyOf', 2]],
  [SUCCESS, ['$defs', 'success']],
  [EXPECT, ['$defs', 'expect']],
  [TEXT_RULE, ['$defs', 'textRule', 'anyOf', 1]],
  [CONDITION, ['$defs', 'condition', 'anyOf', 1]],
  [FILE_CONDITION, ['$defs', 'fileCondition']],
  [DEPENDENCY, ['$defs', 'dependency', 'anyOf', 1]],
  [WAIT, ['$defs', 'wait', 'anyOf', 1]],
  [STEP, ['$defs', 'stepObject']],
  ...Object.values(READY_MADE).map(({ what, keys }): readonly [Pick<Shape, 'what' | 'keys'>, Path] => [
    { what, keys: Object.keys(keys) },
    ['$defs', what],
  ]),
];

/** Words that a value may be ↔ where the schema lists them. */
export const WORDS: readonly (readonly [readonly string[], Path])[] = [
  [USES_NAMES, ['$defs', 'stepObject', 'properties', 'uses', 'enum']],
  [READY_MADE_NAMES, ['$defs', 'conciseTask', 'properties', 'uses', 'enum']],
  [WEBHOOK_KINDS, ['$defs', 'webhook', 'properties', 'kind', 'anyOf', 0, 'enum']],
  [TLS_MODES, ['$defs', 'mail', 'properties', 'tls', 'anyOf', 0, 'enum']],
  [INHERIT_WORDS, ['$defs', 'inherit', 'anyOf', 0, 'enum']],
  [OVERLAP_POLICIES, ['$defs', 'overlap', 'enum']],
  [MISSED_POLICIES, ['$defs', 'missed', 'enum']],
  [ACTION_OUTCOMES, ['$defs', 'actionOutcome', 'enum']],
  [RATES, ['$defs', 'actionObject', 'properties', 'every', 'enum']],
  [BACKOFFS, ['$defs', 'retry', 'anyOf', 2, 'properties', 'backoff', 'enum']],
];

/**
 * The schema with exactly the keys and words that the readers know.
 *
 * A key that the file does not describe may have any value; one that no reader knows is left out.
 */
export function completeSchema(base: JsonObject): JsonObject {
  let schema = base;
  for (const [{ keys }, path] of SHAPES) {
    schema = change(schema, [...path, 'properties'], (properties) => {
      const described = isObject(properties) ? properties : {};
      return Object.fromEntries(
        [...keys]
          .sort((a, b) => orderIn(described, a) - orderIn(described, b))
          .map((key) => [key, described[key] ?? {}]),
      );
    });
  }
  for (const [words, path] of WORDS) schema = change(schema, path, () => [...words]);
  return schema;
}

/** Keys stand as the file has them, those that it lacks at the end. */
function orderIn(described: JsonObject, key: string): number {
  const at = Object.keys(described).indexOf(key);
  return at === -1 ? Number.MAX_SAFE_INTEGER : at;
}

/** A copy with another value at the end of a path. */
function change(from: JsonObject, path: Path, make: (old: unknown) => unknown): JsonObject {
  const changed: unknown = changeAny(from, path, make);
  return isObject(changed) ? changed : from;
}

function changeAny(value: unknown, [key, ...rest]: Path, make: (old: unknown) => unknown): unknown {
  if (key === undefined) return make(value);
  if (Array.isArray(value)) return value.map((item, at) => (at === key ? changeAny(item, rest, make) : item));
  const old = isObject(value) ? value : {};
  return { ...old, [key]: changeAny(old[String(key)], rest, make) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
