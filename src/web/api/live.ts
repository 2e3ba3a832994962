/** What happens, as it happens: the server's events, each told once and in order. */
import { signal } from '@preact/signals';
import { addressOf, get, signedOut } from './client.js';
import type { RunRecord } from './record.js';

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

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** The browser itself comes again after a break, and events it has told are then sent once more. */
const REMEMBERED_IDS = 2_000;

const listeners = new Set<(event: LiveEvent) => void>();
const seen = new Set<string>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let delayMs = FIRST_DELAY_MS;
/** Whether the next stream cannot be one that is taken up again from the last id. */
let anew = false;
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
  clearTimeout(timer);
  source?.close();
  const opening = new EventSource(addressOf('/events'));
  source = opening;
  opening.onopen = () => {
    delayMs = FIRST_DELAY_MS;
    // It says nothing of what was in between.
    if (anew) tell({ type: 'reset' });
    // Without any id so far, the browser has none to take it up from.
    anew = seen.size === 0;
    setState('open');
    settle();
  };
  opening.onerror = () => {
    if (opening.readyState === EventSource.CLOSED) comeAgain();
    else setState('lost');
    settle();
  };
  for (const type of ['run', 'scheduler', 'jobs', 'reset'] as const)
    opening.addEventListener(type, (message) => take(type, message));
}

/** Stop listening. */
export function disconnect(): void {
  clearTimeout(timer);
  source?.close();
  source = undefined;
}

/** The browser gives up on an answer that is no stream: nobody signed in, too many listeners, a proxy's page. */
function comeAgain(): void {
  anew = true;
  const waitMs = delayMs * (0.75 + Math.random() / 2);
  delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
  setState('lost', Date.now() + waitMs);
  timer = setTimeout(async () => {
    // Whether it is for want of a session, which no further attempt would change.
    await get('/session').catch(({ status }: { status?: number }) => {
      if (status === 401) signedOut.value = true;
    });
    if (!signedOut.peek()) connect();
  }, waitMs);
}

function setState(state: Connection['state'], retryAt?: number): void {
  const since = connection.peek().state === state ? connection.peek().since : Date.now();
  connection.value = { state, since, ...(retryAt === undefined ? {} : { retryAt }) };
}

function take(type: LiveEvent['type'], message: MessageEvent<string>): void {
  const { lastEventId: id } = message;
  if (type !== 'reset' && id !== '') {
    if (seen.has(id)) return;
    remember(id);
  }
  const event = eventIn(type, message.data);
  if (event !== undefined) tell(event);
}

function remember(id: string): void {
  seen.add(id);
  anew = false;
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
