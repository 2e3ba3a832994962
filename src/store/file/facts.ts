/** What is known of the jobs of a namespace: summed up when journals are folded, completed by the journals since. */
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import type { JobDefinition } from '../../model/job.js';
import type { JobFacts, NamespaceFacts } from '../job-facts.js';
import { addJobFacts, addJobSet, addRun, emptyFacts, newnessOf, noteScheduled } from '../job-facts.js';
import { loadDefinitions, parseDefinition } from './definition-reader.js';
import { ensureDirectory, isAbsent, listNames, openToRead, parseObject, replaceFile } from './disk.js';
import type { Journals, WriterState } from './journals.js';
import type { Place } from './layout.js';
import { eachLine } from './lines.js';
import { MAX_LINE_BYTES } from './record.js';
import { parseRun } from './record-reader.js';
import { unavailable } from './refusal.js';

const NAME = /^jobs-[0-9a-f]{16}\.jsonl$/;

/**
 * @param now - What was stamped later is not believed: the clock was ahead then.
 * @param exceptWriter - What this writer said is left out: what was known before it came.
 */
export function readFacts(
  place: Place,
  journals: Journals,
  now: Date,
  exceptWriter?: string,
  load = loadDefinitions,
): NamespaceFacts {
  for (;;) {
    const facts = emptyFacts(now);
    try {
      for (const path of factFiles(place.history)) readFactFile(path, facts);
    } catch (error) {
      // Replaced by one that holds the same and more.
      if (isAbsent(error)) continue;
      throw error;
    }
    addJournals(facts, place, journals, exceptWriter, load);
    return facts;
  }
}

function addJournals(
  facts: NamespaceFacts,
  place: Place,
  journals: Journals,
  exceptWriter: string | undefined,
  load: typeof loadDefinitions,
): void {
  const sets = journals.jobSets.filter((set) => set.writer !== exceptWriter);
  const known = new Map<string, readonly JobDefinition[]>();
  const endOf = new Map<string, string>();
  const newness = (set: Journals['jobSets'][number]): Date => newnessOf(datesOf(set), facts.now);
  for (const set of sets.sort((left, right) => (newness(left) < newness(right) ? 1 : -1))) {
    const writer = journals.writers.get(set.writer);
    const until = endOf.get(set.writer) ?? (writer && attendedBy(writer, set.at, facts.now));
    // What a clock that was ahead has stamped does not end what was said before.
    if (new Date(set.at) <= facts.now) endOf.set(set.writer, set.at);
    const jobs = known.get(set.set) ?? load(place.definitions, set.set);
    known.set(set.set, jobs);
    addJobSet(facts, { mode: set.mode, ...datesOf(set), until: dateOf(until), jobs });
  }
  for (const { run } of journals.runs.values()) addRun(facts, run);
}

function datesOf({ at, after }: Journals['jobSets'][number]): {
  readonly at: Date;
  readonly after: Date | undefined;
} {
  return { at: new Date(at), after: dateOf(after) };
}

/** A live scheduler says so at least this often, by the time of its journal. */
const SILENCE_MS = 35_000;

/**
 * Until when a writer is known to have attended to all moments: living is not enough, it may have died before it came
 * to what was due. What it came to after that time has records.
 */
function attendedBy(writer: WriterState, since: string, now: Date): string | undefined {
  const said = writer.attendedUntil ?? new Date(writer.seenAt.getTime() - SILENCE_MS).toISOString();
  return said > since || new Date(since) > now ? said : undefined;
}

/** Jobs that live writers have. */
export function jobsOf(
  place: Place,
  journals: Journals,
  writers: ReadonlySet<string>,
  load = loadDefinitions,
): Map<string, string[]> {
  const jobs = new Map<string, string[]>();
  for (const set of journals.jobSets) {
    if (!writers.has(set.writer)) continue;
    jobs.set(
      set.writer,
      load(place.definitions, set.set).map((job) => job.id),
    );
  }
  return jobs;
}

/** Paths of the files that hold the sums. */
export function factFiles(history: string): string[] {
  return listNames(history)
    .filter((name) => NAME.test(name))
    .map((name) => `${history}/${name}`);
}

/** Keep the sums; durable on return. Merging is the same in any order, so several such files are no harm. */
export function writeFacts(history: string, facts: NamespaceFacts): string {
  const head = JSON.stringify({ scheduledAt: facts.scheduledAt });
  const lines = [head, ...[...facts.jobs.values()].map((job) => JSON.stringify(job))];
  const text = `${lines.join('\n')}\n`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = `${history}/jobs-${digest}.jsonl`;
  ensureDirectory(history);
  replaceFile(path, text);
  return path;
}

function readFactFile(path: string, facts: NamespaceFacts): void {
  const fd = openToRead(path);
  try {
    eachLine(fd, MAX_LINE_BYTES, (line) => {
      const value = parseObject(line.toString('utf8'));
      const job = value && parseFacts(value);
      if (job !== undefined) addJobFacts(facts, job);
      const at = dateOf(value?.['scheduledAt']);
      if (at !== undefined) noteScheduled(facts, at);
    });
  } catch (error) {
    throw unavailable('read', path, error);
  } finally {
    closeSync(fd);
  }
}

function parseFacts(value: Readonly<Record<string, unknown>>): JobFacts | undefined {
  const definition = parseDefinition(value['definition']);
  const definedAt = dateOf(value['definedAt']);
  const seenAt = dateOf(value['seenAt']);
  if (definition === undefined || definedAt === undefined || seenAt === undefined) return undefined;
  return {
    definition,
    definedAt,
    seenAt,
    scheduleSeenAt: dateOf(value['scheduleSeenAt']),
    attendedUntil: dateOf(value['attendedUntil']),
    lastDueAt: dateOf(value['lastDueAt']),
    aheadAt: dateOf(value['aheadAt']),
    lastRun: parseRun(value['lastRun']),
  };
}

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
