/** What happens in the namespaces that a server sees, as events in one order, for all who listen. */
import { uptime } from 'node:os';
import { randomHex } from '../model/random.js';
import type { FileStore, StoreChange } from '../store/file/store.js';
import { eventOf, type FeedEvent, msOf } from './feed-event.js';

export type Feed = {
  /**
   * Listen from now on, or from where somebody stopped to listen.
   *
   * Nothing is lost. What was told already may come again, with the same id.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE`
   */
  listen(listener: FeedListener): Promise<Listening>;
  /** How many listen. */
  readonly listening: number;
  close(): void;
};

export type Listening = {
  /** Where the listener is now, also when long nothing happened that it listens to. */
  readonly cursor: () => string;
  readonly leave: () => void;
};

export type FeedListener = {
  /** The id of an event or a cursor: what came behind it is told first. */
  readonly since: string | undefined;
  /** Only events of this one. */
  readonly namespace: string | undefined;
  readonly tell: (batch: Batch) => void;
  /** There will be no more. */
  readonly end: () => void;
};

/** The same object for all who listen to the same. */
export type Batch = {
  readonly events: readonly FeedEvent[];
  /** Who listens from there misses nothing. */
  readonly cursor: string;
};

export type FeedParts = {
  readonly store: Pick<FileStore, 'follow'>;
  readonly sees: (namespace: string) => boolean;
  readonly now: () => Date;
  /** Default: that of the machine. */
  readonly uptimeMs?: () => number;
  /** Default: enough for some seconds of much work. */
  readonly keepEvents?: number;
};

const KEEP_EVENTS = 8_192;
/** Between the instant in a record and its being seen, clocks and disks may need so long. */
const OVERLAP_MS = 10_000;
/** The start of the machine, reckoned from its clock, wanders so far without anybody setting that. */
const WANDER_MS = 3_000;
/** A server that nobody listens to goes on so long, since who was cut off comes again. */
const LINGER_MS = 10_000;

export function createFeed({
  store,
  sees,
  now,
  uptimeMs = () => uptime() * 1000,
  keepEvents = KEEP_EVENTS,
}: FeedParts): Feed {
  const listeners = new Set<FeedListener>();
  let going: Going | undefined;
  let lingering: NodeJS.Timeout | undefined;
  const clock = (): Clock => {
    const nowMs = now().getTime();
    return { nowMs, bootMs: Math.round(nowMs - uptimeMs()) };
  };

  const stop = (): void => {
    going?.stop();
    going = undefined;
  };
  const start = (): Going => {
    const controller = new AbortController();
    const ring = createRing(keepEvents);
    let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const failed = (error: unknown): void => {
      settle?.reject(error);
      stop();
      for (const listener of [...listeners]) listener.end();
    };
    const call = (changes: readonly StoreChange[], foldedMs: number): void => {
      const fresh = ring.add(changes.map(eventOf), foldedMs, clock());
      settle?.resolve();
      spread(listeners, fresh, ring.cursor());
    };
    store.follow({ isWanted: sees, signal: controller.signal, call, failed }).catch(failed);
    return { ring, ready, stop: () => controller.abort() };
  };

  return {
    get listening() {
      return listeners.size;
    },
    async listen(listener) {
      clearTimeout(lingering);
      const askedMs = now().getTime();
      going ??= start();
      const mine = going;
      const leave = (): void => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(lingering);
        lingering = setTimeout(stop, LINGER_MS);
        lingering.unref();
      };
      try {
        await mine.ready;
      } catch (error) {
        leave();
        throw error;
      }
      const { ring } = mine;
      const listening = { cursor: ring.cursor, leave };
      const events =
        listener.since === undefined ? ring.written(askedMs) : ring.since(listener.since, clock());
      listeners.add(listener);
      listener.tell({ events: ofNamespace(events, listener.namespace), cursor: ring.cursor() });
      return listening;
    },
    close() {
      clearTimeout(lingering);
      stop();
      for (const listener of [...listeners]) listener.end();
      listeners.clear();
    },
  };
}

