/** A store that forgets everything with its process: for tests of the engine and for runs that leave no trace. */
import type { Stream } from '../model/event.js';
import type { Namespace, Origin } from '../model/namespace.js';
import { isEnded, type ProcessId, type Run } from '../model/run.js';
import {
  addJobSet,
  addRun,
  afterSet,
  emptyFacts,
  type JobSet,
  listJobs,
  type NamespaceFacts,
  pastOf,
} from './job-facts.js';
import { changeRun } from './ledger.js';
import { isAwaited, loseRun } from './lost-run.js';
import { skipForOverlap } from './overlap.js';
import { compareNewest, matchesQuery } from './run-query.js';
import type { Claim, Claimed, Limit, OutputSink, Store, Writer, WriterOptions } from './store.js';

type MemoryWriter = {
  readonly options: WriterOptions;
  alive: boolean;
  /** Until when it is known to have lived. */
  until: Date;
  /** What it had, oldest first. */
  readonly sets: Pick<JobSet, 'at' | 'after' | 'jobs'>[];
};

type Entry = {
  run: Run;
  readonly writer: MemoryWriter;
  /** It waits for an instant in the place of the run before it. */
  readonly hasPlace?: boolean;
};

type Chunk = { readonly stream: Stream; readonly chunk: Buffer };

type Space = {
  readonly namespace: Namespace;
  readonly writers: MemoryWriter[];
  readonly runs: Map<string, Entry>;
  /** Those whose end is not recorded, by job: each claim asks for its own. */
  readonly open: Map<string, Map<string, Entry>>;
  /** Ids of those that wait for another run of their job. */
  readonly queued: Set<string>;
  /** By key: ids of runs that hold a place of it, and of those that wait for one. */
  readonly shared: Map<string, { readonly live: Set<string>; readonly waiting: Set<string> }>;
  /** Ids of the others, in the order in which they ended. */
  readonly ended: Set<string>;
  readonly keepRuns: number;
  readonly output: Map<string, Chunk[]>;
};

/**
 * @param options - `now`: the clock that tells when a writer ended; the wall clock's if not given.
 *   `keepRuns`: so many ended runs of a namespace are kept, all if not given. A run that is forgotten can be claimed
 *   again, so this is for engines whose clock never goes back.
 */
export function createMemoryStore(
  options: { readonly now?: () => Date; readonly keepRuns?: number } = {},
): Store {
  const { now = () => new Date(), keepRuns = Number.POSITIVE_INFINITY } = options;
  const spaces = new Map<string, Space>();
  return {
    async open(id, origin, writerOptions) {
      const known = spaces.get(id);
      const space = known ?? createSpace(id, origin, writerOptions.startedAt, keepRuns);
      spaces.set(id, space);
      return { ...createWriter(space, writerOptions, now), isNew: known === undefined };
    },
    async namespaces(isWanted = () => true) {
      const wanted = [...spaces.values()].filter(({ namespace }) => isWanted(namespace));
      return wanted.map((space) => ({
        ...space.namespace,
        jobs: listJobs(factsOf(space, now()), space.namespace.id, aliveJobs(space)).length,
        runs: space.runs.size,
      }));
    },
    async jobs(id) {
      const space = spaces.get(id);
      return space === undefined ? [] : listJobs(factsOf(space, now()), id, aliveJobs(space));
    },
    async definitions(id, job) {
      return (spaces.get(id)?.writers ?? [])
        .filter(({ options: { mode } }) => mode === 'schedule')
        .flatMap(({ sets }) => sets)
        .sort((left, right) => left.at.getTime() - right.at.getTime())
        .map(({ at, jobs }) => ({ at, definition: jobs.find((one) => one.id === job) }));
    },
    async runs(query) {
      return [...spaces.values()]
        .flatMap((space) => currentRuns(space, now()))
        .filter((run) => matchesQuery(run, query))
        .sort(compareNewest)
        .slice(0, query.limit);
    },
    async schedulers(id) {
      return (spaces.get(id)?.writers ?? [])
        .filter((writer) => writer.alive && writer.options.mode === 'schedule')
        .map((writer) => ({
          process: ownProcess(),
          startedAt: writer.options.startedAt,
          jobs: jobIds(writer),
        }));
    },
    async *output(run, stream, { from = 0 } = {}) {
      const chunks = (spaces.get(run.namespace)?.output.get(run.id) ?? [])
        .filter((entry) => entry.stream === stream)
        .map((entry) => entry.chunk);
      const wanted = Buffer.concat(chunks).subarray(from);
      if (wanted.length > 0) yield wanted;
    },
  };
}

