/** What changes in the bookkeeping of namespaces, whoever writes to it: read as it is appended, by one for all who ask. */
import { type FSWatcher, lstatSync, watch } from 'node:fs';
import { listNames } from './disk.js';
import { createFollowed, type Followed, type StoreChange } from './followed.js';
import { REST_MS } from './journal-name.js';
import { namespacesIn, placeOf } from './layout.js';

export type { StoreChange } from './followed.js';

export type FollowOptions = {
  /** Others are not looked at. */
  readonly isWanted: (namespace: string) => boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /**
   * Given what the journals hold first, then what is appended to them, in batches; each in the order of its instants.
   * One without changes says that there were none.
   *
   * @param foldedMs - Of what was written down up to then, a part may be in the history only.
   */
  readonly call: (changes: readonly StoreChange[], foldedMs: number) => void;
  readonly failed: (error: unknown) => void;
};

/** Nobody may tell of a change: this often it is looked for unasked. */
const LOOK_EVERY_MS = 1_000;
/** However much happens, it is looked at no more often. */
const LEAST_GAP_MS = 100;
/** When something happens after nothing did: what belongs together is read together. */
const SETTLE_MS = 10;
/** Looking must not take more than this part of the time, unless it would be done too seldom. */
const MOST_SHARE = 0.05;
const MOST_GAP_MS = 5_000;
/** The times of files may be behind the clock by so much. */
const FILE_TIME_MS = 100;
/** Schedulers that were killed do not say so. */
const LIVENESS_EVERY_MS = 5_000;
/** The system gives out a limited number of watches; other namespaces are looked at in turn. */
const MOST_WATCHES = 128;

export function followNamespaces(root: string, now: () => Date, options: FollowOptions): void {
  const all = new Map<string, { readonly followed: Followed; watcher: FSWatcher | undefined }>();
  const { signal } = options;
  let watches = 0;
  let wake = (): void => {};
  let isHinted = false;
  let livenessAt = 0;

  const hint = (): void => {
    isHinted = true;
    wake();
  };
  const add = (id: string): void => {
    const place = placeOf(root, id);
    if (place === undefined) return;
    const watcher = watches < MOST_WATCHES ? watchOrNot(place.journals, hint) : undefined;
    if (watcher !== undefined) watches += 1;
    all.set(id, { followed: createFollowed(id, place), watcher });
  };
  const drop = (id: string): void => {
    const entry = all.get(id);
    if (entry?.watcher !== undefined) watches -= 1;
    entry?.watcher?.close();
    entry?.followed.close();
    all.delete(id);
  };
  const folded = (): number =>
    Math.max(0, ...[...all.keys()].map((id) => foldedMs(placeOf(root, id)?.history ?? '')));
  const look = async (): Promise<readonly StoreChange[]> => {
    const changes: StoreChange[] = [];
    const ids = new Set(listNames(namespacesIn(root)).filter(options.isWanted));
    for (const id of [...all.keys()]) {
      if (ids.has(id)) continue;
      drop(id);
      changes.push({ kind: 'gone', atMs: now().getTime(), namespace: id });
    }
    const isLivenessDue = performance.now() >= livenessAt;
    if (isLivenessDue) livenessAt = performance.now() + LIVENESS_EVERY_MS;
    for (const id of ids) {
      if (!all.has(id)) add(id);
      const followed = all.get(id)?.followed;
      if (followed === undefined) continue;
      for (const _ of followed.look()) await breathe();
      changes.push(...followed.take(isLivenessDue ? now() : undefined));
      if (signal.aborted) break;
      await breathe();
    }
    return inOrder(changes);
  };
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        wake = () => {};
        resolve();
      };
    });
  let looked: { readonly atMs: number; readonly steadyMs: number } | undefined;
  /** A journal that was begun, sealed and folded since the last look has not been read, and nobody knows of it. */
  const mayHaveMissed = (): boolean =>
    looked !== undefined &&
    performance.now() - looked.steadyMs >= REST_MS &&
    folded() >= looked.atMs - FILE_TIME_MS;
  const loop = async (): Promise<void> => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const startedAt = performance.now();
      if (mayHaveMissed()) throw new Error('what was written down meanwhile has been folded unread');
      looked = { atMs: Date.now(), steadyMs: startedAt };
      isHinted = false;
      const changes = await look();
      if (signal.aborted) return;
      options.call(changes, isFirst ? folded() : 0);
      const took = performance.now() - startedAt;
      await pauseUnhinted(took);
    }
  };
  const pauseUnhinted = async (tookMs: number): Promise<void> => {
    const gap = Math.min(Math.max(LEAST_GAP_MS, tookMs / MOST_SHARE), MOST_GAP_MS);
    const settled = performance.now() + gap;
    if (!isHinted) await wait(Math.max(LOOK_EVERY_MS, gap));
    if (signal.aborted) return;
    const rest = Math.max(SETTLE_MS, settled - performance.now());
    if (isHinted) await new Promise<void>((resolve) => setTimeout(resolve, rest).unref());
  };

  signal.addEventListener('abort', () => {
    wake();
    for (const id of [...all.keys()]) drop(id);
  });
  loop().catch((error: unknown) => {
    for (const id of [...all.keys()]) drop(id);
    options.failed(error);
  });
}

/** By their instants; what happened to one thing stays in its order, also when the clock was set back meanwhile. */
function inOrder(changes: readonly StoreChange[]): readonly StoreChange[] {
  const latest = new Map<string, number>();
  const placed = changes.map((change) => {
    const thing = thingOf(change);
    const atMs = Math.max(change.atMs, latest.get(thing) ?? 0);
    latest.set(thing, atMs);
    return { change, atMs };
  });
  return placed.sort((left, right) => left.atMs - right.atMs).map(({ change }) => change);
}

function thingOf(change: StoreChange): string {
  if (change.kind === 'run') return change.run.id;
  return change.kind === 'scheduler' ? change.writer : change.namespace;
}

/** Of the newest file that was put into a history. */
function foldedMs(history: string): number {
  const months = listNames(history).map((month) =>
    lstatSync(`${history}/${month}`, { throwIfNoEntry: false }),
  );
  return Math.max(0, ...months.map((stats) => stats?.mtimeMs ?? 0));
}

/** Where the system has no watch to give, the files are looked at in turn. */
function watchOrNot(directory: string, hint: () => void): FSWatcher | undefined {
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    const watcher = watch(directory, { persistent: false }, hint);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Let what is due go first. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
