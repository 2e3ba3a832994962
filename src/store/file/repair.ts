/**
 * Mends what can be mended without losing anything: bytes that are taken out of a file are put aside, and what is
 * written anew is durable before the old file goes. Each step may be cut off, or done twice.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { type Run, runIdInstant, scheduledRunId } from '../../model/run.js';
import { loseRun } from '../lost-run.js';
import { isLeftBehind, isLock } from './check.js';
import {
  checkHistory,
  definitionFiles,
  isDefinitionFileDamaged,
  isFactFileDamaged,
} from './check-history.js';
import { damagesOf } from './check-journal.js';
import { checkOutput } from './check-output.js';
import { ensureDirectory, listNames, moveFile, removeFile, replaceFile } from './disk.js';
import { factFiles, readFacts, writeFacts } from './facts.js';
import type { Finding } from './finding.js';
import { ensureRoot } from './format.js';
import { indexPath, listSegments, runsIn, writeJobIndex, writeSegments } from './history.js';
import { ENDING, FREE, SEALED, writerName } from './journal-name.js';
import { isWriterAlive } from './journals.js';
import { readKeptJobs } from './kept-jobs.js';
import { namespacesIn, type Place } from './layout.js';
import { sealOff } from './maintenance.js';
import { readOverrides } from './overrides.js';
import { quarantine } from './replaced-file.js';
import { clearSlots } from './slots-of-dead.js';
import { viewNamespace } from './view.js';
import { openWriter } from './writer.js';
import type { FileWriterOptions } from './writer-state.js';

/** What was done. */
export type Repair = { readonly path: string; readonly what: string };

/** A claim that has no record after this time will not get one. */
const FORSAKEN_MS = 5_000;
/** Claims of which not even the job is known are kept as long as their moment might be run again. */
const CLAIM_COUNTS_MS = 86_400_000;
/** Attempts of one moment that are looked for. */
const MOST_ATTEMPTS = 20;

/**
 * What belongs to no namespace.
 *
 * @throws {SupertaskError} `STATE_NEWER`, `STATE_UNAVAILABLE`
 */
export function repairRoot(root: string): Repair[] {
  const done: Repair[] = [];
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) return done;
  for (const path of [root, namespacesIn(root), `${root}/format.json`]) closeToOthers(path, tell(done));
  ensureRoot(root, (message) => done.push({ path: `${root}/format.json`, what: message }));
  return done;
}

export async function repairNamespace(place: Place, options: FileWriterOptions): Promise<Repair[]> {
  const now = options.now();
  const done: Repair[] = [];
  const note = tell(done);
  mendPermissions(place, note);
  putTemporaryFilesAside(place, now, note);
  if (readOverrides(place) === 'corrupt')
    note(place.overrides, `put aside as ${quarantine(place.quarantine, place.overrides)}`);
  if (readKeptJobs(place) === 'corrupt')
    note(place.jobs, `put aside as ${quarantine(place.quarantine, place.jobs)}`);
  mendHistory(place, note);
  mendJournals(place, now, note);
  await mendRuns(place, options, note);
  putDefinitionsAside(place, now, note);
  const mine = { run: '', writer: writerName(process.pid, now), pid: process.pid };
  const slots = clearSlots(place, viewNamespace(place, now).journals, now, mine);
  if (slots > 0) note(place.slots, `gave ${slots} back that the dead held`);
  return done;
}

type Tell = (path: string, what: string) => void;

function tell(done: Repair[]): Tell {
  return (path, what) => void done.push({ path, what });
}

function mendPermissions(place: Place, tell: Tell): void {
  const paths = readdirSync(place.directory, { recursive: true, encoding: 'utf8' });
  for (const path of [place.directory, ...paths.map((name) => `${place.directory}/${name}`)]) {
    if (!isLock(path)) closeToOthers(path, tell);
  }
}

function closeToOthers(path: string, tell: Tell): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.uid !== process.getuid?.() || (stats.mode & 0o077) === 0) return;
  if (!stats.isFile() && !stats.isDirectory()) return;
  chmodSync(path, stats.isDirectory() ? 0o700 : 0o600);
  tell(path, 'closed to others');
}

function putTemporaryFilesAside(place: Place, now: Date, tell: Tell): void {
  for (const name of readdirSync(place.directory, { recursive: true, encoding: 'utf8' })) {
    const path = `${place.directory}/${name}`;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && isLeftBehind(path, stats, now))
      tell(path, `put aside as ${quarantine(place.quarantine, path)}`);
  }
}

/** The readable runs of a damaged file are written anew; indexes are made again; sums are merged from what is there. */
function mendHistory(place: Place, tell: Tell): void {
  const damaged = (kinds: readonly Finding['kind'][]) => {
    const { findings } = checkHistory(place);
    return new Set(findings.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path));
  };
  const segments = damaged(['bad-lines', 'count', 'digest']);
  for (const segment of listSegments(place.history).filter(({ path }) => segments.has(path))) {
    const runs = runsIn(segment);
    const written = runs.length === 0 ? [] : writeSegments(place.history, runs);
    if (!written.includes(segment.path)) {
      tell(
        segment.path,
        `kept ${runs.length} runs; the rest is put aside as ${quarantine(place.quarantine, segment.path)}`,
      );
      removeFile(indexPath(segment.path));
    }
  }
  const indexes = damaged(['index']);
  for (const segment of listSegments(place.history)) {
    const path = indexPath(segment.path);
    if (!indexes.delete(path)) continue;
    removeFile(path);
    writeJobIndex(segment.path, runsIn(segment));
    tell(path, 'made again');
  }
  for (const path of indexes) if (removeFile(path)) tell(path, 'removed: there is no file that it is of');
  const sums = factFiles(place.history).filter(isFactFileDamaged);
  if (sums.length === 0) return;
  const now = new Date();
  const { journals } = viewNamespace(place, now);
  const made = writeFacts(
    place.history,
    readFacts(place, { ...journals, runs: new Map(), jobSets: [] }, now),
  );
  for (const path of sums) {
    if (path !== made)
      tell(path, `written anew; what it was is put aside as ${quarantine(place.quarantine, path)}`);
  }
}

