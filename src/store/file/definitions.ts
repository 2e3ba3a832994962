/** Sets of job definitions, each in a file named by its digest: a set that is known already costs one look. */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync } from 'node:fs';
import type { JobDefinition, KeptCommand } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import type { Keep } from '../../model/keep.js';
import { md5 } from '../../model/md5.js';
import { ensureDirectory, openOrAbsent, parseObject, placeFile, replaceFile, unavailable } from './disk.js';
import { eachLine } from './lines.js';

const SET = /^[0-9a-f]{32}$/;

/** Keep a set of definitions. Returns its digest. */
export function keepDefinitions(directory: string, jobs: Iterable<JobDefinition>): string {
  const blocks = blocksOf(jobs);
  const { value: first = Buffer.alloc(0) } = blocks.next();
  if (first.length > SMALL_BYTES) return keepLargeSet(directory, first, blocks);
  const set = md5(first);
  const path = `${directory}/${set}.jsonl`;
  if (sizeOf(path) === first.length) return set;
  ensureDirectory(directory);
  replaceFile(path, [first]);
  return set;
}

/** OpenSSL is quicker, and takes longer to load than a small set takes without it. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 64 * 1024;

/** The lines of a set in blocks, none of them small but the last; each is valid until the next is asked for. */
function* blocksOf(jobs: Iterable<JobDefinition>): Generator<Buffer, undefined> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  for (const job of jobs) {
    const line = `${JSON.stringify(job)}\n`;
    if (used + Buffer.byteLength(line) <= block.length) {
      used += block.write(line, used);
      continue;
    }
    yield Buffer.concat([block.subarray(0, used), Buffer.from(line)]);
    used = 0;
  }
  if (used > 0) yield block.subarray(0, used);
}

/** Written before its name is known: it is never in memory as a whole. */
function keepLargeSet(directory: string, first: Buffer, others: Iterable<Buffer>): string {
  const digest = createHash('sha256');
  let size = 0;
  const count = (block: Buffer): Buffer => {
    digest.update(block);
    size += block.length;
    return block;
  };
  function* content(): Generator<Buffer> {
    yield count(first);
    for (const block of others) yield count(block);
  }
  let set = '';
  ensureDirectory(directory);
  placeFile(directory, content(), () => {
    set = digest.digest('hex').slice(0, 32);
    const path = `${directory}/${set}.jsonl`;
    return sizeOf(path) === size ? undefined : path;
  });
  return set;
}

/** A file of another length than it should have was cut short by a power failure. */
function sizeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.size;
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
