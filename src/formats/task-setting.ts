/** Nodes → what a task may set about its runs: environment, directory, zone and policies. The same in `defaults`. */
import { isAbsolute, resolve } from 'node:path';
import { parseDuration } from '../model/duration.js';
import { parsePlaces } from '../model/gate.js';
import { type Inherit, parseInherit } from '../model/inherit.js';
import { type Keep, parseKeepRuns } from '../model/keep.js';
import type { Labels } from '../model/label.js';
import {
  DEFAULT_POLICY,
  type Policy,
  parseLimit,
  parseMissedPolicy,
  parseOverlapPolicy,
  parseStopSignal,
  type StopPolicy,
} from '../model/policy.js';
import { parseSize } from '../model/size.js';
import { hasTemplate } from '../model/template.js';
import { parseZone } from '../model/zone.js';
import { labels } from './label.js';
import type { Entry, Node } from './node.js';
import {
  type Fields,
  flag,
  listOf,
  mapOf,
  oneOrMore,
  parsed,
  type Reader,
  readFields,
  type Shape,
  scalarText,
  text,
} from './reader.js';
import { expectation, retry, success } from './retry.js';
import type { Report } from './source.js';

export type TaskSetting = {
  /** For schedules that name no zone. */
  readonly tz: string | undefined;
  /** For schedules that name no jitter. */
  readonly jitterMs: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly inherit?: Inherit;
  readonly secrets: readonly string[];
  readonly readEnv: readonly string[];
  readonly cwd: string | undefined;
  readonly labels?: Labels;
  readonly policy: Policy;
};

/** Keys of a task and of `defaults` alike. */
export const SETTING_KEYS: readonly string[] = [
  'tz',
  'env',
  'inherit',
  'secrets',
  'read-env',
  'cwd',
  'labels',
  'timeout',
  'overlap',
  'max-running',
  'skip-duplicate',
  'missed',
  'deadline',
  'persistent',
  'stop',
  'jitter',
  'keep',
  'retry',
  'success',
  'expect',
];

const POLICY_KEYS = SETTING_KEYS.filter(
  (key) => !['tz', 'env', 'secrets', 'read-env', 'inherit', 'cwd', 'labels', 'jitter'].includes(key),
);

export const KEEP: Shape = {
  what: 'keep',
  keys: ['runs', 'age', 'bytes'],
  foreign: { days: 'Write age: 30d.', size: 'Write bytes: 100MB.', count: 'Write runs: 100.' },
};

export const STOP: Shape = { what: 'stop', keys: ['signal', 'grace'] };

export const NO_SETTING: TaskSetting = {
  tz: undefined,
  jitterMs: undefined,
  env: {},
  secrets: [],
  readEnv: [],
  cwd: undefined,
  policy: DEFAULT_POLICY,
};

/** Names and values of environment variables; numbers and booleans as they are written. */
export const environment = mapOf(environmentValue, checkVariable);

/**
 * Read the settings among the keys of a map.
 *
 * @param base - What holds where the map says nothing; environments are joined name by name, and so are secrets.
 * @param directory - Absolute; what a relative `cwd` counts from. Undefined: relative ones are refused.
 */
export function readSetting(
  fields: Fields,
  base: TaskSetting,
  directory: string | undefined,
  report: Report,
): TaskSetting {
  const has = (keys: readonly string[]): boolean => keys.some((key) => fields.entry(key) !== undefined);
  // Most tasks of a large file set nothing, or no policy: they share what there is.
  if (!has(SETTING_KEYS)) return base;
  const inherited = fields.read('inherit', inherit) ?? base.inherit;
  const own = has(['labels']) ? { ...base.labels, ...fields.read('labels', labels) } : base.labels;
  return {
    tz: fields.read('tz', zone) ?? base.tz,
    jitterMs: fields.read('jitter', parsed(parseDuration)) ?? base.jitterMs,
    env: has(['env']) ? { ...base.env, ...fields.read('env', environment) } : base.env,
    ...(inherited === undefined ? {} : { inherit: inherited }),
    secrets: [...new Set([...base.secrets, ...(fields.read('secrets', secretNames) ?? [])])],
    readEnv: [...new Set([...base.readEnv, ...(fields.read('read-env', readableNames) ?? [])])],
    cwd: fields.read('cwd', path(directory)) ?? base.cwd,
    ...(own === undefined ? {} : { labels: own }),
    policy: has(POLICY_KEYS) ? readPolicy(fields, base.policy, report) : base.policy,
  };
}

function readPolicy(fields: Fields, base: Policy, report: Report): Policy {
  const kept = fields.read('keep', keep(base.keep)) ?? base.keep;
  const again = fields.read('retry', retry(base.retry)) ?? { policy: base.retry };
  const good = fields.read('success', success) ?? base.success;
  const expect = fields.read('expect', expectation) ?? base.expect;
  const maxRunning = fields.read('max-running', parsed(parsePlaces)) ?? base.maxRunning;
  const skipDuplicate = fields.read('skip-duplicate', flag) ?? base.skipDuplicate;
  return {
    overlap: fields.read('overlap', parsed(parseOverlapPolicy)) ?? base.overlap,
    missed: fields.read('missed', parsed(parseMissedPolicy)) ?? base.missed,
    deadlineMs: readDeadline(fields, base.deadlineMs, report),
    timeoutMs: orElse(fields.read('timeout', limit), base.timeoutMs),
    stop: fields.read('stop', stop(base.stop)) ?? base.stop,
    ...(maxRunning === undefined ? {} : { maxRunning }),
    ...(skipDuplicate === undefined ? {} : { skipDuplicate }),
    ...(kept === undefined ? {} : { keep: kept }),
    ...(again.policy === undefined ? {} : { retry: again.policy }),
    ...(good === undefined ? {} : { success: good }),
    ...(expect === undefined ? {} : { expect }),
  };
}

