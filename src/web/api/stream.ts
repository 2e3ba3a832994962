/**
 * Streams of events that go on after breaks, behind the last id.
 *
 * Not by `EventSource`: it forgets where it was when it gives up, which it does at the first answer that is no stream.
 */
import { ApiError, send, signedOut } from './client.js';
import { createSseReader, type SseMessage } from './sse.js';

export type StreamHandlers = {
  /** @param isAnew - It tells from now on, and nothing of what was before. */
  readonly onOpen?: (isAnew: boolean) => void;
  readonly onMessage: (message: SseMessage) => void;
  /** It broke, or could not be opened. @param retryAt - When it is tried again. */
  readonly onLost?: (retryAt: number, error: ApiError | undefined) => void;
  /** What makes further attempts useless. Default: nobody is signed in. */
  readonly isFinal?: (error: ApiError) => boolean;
};

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** The server says something every 15 s, be it that nothing happens. */
const SILENCE_MS = 45_000;

/** @returns Ends it. */
export function follow(apiPath: string, handlers: StreamHandlers): () => void {
  const { onOpen, onMessage, onLost, isFinal = () => false } = handlers;
  const leave = new AbortController();
  let lastId = '';
  let delayMs = FIRST_DELAY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const listen = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    let failed: ApiError | undefined;
    try {
      await readOnce();
    } catch (error) {
      if (error instanceof ApiError) failed = error;
    }
    if (leave.signal.aborted || signedOut.peek() || (failed !== undefined && isFinal(failed))) return;
    const waitMs = delayMs * (0.75 + Math.random() / 2);
    delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
    timer = setTimeout(listen, waitMs);
    onLost?.(Date.now() + waitMs, failed);
  };
  const readOnce = async (): Promise<void> => {
    const silence = new AbortController();
    const signal = AbortSignal.any([leave.signal, silence.signal]);
    const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
    const response = await send(apiPath, { headers, signal, cache: 'no-store' });
    const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (text === undefined) return;
    delayMs = FIRST_DELAY_MS;
    onOpen?.(lastId === '');
    const reader = createSseReader(lastId);
    for (;;) {
      const watch = setTimeout(() => silence.abort(), SILENCE_MS);
      const { value, done } = await text.read().finally(() => clearTimeout(watch));
      if (done) return;
      const messages = reader.push(value);
      lastId = reader.lastId;
      delayMs = reader.retryMs ?? delayMs;
      for (const message of messages) if (!leave.signal.aborted) onMessage(message);
    }
  };
  // Somebody looks again: no reason to wait on.
  const look = () => {
    if (!document.hidden && timer !== undefined) void listen();
  };
  document.addEventListener('visibilitychange', look);
  void listen();
  return () => {
    document.removeEventListener('visibilitychange', look);
    clearTimeout(timer);
    leave.abort();
  };
}
