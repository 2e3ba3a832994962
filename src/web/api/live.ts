/** What happens, as it happens: the server's events, each told once and in order. */
import { signal } from '@preact/signals';
import type { RunRecord } from './record.js';
import type { SseMessage } from './sse.js';
import { follow } from './stream.js';

export type LiveEvent =
  | {
      readonly type: 'run';
      readonly run: RunRecord;
      readonly change: 'waiting' | 'started' | 'ended' | 'updated';
    }
  | { readonly type: 'scheduler'; readonly namespace: string; readonly change: 'started' | 'ended' }
  | { readonly type: 'jobs'; readonly namespace: string }
  /** Something may have been missed: ask for everything again. */
  | { readonly type: 'reset' };

export type Connection = {
  readonly state: 'connecting' | 'open' | 'lost';
  /** Since when, by this clock. */
  readonly since: number;
  /** When it is tried again. */
  readonly retryAt?: number;
};

export const connection = signal<Connection>({ state: 'connecting', since: Date.now() });

/** After a break some events are sent once more. */
const REMEMBERED_IDS = 2_000;

const listeners = new Set<(event: LiveEvent) => void>();
const seen = new Set<string>();
let stop = (): void => {};
let wasOpen = false;
let settle: () => void = () => {};

/** Settled when the first stream is open or has failed: what is asked for after it misses no event. */
export const listening = new Promise<void>((resolve) => {
  settle = resolve;
});

/** @returns Stops it. */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begin to listen, and go on for as long as the page lives. */
export function connect(): void {
  stop();
  stop = follow('/events', {
    onOpen(isAnew) {
      // It says nothing of what was in between.
      if (isAnew && wasOpen) tell({ type: 'reset' });
      wasOpen = true;
      setState('open');
      settle();
    },
    onMessage: take,
    onLost(retryAt) {
      setState('lost', retryAt);
      settle();
    },
  });
}

/** Stop listening. */
export function disconnect(): void {
  stop();
  stop = () => {};
}

function setState(state: Connection['state'], retryAt?: number): void {
  const since = connection.peek().state === state ? connection.peek().since : Date.now();
  connection.value = { state, since, ...(retryAt === undefined ? {} : { retryAt }) };
}

const TYPES: readonly string[] = ['run', 'scheduler', 'jobs', 'reset'] satisfies LiveEvent['type'][];

function take({ id, event: type, data }: SseMessage): void {
  if (!TYPES.includes(type)) return;
  if (type !== 'reset' && id !== '') {
    if (seen.has(id)) return;
    remember(id);
  }
  const event = eventIn(type as LiveEvent['type'], data);
  if (event !== undefined) tell(event);
}

function remember(id: string): void {
  seen.add(id);
  if (seen.size <= REMEMBERED_IDS) return;
  for (const oldest of seen) {
    seen.delete(oldest);
    return;
  }
}

function eventIn(type: LiveEvent['type'], data: string): LiveEvent | undefined {
  if (type === 'reset') return { type };
  try {
    return { ...(JSON.parse(data) as object), type } as LiveEvent;
  } catch {
    return undefined;
  }
}

function tell(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}
