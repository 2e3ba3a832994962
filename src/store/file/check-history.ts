/** Sealed files of the history, and the sums and sets of jobs beside them: names against bytes. */
import { createHash } from 'node:crypto';
import { closeSync, readFileSync } from 'node:fs';
import { isSetOf } from './definition-reader.js';
import { listNames, openToRead, parseObject } from './disk.js';
import { factFiles } from './facts.js';
import { type Finding, some } from './finding.js';
import { indexPath, jobCounts, listSegments, type Segment } from './history.js';
import type { Place } from './layout.js';
import { eachLine } from './lines.js';
import { MAX_LINE_BYTES } from './record.js';
import { parseRunLine } from './record-reader.js';

export type HistoryCheck = {
  readonly findings: readonly Finding[];
  /** Whether a run is in the history. */
  has(runId: string): boolean;
};

export function checkHistory(place: Place): HistoryCheck {
  const known = new Set<string>();
  const segments = listSegments(place.history);
  const findings = segments.flatMap((segment) => checkSegment(segment, known));
  const names = new Set(segments.flatMap(({ path }) => [path, indexPath(path)]));
  const strangers = listNames(place.history)
    .filter((month) => /^\d{6}$/.test(month))
    .flatMap((month) =>
      listNames(`${place.history}/${month}`).map((name) => `${place.history}/${month}/${name}`),
    )
    .filter((path) => !names.has(path) && !path.endsWith('.tmp'));
  return {
    findings: [
      ...findings,
      ...strangers.flatMap((path) => some(path.endsWith('.idx.json') ? 'index' : 'stranger', path, 1)),
      ...factFiles(place.history)
        .filter(isFactFileDamaged)
        .flatMap((path) => some('digest', path, 1)),
      ...definitionFiles(place)
        .filter(isDefinitionFileDamaged)
        .flatMap((path) => some('digest', path, 1)),
    ],
    has: (id) => known.has(id),
  };
}

/** What a file of the history holds, as against what its name and its index say. */
function checkSegment(segment: Segment, known: Set<string>): Finding[] {
  const counts = new Map<string, number>();
  const bad: number[] = [];
  let runs = 0;
  const fd = openToRead(segment.path);
  try {
    eachLine(
      fd,
      MAX_LINE_BYTES,
      (line, at) => {
        const run = parseRunLine(line);
        if (run === undefined) {
          bad.push(at);
          return;
        }
        known.add(run.id);
        runs += 1;
        counts.set(run.job, (counts.get(run.job) ?? 0) + 1);
      },
      (at) => bad.push(at),
    );
  } finally {
    closeSync(fd);
  }
  const isCount = runs === segment.runs;
  return [
    ...some('bad-lines', segment.path, bad.length, bad[0]),
    ...some('count', segment.path, isCount ? 0 : Math.abs(segment.runs - runs)),
    ...some('digest', segment.path, isCount && bad.length === 0 && !hasOwnDigest(segment.path) ? 1 : 0),
    ...some('index', indexPath(segment.path), isIndexOf(segment, counts) ? 0 : 1),
  ];
}

function isIndexOf(segment: Segment, counts: ReadonlyMap<string, number>): boolean {
  const index = Object.entries(jobCounts(segment) ?? {});
  return index.length === counts.size && index.every(([job, count]) => counts.get(job) === count);
}

/** Names of sealed files end in the beginning of the SHA-256 of their bytes. */
function hasOwnDigest(path: string): boolean {
  return path.endsWith(
    `-${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}.jsonl`,
  );
}

export function isFactFileDamaged(path: string): boolean {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return !hasOwnDigest(path) || lines.some((line) => parseObject(line) === undefined);
}

export function definitionFiles(place: Place): string[] {
  return listNames(place.definitions)
    .filter((name) => /^[0-9a-f]{32}\.jsonl$/.test(name))
    .map((name) => `${place.definitions}/${name}`);
}

export function isDefinitionFileDamaged(path: string): boolean {
  return !isSetOf(path.slice(-38, -6), readFileSync(path));
}
