/** Sets of job definitions, each in a file named by its digest: a set that is known already costs one look. */
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import type { JobDefinition } from '../../model/job.js';
import type { Keep } from '../../model/keep.js';
import { md5 } from '../../model/md5.js';
import { ensureDirectory, parseObject, readText, replaceFile } from './disk.js';

const SET = /^[0-9a-f]{32}$/;

/** Keep a set of definitions. Returns its digest. */
export function keepDefinitions(directory: string, jobs: readonly JobDefinition[]): string {
  const lines = jobs.map((job) => `${JSON.stringify(job)}\n`).join('');
  const bytes = Buffer.from(lines);
  const set = digestOf(bytes);
  const path = `${directory}/${set}.jsonl`;
  // A file of another length was cut short by a power failure.
  if (lstatSync(path, { throwIfNoEntry: false })?.size === bytes.length) return set;
  ensureDirectory(directory);
  replaceFile(path, lines);
  return set;
}

/** OpenSSL is quicker, and takes longer to load than a small set takes without it. */
const SMALL_BYTES = 4096;

function digestOf(bytes: Buffer): string {
  return bytes.length <= SMALL_BYTES ? md5(bytes) : longDigestOf(bytes);
}

function longDigestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Whether a set has the bytes that it was named by; versions differ in which digest they take for which length. */
export function isSetOf(set: string, bytes: Buffer): boolean {
  return set === md5(bytes) || set === longDigestOf(bytes);
}

/** The definitions of a set; those that cannot be read are left out. */
export function loadDefinitions(directory: string, set: string): JobDefinition[] {
  if (!SET.test(set)) return [];
  const lines = (readText(`${directory}/${set}.jsonl`) ?? '').split('\n');
  return lines.flatMap((line) => {
    const definition = line === '' ? undefined : parseDefinition(parseObject(line));
    return definition === undefined ? [] : [definition];
  });
}

export function parseDefinition(value: unknown): JobDefinition | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = { ...value } as Record<string, unknown>;
  const { id, task, name, description, target, schedules, scheduleForms, tz, enabled, deadlineMs, keep } =
    fields;
  const { countsFrom, digest, since } = fields;
  if (typeof id !== 'string' || typeof target !== 'string') return undefined;
  return {
    id,
    ...(typeof task === 'string' ? { task } : {}),
    name: typeof name === 'string' ? name : undefined,
    description: typeof description === 'string' ? description : undefined,
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
  };
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function parseKeep(value: Readonly<Record<string, unknown>>): Keep {
  const limits = ['runs', 'ageMs', 'bytes'].filter((key) => typeof value[key] === 'number');
  return Object.fromEntries(limits.map((key) => [key, value[key]]));
}
