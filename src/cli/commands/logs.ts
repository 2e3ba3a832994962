/** `logs`: the bytes of a run, to stdout. */
import { setTimeout as sleep } from 'node:timers/promises';
import { liveRuns } from '../../app/control/live.js';
import { latestRun } from '../../app/latest-run.js';
import { followLog, followRuns, type LogPart, listRan, readLog } from '../../app/logs.js';
import { findRunOrJob } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import type { Stream } from '../../model/event.js';
import type { Job } from '../../model/job.js';
import { createPrintableStream } from '../../model/printable.js';
import type { Run } from '../../model/run.js';
import { quoteWord } from '../../model/target.js';
import type { Store } from '../../store/store.js';
import { findStep, markSteps, ofStep } from '../log-step.js';
import { pauseFor, type Reader } from '../reader.js';
import { openReading, type Reading, scopeOf } from '../reading.js';
import { parseLimit, parseSince } from './list.js';

const LOOK_EVERY_MS = 200;
const MANY = 10_000;

export async function logsCommand(text: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const tail = parseLimit(flags['tail']);
  const pattern = parsePattern(flags['grep']);
  const since = parseSince(flags['since'], new Date());
  const reading = await openReading(flags);
  const logs = partsOf(reading, await findRuns(reading, text, flags, since), flags);
  const isPlain = tail === undefined && pattern === undefined && since === undefined && !flags['timestamps'];
  if (isPlain) {
    for await (const parts of logs)
      for await (const { bytes } of parts) await reading.reader.print('stdout', bytes);
  }
  if (!isPlain) {
    const wanted = wantedLines(logs, { pattern, since });
    const lines = tail === undefined ? wanted : lastLines(wanted, tail, Boolean(flags['follow']));
    for await (const line of plainLines(lines, Boolean(flags['timestamps'])))
      await reading.reader.print('stdout', line);
  }
  await reading.streams.flush();
}

/** What each run printed, one run after the other. */
async function* partsOf(
  reading: Reading,
  runs: AsyncIterable<Run> | Iterable<Run>,
  flags: Readonly<Record<string, unknown>>,
): AsyncGenerator<AsyncIterable<LogPart>> {
  let step: number | undefined;
  for await (const run of runs) {
    step = stepOf(run, flags['step'], step);
    yield openLog(reading, run, flags, step);
  }
}

/** What the first run calls so; of a later one that does not know the name yet, the step in the same place. */
function stepOf(run: Run, text: unknown, before: number | undefined): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (before === undefined) return findStep(run, text);
  const named = run.steps?.findIndex(({ name }) => name === text) ?? -1;
  return named >= 0 ? named + 1 : before;
}

function openLog(
  { store, color, reader }: Reading,
  run: Run,
  flags: Readonly<Record<string, unknown>>,
  step: number | undefined,
): AsyncIterable<LogPart> {
  let latest = run;
  const look = (now: Run): void => {
    latest = now;
  };
  const wanted = wantedStreams(flags);
  const read = flags['follow']
    ? followLog(store, run, wanted, () => pause(reader), look)
    : readLog(store, run, wanted);
  const parts = step === undefined ? read : ofStep(read, step);
  // On a terminal nothing that was printed may take the screen over; a pipe gets every byte as it was.
  if (!process.stdout.isTTY) return parts;
  const clean = printableParts(parts);
  return step === undefined ? markSteps(clean, (each) => latest.steps?.[each - 1]?.name, color()) : clean;
}

const pause = (reader: Reader): Promise<void> => pauseFor(reader, () => sleep(LOOK_EVERY_MS));

function parsePattern(value: unknown): RegExp | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return new RegExp(value, 'u');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^.*: (?=[^:]*$)/, '') : String(cause);
    throw new SupertaskError('USAGE', `--grep ${JSON.stringify(value)} is not a regular expression: ${why}`, {
      hint: 'Put a backslash before each of these that is meant as such: ( ) [ ] { } . * + ? ^ $ | \\',
      cause,
    });
  }
}

async function* printableParts(parts: AsyncIterable<LogPart>): AsyncGenerator<LogPart> {
  const clean = { stdout: createPrintableStream(), stderr: createPrintableStream() };
  let last: LogPart | undefined;
  for await (const part of parts) {
    last = part;
    yield { ...part, bytes: Buffer.from(clean[part.stream].push(part.bytes)) };
  }
  for (const stream of ['stdout', 'stderr'] as const)
    if (last !== undefined) yield { ...last, stream, bytes: Buffer.from(clean[stream].end()) };
}

