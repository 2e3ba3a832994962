/**
 * What the server was asked for, kept for all who show it, and asked for again when events touch it.
 *
 * However many events come, a resource has one request under way at most, and the next one starts no sooner than
 * `SPACING_MS`, or three times as long as the last one took, after it.
 */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiError, get } from './client.js';
import { connection, type LiveEvent, listening, onLiveEvent } from './live.js';

export type Resource<Data> = {
  /** The newest answer; kept while it is asked for again. */
  readonly data: ReadonlySignal<Data | undefined>;
  readonly error: ReadonlySignal<ApiError | undefined>;
  readonly loading: ReadonlySignal<boolean>;
  /** Ask again, now. */
  refresh(): void;
};

export type ResourceOption<Data> = {
  /** Which events make it be asked for again. Default: none but `reset`. */
  readonly touchedBy?: (event: LiveEvent) => boolean;
  /** What an event makes of the answer without asking; the same object where nothing changes. */
  readonly apply?: (data: Data, event: LiveEvent) => Data;
  /** Ask again after so long, whatever happens. */
  readonly everyMs?: number;
};

type Entry = {
  readonly path: string;
  readonly data: Signal<unknown>;
  readonly error: Signal<ApiError | undefined>;
  readonly loading: Signal<boolean>;
  readonly users: Set<ResourceOption<unknown>>;
  dirty: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Not asked again before, by the steady clock. */
  notBefore: number;
  askedAt: number;
};

const SETTLE_MS = 120;
const SPACING_MS = 1_000;
/** Unused answers are kept, so that going back shows something at once. */
const KEPT_UNUSED = 20;

const entries = new Map<string, Entry>();

/**
 * Show an answer of the server and keep it up to date.
 *
 * @param apiPath - See `path()`; undefined asks for nothing.
 * @param option - Of the first call for a path; it must depend on nothing else.
 */
export function useResource<Data>(
  apiPath: string | undefined,
  option: ResourceOption<Data> = {},
): Resource<Data> {
  const entry = useMemo(() => (apiPath === undefined ? emptyEntry() : entryOf(apiPath)), [apiPath]);
  useEffect(() => {
    if (apiPath === undefined) return;
    // What is kept below a path has one type.
    const user = option as unknown as ResourceOption<unknown>;
    entry.users.add(user);
    if (performance.now() - entry.askedAt > SPACING_MS) ask(entry);
    const timer = option.everyMs === undefined ? undefined : setInterval(() => touch(entry), option.everyMs);
    return () => {
      clearInterval(timer);
      entry.users.delete(user);
      forgetUnused();
    };
  }, [entry]);
  return useMemo(
    () => ({
      data: entry.data as ReadonlySignal<Data | undefined>,
      error: entry.error,
      loading: entry.loading,
      refresh: () => void ask(entry),
    }),
    [entry],
  );
}

/** Ask again for everything that is shown and fits, as after a change that this page made. */
export function refreshAll(fits: (apiPath: string) => boolean = () => true): void {
  for (const entry of entries.values()) {
    if (!fits(entry.path)) continue;
    if (entry.users.size > 0) ask(entry);
    else entries.delete(entry.path);
  }
}

function emptyEntry(path = ''): Entry {
  return {
    path,
    data: signal(undefined),
    error: signal(undefined),
    loading: signal(path !== ''),
    users: new Set(),
    dirty: false,
    timer: undefined,
    notBefore: 0,
    askedAt: Number.NEGATIVE_INFINITY,
  };
}

function entryOf(apiPath: string): Entry {
  const entry = entries.get(apiPath) ?? emptyEntry(apiPath);
  // The newest are last.
  entries.delete(apiPath);
  entries.set(apiPath, entry);
  return entry;
}

function forgetUnused(): void {
  const unused = [...entries.values()].filter(({ users }) => users.size === 0);
  for (const { path } of unused.slice(0, Math.max(0, unused.length - KEPT_UNUSED))) entries.delete(path);
}

const underWay = new WeakSet<Entry>();

async function ask(entry: Entry): Promise<void> {
  clearTimeout(entry.timer);
  entry.timer = undefined;
  entry.dirty = underWay.has(entry);
  if (entry.dirty) return;
  underWay.add(entry);
  entry.loading.value = true;
  await listening;
  entry.askedAt = performance.now();
  try {
    entry.data.value = await get(entry.path);
    entry.error.value = undefined;
  } catch (error) {
    entry.error.value = error instanceof ApiError ? error : new ApiError(String(error), { status: 0 });
  }
  const now = performance.now();
  entry.notBefore = now + Math.max(SPACING_MS, 3 * (now - entry.askedAt));
  underWay.delete(entry);
  entry.loading.value = false;
  if (entry.dirty) touch(entry);
}

/** Ask again soon: together with what else touches it meanwhile, and not while nobody looks. */
function touch(entry: Entry): void {
  entry.dirty = true;
  if (entry.timer !== undefined || underWay.has(entry) || document.hidden) return;
  const waitMs = Math.max(SETTLE_MS, entry.notBefore - performance.now());
  entry.timer = setTimeout(() => ask(entry), waitMs);
}

onLiveEvent((event) => {
  for (const entry of entries.values()) {
    if (entry.users.size === 0) entry.askedAt = Number.NEGATIVE_INFINITY;
    for (const user of entry.users) {
      if (user.apply !== undefined && entry.data.peek() !== undefined)
        entry.data.value = user.apply(entry.data.peek(), event);
      if (event.type === 'reset' || user.touchedBy?.(event) === true) touch(entry);
    }
  }
});

// What failed while the server was away.
effect(() => {
  if (connection.value.state !== 'open') return;
  for (const entry of entries.values())
    if (entry.error.peek() !== undefined && entry.users.size > 0) touch(entry);
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  for (const entry of entries.values()) if (entry.dirty && entry.users.size > 0) touch(entry);
});
