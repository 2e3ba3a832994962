/** Sets of job definitions, read again: what of them is believed. */
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import type { JobDefinition, KeptCommand } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import type { Keep } from '../../model/keep.js';
import { md5 } from '../../model/md5.js';
import { openOrAbsent, parseObject } from './disk.js';
import { eachLine } from './lines.js';
import { unavailable } from './refusal.js';

const SET = /^[0-9a-f]{32}$/;

/** Whether a set has the bytes that it was named by; versions differ in which digest they take for which length. */
export function isSetOf(set: string, bytes: Buffer): boolean {
  return set === md5(bytes) || set === longDigestOf(bytes);
}

function longDigestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** The definitions of a set; those that cannot be read are left out. */
export function loadDefinitions(directory: string, set: string): JobDefinition[] {
  const path = `${directory}/${set}.jsonl`;
  const fd = SET.test(set) ? openOrAbsent(path) : undefined;
  if (fd === undefined) return [];
  const definitions: JobDefinition[] = [];
  try {
    eachLine(fd, Number.POSITIVE_INFINITY, (line) => {
      const definition = parseDefinition(parseObject(line.toString('utf8')));
      if (definition !== undefined) definitions.push(definition);
    });
    return definitions;
  } catch (error) {
    throw unavailable('read', path, error);
  } finally {
    closeSync(fd);
  }
}

export function parseDefinition(value: unknown): JobDefinition | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = { ...value } as Record<string, unknown>;
  const { id, task, name, description, target, schedules, scheduleForms, tz, enabled, deadlineMs, keep } =
    fields;
  const { countsFrom, digest, since, origin, labels, args, given } = fields;
  const command = parseCommand(fields['command']);
  if (typeof id !== 'string' || typeof target !== 'string') return undefined;
  return {
    id,
    ...(typeof task === 'string' ? { task } : {}),
    name: typeof name === 'string' ? name : undefined,
    description: typeof description === 'string' ? description : undefined,
    ...(isObject(labels) ? { labels: textsIn(labels) } : {}),
    ...(isObject(args) ? { args: args as NonNullable<JobDefinition['args']> } : {}),
    target,
    schedules: Array.isArray(schedules) ? schedules.filter((text) => typeof text === 'string') : [],
    tz: typeof tz === 'string' ? tz : 'UTC',
    enabled: enabled !== false,
    ...(Array.isArray(scheduleForms) ? { scheduleForms } : {}),
    ...(typeof deadlineMs === 'number' ? { deadlineMs } : {}),
    ...(typeof keep === 'object' && keep !== null ? { keep: parseKeep({ ...keep }) } : {}),
    ...(isInstant(since) ? { since } : {}),
    ...(isInstant(countsFrom) ? { countsFrom } : {}),
    ...(typeof digest === 'string' ? { digest } : {}),
    ...(command === undefined ? {} : { command }),
    ...(isObject(given) ? { given: parseGiven(given) } : {}),
    ...(origin === 'api' ? { origin } : {}),
  };
}

function parseCommand(value: unknown): KeptCommand | undefined {
  if (!isObject(value)) return undefined;
  const { cwd, words, flags, lacks } = value;
  if (lacks === 'secret' || lacks === 'variables') return { lacks };
  if (typeof cwd !== 'string' || !Array.isArray(words) || !isObject(flags)) return undefined;
  if (!words.every((word) => typeof word === 'string')) return undefined;
  return { cwd, words, flags: flags as Readonly<Record<string, Json>> };
}

function parseGiven({ when, args }: Readonly<Record<string, unknown>>): NonNullable<JobDefinition['given']> {
  return {
    ...(typeof when === 'string' ? { when } : {}),
    ...(Array.isArray(args) ? { args: args.filter((name) => typeof name === 'string') } : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsIn(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function parseKeep(value: Readonly<Record<string, unknown>>): Keep {
  const limits = ['runs', 'ageMs', 'bytes'].filter((key) => typeof value[key] === 'number');
  return Object.fromEntries(limits.map((key) => [key, value[key]]));
}