/** A template is evaluated for each schedule. */
const zone: Reader<string> = parsed((written) => (hasTemplate(written) ? written : parseZone(written)));

/** `all`, `minimal`, or a list of names. */
const inherit: Reader<Inherit> = (node, report) =>
  node.kind === 'list' ? listOf(inheritedName)(node, report) : parsed(parseInherit)(node, report);

function inheritedName(node: Node, report: Report): string | undefined {
  const name = text(node, report);
  if (name === undefined || isVariableName(name)) return name;
  const hint = 'List names, such as inherit: [PATH, LANG]; values stand in env.';
  report.problem(node.at, `${JSON.stringify(name)} is not the name of a variable`, hint);
  return undefined;
}

/** A duration, or `none`. Boxed: inside, `undefined` is a value. */
const limit: Reader<{ readonly ms: number | undefined }> = parsed((written) => ({ ms: parseLimit(written) }));

function orElse(found: { readonly ms: number | undefined } | undefined, base: number | undefined) {
  return found === undefined ? base : found.ms;
}

/** `persistent: true` is the memorable way to say `deadline: none`. */
function readDeadline(fields: Fields, base: number | undefined, report: Report): number | undefined {
  const persistent = fields.read('persistent', flag);
  const deadline = fields.read('deadline', limit);
  if (persistent !== true) return orElse(deadline, base);
  if (deadline?.ms !== undefined) {
    const hint = 'persistent: true means deadline: none. Keep one of them.';
    report.problem(fields.entry('deadline')?.keyAt ?? fields.at, '"deadline" contradicts "persistent"', hint);
  }
  return undefined;
}

function keep(base: Keep | undefined): Reader<Keep> {
  return (node, report) => {
    const fields = readFields(node, KEEP, report);
    if (fields === undefined) return undefined;
    const limits = {
      runs: fields.read('runs', parsed(parseKeepRuns)),
      ageMs: fields.read('age', parsed(parseDuration)),
      bytes: fields.read('bytes', parsed(parseSize)),
    };
    return {
      ...base,
      ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)),
    };
  };
}

function stop(base: StopPolicy): Reader<StopPolicy> {
  return (node, report) => {
    const fields = readFields(node, STOP, report);
    return (
      fields && {
        signal: fields.read('signal', parsed(parseStopSignal)) ?? base.signal,
        graceMs: fields.read('grace', parsed(parseDuration)) ?? base.graceMs,
      }
    );
  };
}

function path(directory: string | undefined): Reader<string> {
  return (node, report) => {
    const written = text(node, report);
    if (written === undefined) return undefined;
    if (/^~(?:\/|$)/.test(written)) {
      report.problem(
        node.at,
        `"~" in the directory ${JSON.stringify(written)} stays as it is`,
        'Write it out.',
      );
      return undefined;
    }
    // What it comes to is known when a run begins.
    if (isAbsolute(written) || hasTemplate(written)) return written;
    if (directory !== undefined) return resolve(directory, written);
    const hint = 'This timetable is in no directory: write an absolute path.';
    report.problem(node.at, `the directory ${JSON.stringify(written)} is relative`, hint);
    return undefined;
  };
}

function environmentValue(node: Parameters<Reader<string>>[0], report: Report): string | undefined {
  const value = scalarText(node, report);
  if (value?.includes('\0') !== true) return value;
  report.problem(node.at, 'the value of a variable contains a NUL character', 'Remove it.');
  return undefined;
}

/** Names only: a value that stands here by mistake is not repeated in the message. */
const secretNames: Reader<readonly string[]> = (node, report) => {
  const hint =
    'List the names of variables, such as secrets: [API_TOKEN]; their values stand in env or come from outside.';
  if (node.kind === 'map') {
    report.problem(node.at, 'secrets is a map', hint);
    return undefined;
  }
  return oneOrMore((item: Node) => {
    const name = text(item, report);
    if (name === undefined || isVariableName(name)) return name;
    report.problem(item.at, 'an entry of secrets is not the name of a variable', hint);
    return undefined;
  })(node, report);
};

const readableNames: Reader<readonly string[]> = oneOrMore((node, report) => {
  const name = text(node, report);
  if (name === undefined || isVariableName(name)) return name;
  report.problem(node.at, `${JSON.stringify(name)} is not the name of a variable`, 'Write read-env: [HOME].');
  return undefined;
});

function isVariableName(name: string): boolean {
  return name !== '' && !/[=\0]/.test(name);
}

function checkVariable({ key, keyAt }: Entry, report: Report): void {
  if (isVariableName(key)) return;
  const hint = 'A name has at least one character, and no "=" and no NUL in it.';
  report.problem(keyAt, `${JSON.stringify(key)} is not the name of a variable`, hint);
}