type Going = { readonly ring: Ring; readonly ready: Promise<void>; readonly stop: () => void };

function spread(listeners: ReadonlySet<FeedListener>, events: readonly FeedEvent[], cursor: string): void {
  if (events.length === 0) return;
  const batches = new Map<string | undefined, Batch>();
  for (const listener of [...listeners]) {
    const batch = batches.get(listener.namespace) ?? {
      events: ofNamespace(events, listener.namespace),
      cursor,
    };
    batches.set(listener.namespace, batch);
    if (batch.events.length > 0) listener.tell(batch);
  }
}

function ofNamespace(events: readonly FeedEvent[], namespace: string | undefined): readonly FeedEvent[] {
  if (namespace === undefined) return events;
  return events.filter((event) => event.namespace === undefined || event.namespace === namespace);
}

/** When the machine started is later after each start, and earlier only when its clock was set back. */
type Clock = { readonly nowMs: number; readonly bootMs: number };

type Ring = {
  /** @returns Those that are new. */
  add(events: readonly FeedEvent[], foldedMs: number, clock: Clock): readonly FeedEvent[];
  /** What came behind an id; `reset` where that is not known any more. */
  since(id: string, clock: Clock): readonly FeedEvent[];
  /** What was written down from an instant on. */
  written(sinceMs: number): readonly FeedEvent[];
  cursor(): string;
};

const CURSOR = /^\d+-(?<ring>[0-9a-f]{8})-(?<at>\d+)-(?<boot>\d+)$/;

/** The last events, and where among them an id is. */
function createRing(size: number): Ring {
  const name = randomHex(8);
  let events: FeedEvent[] = [];
  const known = new Map<string, number>();
  /** How many came before the first that is kept. */
  let dropped = 0;
  /** From then on all are kept. */
  let completeMs = 0;
  let seen: Clock = { nowMs: 0, bootMs: 0 };

  const cursor = (): string => `${seen.nowMs}-${name}-${dropped + events.length}-${seen.bootMs}`;
  const placeOf = (id: string): number | undefined => {
    const place = known.get(id);
    if (place !== undefined) return place + 1;
    const { ring, at } = CURSOR.exec(id)?.groups ?? {};
    return ring === name ? Number(at) : undefined;
  };
  const reset = (): FeedEvent => ({
    id: cursor(),
    type: 'reset',
    namespace: undefined,
    atMs: seen.nowMs,
    data: () => '{}',
  });

  const written = (sinceMs: number): readonly FeedEvent[] => events.filter(({ atMs }) => atMs >= sinceMs);

  return {
    cursor,
    written,
    add(some, foldedMs, clock) {
      completeMs = Math.max(completeMs, foldedMs);
      seen = clock;
      const fresh: FeedEvent[] = [];
      for (const event of some) {
        if (known.has(event.id)) continue;
        known.set(event.id, dropped + events.length);
        events.push(event);
        fresh.push(event);
      }
      const surplus = events.length - size;
      if (surplus <= 0) return fresh;
      for (const { id, atMs } of events.slice(0, surplus)) {
        known.delete(id);
        completeMs = Math.max(completeMs, atMs + 1);
      }
      events = events.slice(surplus);
      dropped += surplus;
      return fresh;
    },
    since(id, { nowMs, bootMs }) {
      const place = placeOf(id);
      if (place !== undefined) return place < dropped ? [reset()] : events.slice(place - dropped);
      const fromMs = msOf(id) - OVERLAP_MS;
      // An id of a clock that has been set back since says nothing.
      const wasSetBack = bootMs < Number(CURSOR.exec(id)?.groups?.['boot'] ?? 0) - WANDER_MS;
      const isKnown = fromMs >= completeMs && fromMs <= nowMs && !wasSetBack;
      return isKnown ? written(fromMs) : [reset()];
    },
  };
}