/** Journals of the dead are handed on without what is no record. Those of the living are left alone. */
function mendJournals(place: Place, now: Date, tell: Tell): void {
  const me = writerName(process.pid, now);
  const { journals } = viewNamespace(place, now);
  let count = 0;
  for (const name of journals.files) {
    const path = `${place.journals}/${name}`;
    if (damagesOf(path).length === 0) continue;
    const isFree = name.startsWith(FREE) || name.startsWith(SEALED);
    const owner = journals.writers.get(name.slice(0, name.indexOf('.')));
    if (!isFree && isWriterAlive(owner, now)) continue;
    // Whoever renames it first has it.
    const mine = `${place.journals}/${me}.mend-${count++}${ENDING}`;
    if (!moveFile(path, mine)) continue;
    const damages = damagesOf(mine);
    const kept = `${place.quarantine}/${Date.now()}-${randomBytes(3).toString('hex')}-${name}`;
    ensureDirectory(place.quarantine);
    linkSync(mine, kept);
    replaceFile(mine, [without(readFileSync(mine), damages)]);
    sealOff(place, mine, isFree ? undefined : owner);
    const lines = damages.length === 1 ? '1 line that is' : `${damages.length} lines that are`;
    tell(path, `handed on without ${lines} no record; what it was is put aside as ${kept}`);
  }
}

function without(bytes: Buffer, damages: readonly { readonly at: number; readonly bytes: number }[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, bytes: length } of damages) {
    parts.push(bytes.subarray(from, at));
    from = at + length;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

/** End the runs that nobody will end, hand on the journals of the dead, and give claims without a record one. */
async function mendRuns(place: Place, options: FileWriterOptions, tell: Tell): Promise<void> {
  const now = options.now();
  const forsaken = forsakenRuns(place, options.namespace, now, tell);
  const isQuiet = forsaken.length === 0 && viewNamespace(place, now).lost.length === 0;
  const hasDead = listNames(place.journals).some((name) => !name.startsWith(FREE));
  if (isQuiet && !hasDead) return;
  const writer = openWriter(place, options);
  try {
    writer.keepLost(forsaken);
    for (const run of [...forsaken, ...(await writer.heartbeat(now))])
      tell(`${place.journals}`, `recorded run ${run.id} of ${run.job} as lost`);
  } finally {
    await writer.close('repaired');
  }
}

/** Claims without a record: as lost runs where the job can be told from the id, else put aside when they do not count. */
function forsakenRuns(place: Place, namespace: string, now: Date, tell: Tell): Run[] {
  const output = checkOutput(place, now);
  const { journals } = viewNamespace(place, now);
  const history = checkHistory(place);
  const jobs = [...readFacts(place, journals, now).jobs.keys()];
  const findings = output.withRecords((id) => journals.runs.has(id) || history.has(id));
  return findings.flatMap(({ kind, path }) => {
    if (kind !== 'claim-without-record' && kind !== 'output-without-claim') return [];
    const ageMs = now.getTime() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime());
    if (ageMs < FORSAKEN_MS) return [];
    const id = path.slice(-40, -4);
    const run = kind === 'claim-without-record' ? runOf(id, namespace, jobs) : undefined;
    if (run !== undefined) return [run];
    const counts = kind === 'claim-without-record' && id[14] === '8' && ageMs < CLAIM_COUNTS_MS;
    if (!counts) tell(path, `put aside as ${quarantine(place.quarantine, path)}`);
    return [];
  });
}

function runOf(id: string, namespace: string, jobs: readonly string[]): Run | undefined {
  const dueAt = runIdInstant(id);
  for (const job of jobs) {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (scheduledRunId({ namespace, job, dueAt, attempt }) !== id) continue;
      const run: Run = {
        ...{ id, namespace, job, status: 'starting', trigger: 'schedule', attempt, scheduledAt: dueAt },
      };
      const message = 'the supertask that claimed it was killed before it could start it';
      return loseRun(run, message, { claimed: 'not journalled' });
    }
  }
  return undefined;
}

/** Definitions that are not what their name says: a scheduler writes them anew when it starts. */
function putDefinitionsAside(place: Place, now: Date, tell: Tell): void {
  const damaged = definitionFiles(place).filter(isDefinitionFileDamaged);
  if (damaged.length === 0) return;
  const { writers } = viewNamespace(place, now).journals;
  if ([...writers.values()].some((writer) => isWriterAlive(writer, now))) return;
  for (const path of damaged) tell(path, `put aside as ${quarantine(place.quarantine, path)}`);
}