/** The run that is named; of a job its newest, those since an instant, or with `--follow` those to come as well. */
async function findRuns(
  reading: Reading,
  text: string,
  flags: Readonly<Record<string, unknown>>,
  since: Date | undefined,
): Promise<AsyncIterable<Run> | Iterable<Run>> {
  const { store, reader } = reading;
  const found = await findRunOrJob(store, text, scopeOf(reading, text));
  if ('run' in found) return [found.run];
  const { job } = found;
  const newest = await latestRun(store, job);
  const isExpected = async (): Promise<boolean> => {
    const schedulers = await store.schedulers(job.namespace);
    const has = schedulers.some(({ jobs }) => jobs.includes(job.id));
    return has || (await liveRuns(store, { namespace: job.namespace, job: job.id })).length > 0;
  };
  const isNothing = newest === undefined && !(flags['follow'] && (await isExpected()));
  if (isNothing)
    throw new SupertaskError('ID_UNKNOWN', `job "${text}" has not run yet, so it printed nothing`, {
      hint: `supertask list-runs --job=${quoteWord(text)} shows what became of its due moments.`,
    });
  const first =
    since === undefined ? [newest].flatMap((run) => run ?? []) : await listSince(store, job, since);
  if (!flags['follow']) return first;
  return followRuns(store, job, first, {
    pause: () => pause(reader),
    isOver: async () => !(await isExpected()),
  });
}

/** What was still going then has printed since, too. */
async function listSince(store: Store, job: Job, since: Date): Promise<readonly Run[]> {
  const runs = await listRan(store, job, { limit: MANY });
  return runs.filter(({ endedAt }) => endedAt === undefined || endedAt >= since);
}

function wantedStreams(flags: Readonly<Record<string, unknown>>): readonly Stream[] {
  if (flags['stdout'] && !flags['stderr']) return ['stdout'];
  if (flags['stderr'] && !flags['stdout']) return ['stderr'];
  return ['stdout', 'stderr'];
}

const NEWLINE = 0x0a;

type Line = { readonly at: Date; readonly bytes: Buffer };

/** Whole lines of each stream, each with the instant of its first byte; the last may lack its newline. */
async function* splitLines(parts: AsyncIterable<LogPart>): AsyncGenerator<Line> {
  const open = new Map<Stream, Line>();
  for await (const part of parts) {
    const begun = open.get(part.stream);
    let rest = begun === undefined ? part.bytes : Buffer.concat([begun.bytes, part.bytes]);
    let at = begun === undefined ? part.at : begun.at;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield { at, bytes: rest.subarray(0, end + 1) };
      rest = rest.subarray(end + 1);
      at = part.at;
    }
    if (rest.length > 0) open.set(part.stream, { at, bytes: rest });
    if (rest.length === 0) open.delete(part.stream);
  }
  yield* open.values();
}

async function* wantedLines(
  logs: AsyncIterable<AsyncIterable<LogPart>>,
  { pattern, since }: { readonly pattern: RegExp | undefined; readonly since: Date | undefined },
): AsyncGenerator<Line> {
  for await (const parts of logs) {
    for await (const line of splitLines(parts)) {
      if (since !== undefined && line.at < since) continue;
      if (pattern === undefined || pattern.test(textOf(line))) yield line;
    }
  }
}

function textOf({ bytes }: Line): string {
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

async function* plainLines(lines: AsyncIterable<Line>, isStamped: boolean): AsyncGenerator<Buffer> {
  let isOpen = false;
  for await (const { at, bytes } of lines) {
    // The last line of a stream, or of a run, may not have ended, and the next one begins with its own instant.
    const head = `${isOpen ? '\n' : ''}${isStamped ? `${at.toISOString()} ` : ''}`;
    yield head === '' ? bytes : Buffer.concat([Buffer.from(head), bytes]);
    isOpen = bytes.at(-1) !== NEWLINE;
  }
}

/** The last `count` lines; when following, lines that come later are given as they come. */
async function* lastLines(lines: AsyncIterable<Line>, count: number, follow: boolean): AsyncGenerator<Line> {
  const kept: Line[] = [];
  const source = lines[Symbol.asyncIterator]();
  let pending = source.next();
  for (;;) {
    const next = follow ? await Promise.race([pending, sleep(LOOK_EVERY_MS / 2)]) : await pending;
    if (next === undefined) break;
    if (next.done) return yield* kept;
    kept.push(next.value);
    if (kept.length > count) kept.shift();
    pending = source.next();
  }
  yield* kept;
  for (let next = await pending; !next.done; next = await source.next()) yield next.value;
}