function createSpace(id: string, origin: Origin, at: Date, keepRuns: number): Space {
  const { author, ...rest } = origin;
  const namespace: Namespace = {
    ...rest,
    ...(author === undefined ? {} : { author }),
    id,
    generator: 'memory',
    createdAt: at,
    updatedAt: at,
  };
  return {
    namespace,
    writers: [],
    runs: new Map(),
    open: new Map(),
    queued: new Set(),
    shared: new Map(),
    ended: new Set(),
    keepRuns,
    output: new Map(),
  };
}

function createWriter(space: Space, options: WriterOptions, now: () => Date): Writer {
  const { startedAt } = options;
  const self: MemoryWriter = { options, alive: true, until: startedAt, sets: [] };
  space.writers.push(self);
  return {
    namespace: space.namespace.id,
    namedOutput: () => undefined,
    async claim(claims) {
      return claims.map((claim) => claimRun(space, self, claim));
    },
    async record(change) {
      const entry = space.runs.get(change.id);
      if (entry !== undefined) put(space, { ...entry, run: changeRun(entry.run, change) });
    },
    async setJobs(jobs, at) {
      const since = at ?? self.until;
      const before = self.sets.at(-1);
      self.sets.push({ at: since, after: before && afterSet(before, since), jobs: [...jobs] });
    },
    async past() {
      return pastOf(factsOf(space, now(), self));
    },
    async heartbeat(at) {
      self.until = at;
      return [...endLost(space, at), ...takeOver(space, self)];
    },
    async close() {
      if (self.alive) self.until = now();
      self.alive = false;
    },
  };
}

function claimRun(space: Space, writer: MemoryWriter, claim: Claim): Claimed {
  const { run, maxLive = Number.POSITIVE_INFINITY, maxWaiting = 0 } = claim;
  const known = space.runs.get(run.id);
  const isToStart = !isEnded(run.status) && run.status !== 'waiting';
  const isOwn = known?.writer === writer && known.run.status === 'waiting' && isToStart;
  if (known !== undefined && !isOwn) return { kind: 'duplicate' };
  if (!isToStart) {
    put(space, { run, writer, hasPlace: claim.inPlaceOf !== undefined });
    return isEnded(run.status) ? { kind: 'recorded' } : { kind: 'waiting', run, holder: undefined };
  }
  const others = openRunsBeside(space, run);
  const live = others
    .filter(({ run, hasPlace }) => run.status !== 'waiting' || hasPlace)
    .map(({ run }) => run);
  const queue = others
    .map(({ run }) => run)
    .filter(({ id }) => space.queued.has(id))
    .sort(compareNewest);
  const earlier = maxWaiting > 0 ? queue.filter(({ id }) => id < run.id).at(-1) : undefined;
  const holder = live.sort(compareNewest).at(-1) ?? earlier;
  if (live.length >= maxLive || (earlier !== undefined && claim.maxLive !== undefined)) {
    if (space.queued.has(run.id)) return { kind: 'waiting', run, holder };
    if (queue.length >= maxWaiting) {
      const skipped = skipForOverlap(run, holder);
      put(space, { run: skipped, writer });
      return { kind: 'overlap', run: skipped, holder };
    }
    const { startedAt: _, ...rest } = run;
    const waiting: Run = { ...rest, status: 'waiting' };
    put(space, { run: waiting, writer });
    space.queued.add(run.id);
    return { kind: 'waiting', run: waiting, holder };
  }
  space.queued.delete(run.id);
  const full = takeLimits(space, run.id, claim.limits ?? []);
  if (full !== undefined) {
    const { startedAt: _, ...rest } = run;
    const waiting: Run = { ...rest, status: 'waiting' };
    put(space, { run: waiting, writer, hasPlace: claim.maxLive !== undefined });
    return { kind: 'waiting', run: waiting, ...full };
  }
  put(space, { run, writer });
  return { kind: 'owned', output: createSink(space, run.id) };
}

/** Take a place of each key, or wait for all of them. @returns What is in the way. */
function takeLimits(
  space: Space,
  id: string,
  limits: readonly Limit[],
): { readonly limit: string; readonly holder: Run | undefined } | undefined {
  const places = limits.map(({ key, max }) => {
    const place = space.shared.get(key) ?? { live: new Set<string>(), waiting: new Set<string>() };
    space.shared.set(key, place);
    return { key, max, place };
  });
  for (const { key, max, place } of places) {
    const earlier = [...place.waiting].filter((other) => other < id && isAttended(space, other)).sort();
    const inTheWay = [...[...place.live].filter((other) => isAttended(space, other)), ...earlier];
    if (inTheWay.length < max) continue;
    for (const each of places) each.place.waiting.add(id);
    return { limit: key, holder: space.runs.get(inTheWay[0] ?? '')?.run };
  }
  for (const { place } of places) {
    place.waiting.delete(id);
    place.live.add(id);
  }
  return undefined;
}

