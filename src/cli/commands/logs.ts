/** `logs`: the bytes of a run, to stdout. */
import { setTimeout as sleep } from 'node:timers/promises';
import { followLog, type LogPart, readLog } from '../../app/logs.js';
import { findRunOrJob, latestRun } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import type { Stream } from '../../model/event.js';
import { createPrintableStream } from '../../model/printable.js';
import type { Run } from '../../model/run.js';
import type { Store } from '../../store/store.js';
import { findStep, markSteps, ofStep } from '../log-step.js';
import { openReading, type Reading } from '../reading.js';
import { parseLimit } from './list.js';

const LOOK_EVERY_MS = 200;

export async function logsCommand(text: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const reading = await openReading(flags);
  const parts = await openLog(reading, text, flags);
  const tail = parseLimit(flags['tail']);
  const isPlain = tail === undefined && !flags['timestamps'];
  if (isPlain) {
    for await (const { bytes } of parts) await reading.streams.write('stdout', bytes);
  }
  if (!isPlain) {
    const lines = flags['timestamps'] ? stampLines(splitLines(parts)) : plainLines(splitLines(parts));
    for await (const line of tail === undefined ? lines : lastLines(lines, tail, Boolean(flags['follow']))) {
      await reading.streams.write('stdout', line);
    }
  }
  await reading.streams.flush();
}

async function openLog(
  { store, namespace, color }: Reading,
  text: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<AsyncIterable<LogPart>> {
  let run = await findLogged(store, namespace, text);
  const step = typeof flags['step'] === 'string' ? findStep(run, flags['step']) : undefined;
  const wanted = wantedStreams(flags);
  const look = (now: Run): void => {
    run = now;
  };
  const read = flags['follow']
    ? followLog(store, run, wanted, () => sleep(LOOK_EVERY_MS), look)
    : readLog(store, run, wanted);
  const parts = step === undefined ? read : ofStep(read, step);
  // On a terminal nothing that was printed may take the screen over; a pipe gets every byte as it was.
  if (!process.stdout.isTTY) return parts;
  const clean = printableParts(parts);
  return step === undefined ? markSteps(clean, (each) => run.steps?.[each - 1]?.name, color()) : clean;
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

async function findLogged(store: Store, namespace: string | undefined, text: string): Promise<Run> {
  const found = await findRunOrJob(store, text, namespace);
  const run = 'run' in found ? found.run : await latestRun(store, found.job);
  if (run !== undefined) return run;
  throw new SupertaskError('ID_UNKNOWN', `job "${text}" has not run yet, so it printed nothing`, {
    hint: `supertask list-runs --job=${text} shows what became of its due moments.`,
  });
}

function wantedStreams(flags: Readonly<Record<string, unknown>>): readonly Stream[] {
  if (flags['stdout'] && !flags['stderr']) return ['stdout'];
  if (flags['stderr'] && !flags['stdout']) return ['stderr'];
  return ['stdout', 'stderr'];
}

type Line = { readonly at: Date; readonly bytes: Buffer };

/** Whole lines of each stream, each with the instant of its first byte; the last may lack its newline. */
async function* splitLines(parts: AsyncIterable<LogPart>): AsyncGenerator<Line> {
  const open = new Map<Stream, Line>();
  for await (const part of parts) {
    const begun = open.get(part.stream);
    let rest = begun === undefined ? part.bytes : Buffer.concat([begun.bytes, part.bytes]);
    let at = begun === undefined ? part.at : begun.at;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      yield { at, bytes: rest.subarray(0, end + 1) };
      rest = rest.subarray(end + 1);
      at = part.at;
    }
    if (rest.length > 0) open.set(part.stream, { at, bytes: rest });
    if (rest.length === 0) open.delete(part.stream);
  }
  yield* open.values();
}

async function* stampLines(lines: AsyncIterable<Line>): AsyncGenerator<Buffer> {
  for await (const { at, bytes } of lines) {
    yield Buffer.concat([Buffer.from(`${at.toISOString()} `), bytes]);
  }
}

async function* plainLines(lines: AsyncIterable<Line>): AsyncGenerator<Buffer> {
  for await (const { bytes } of lines) yield bytes;
}

/** The last `count` lines; when following, lines that come later are given as they come. */
async function* lastLines(
  lines: AsyncIterable<Buffer>,
  count: number,
  follow: boolean,
): AsyncGenerator<Buffer> {
  const kept: Buffer[] = [];
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