function isAttended(space: Space, id: string): boolean {
  return space.runs.get(id)?.writer.alive === true;
}

function put(space: Space, entry: Entry): void {
  const { id, job, status } = entry.run;
  space.runs.set(id, entry);
  if (!isEnded(status)) {
    const open = space.open.get(job) ?? new Map<string, Entry>();
    space.open.set(job, open.set(id, entry));
    return;
  }
  space.open.get(job)?.delete(id);
  space.queued.delete(id);
  for (const { live, waiting } of space.shared.values()) for (const ids of [live, waiting]) ids.delete(id);
  space.ended.add(id);
  if (space.ended.size <= space.keepRuns) return;
  for (const oldest of space.ended) {
    for (const kept of [space.ended, space.runs, space.output]) kept.delete(oldest);
    return;
  }
}

function createSink(space: Space, id: string): OutputSink {
  const chunks: Chunk[] = [];
  space.output.set(id, chunks);
  const sum = (stream: Stream) =>
    chunks.reduce((bytes, entry) => (entry.stream === stream ? bytes + entry.chunk.length : bytes), 0);
  return {
    namedOutput: undefined,
    write(stream, chunk) {
      if (chunk.length > 0) chunks.push({ stream, chunk: Buffer.from(chunk) });
    },
    beginStep() {},
    takeOutputs: () => undefined,
    close() {
      return { stdoutBytes: sum('stdout'), stderrBytes: sum('stderr'), truncated: false };
    },
  };
}

/** Runs as they are: those of ended writers that did not end are lost. */
function currentRuns(space: Space, now: Date): Run[] {
  return [...space.runs.values()].map((entry) => currentRun(entry, now));
}

/** Others of the same job that have not ended. */
function openRunsBeside(space: Space, run: Run): Entry[] {
  return [...(space.open.get(run.job)?.values() ?? [])].filter(
    (entry) => entry.run.id !== run.id && (entry.writer.alive || entry.hasPlace),
  );
}

function currentRun({ run, writer }: Entry, now: Date): Run {
  return writer.alive || isEnded(run.status) || isAwaited(run, writer.options.mode, now)
    ? run
    : loseRun(run, 'the supertask that started it ended before it did');
}

function endLost(space: Space, now: Date): Run[] {
  const lost = [...space.open.values()].flatMap((open) =>
    [...open.values()].filter(({ writer }) => !writer.alive),
  );
  return lost.flatMap((entry) => {
    const run = currentRun(entry, now);
    if (run === entry.run) return [];
    put(space, { ...entry, run });
    return [run];
  });
}

/** Planned runs of schedulers that are gone. Of jobs that others have, others take them over. */
function takeOver(space: Space, self: MemoryWriter): Run[] {
  if (self.options.mode !== 'schedule') return [];
  const mine = jobIds(self);
  const all = aliveJobs(space);
  return [...space.open.values()]
    .flatMap((open) => [...open.values()])
    .filter(({ run, writer }) => !writer.alive && (mine.includes(run.job) || !all.has(run.job)))
    .map((entry) => {
      put(space, { ...entry, writer: self });
      return entry.run;
    });
}

function factsOf(space: Space, now: Date, except?: MemoryWriter): NamespaceFacts {
  const facts = emptyFacts(now);
  for (const writer of space.writers) {
    if (writer === except) continue;
    for (const [index, { at, after, jobs }] of writer.sets.entries()) {
      const until = writer.sets[index + 1]?.at ?? writer.until;
      addJobSet(facts, { mode: writer.options.mode, at, after, until, jobs });
    }
  }
  for (const run of currentRuns(space, now)) addRun(facts, run);
  return facts;
}

function aliveJobs(space: Space): Set<string> {
  return new Set(space.writers.flatMap((writer) => (writer.alive ? jobIds(writer) : [])));
}

function jobIds(writer: MemoryWriter): string[] {
  return writer.sets.at(-1)?.jobs.map((job) => job.id) ?? [];
}

function ownProcess(): ProcessId {
  return { pid: process.pid, start: '', boot: '' };
}
