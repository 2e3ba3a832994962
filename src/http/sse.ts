/**
 * Server-sent events: answers that go on until somebody has enough. What a client does not read is held for it up to a
 * bound; beyond it the client is cut off, and comes again from where it was.
 */
import { plainProblem, problem } from './problem.js';

export type EventStream = {
  /** Whole events, as `sseEvent` makes them. */
  send(text: string | Uint8Array): void;
  /** Settles when little is held for the client, or nobody listens any more. */
  drained(): Promise<void>;
  /** What goes with the comments that are sent while nothing happens. */
  beat(text: () => string): void;
  /** Cut off a client that is too far behind. */
  cut(): void;
  /** So many events may wait for the client where they are kept for others anyway. */
  readonly maxPending: number;
  /** There is no more: the client gets what is held for it, and the end. */
  end(): void;
  /** Aborted when nobody listens any more. */
  readonly signal: AbortSignal;
};

/** All streams of one server. */
export type Streams = {
  /**
   * Answer with a stream; 503 when there are as many as there may be.
   *
   * @param start - Called once; what it throws ends the stream.
   */
  open(asker: Asker, start: (stream: EventStream) => void | Promise<void>): Response;
  readonly size: number;
};

export type Asker = {
  /** Nothing but the headers is wanted. */
  readonly isHead: boolean;
  /** Aborted when who asks is gone. */
  readonly signal: AbortSignal;
  /** Aborted when the server ends. */
  readonly closing: AbortSignal;
  /** Cuts the connection; undefined where there is none. */
  readonly drop: (() => void) | undefined;
};

export type StreamLimits = {
  readonly maxStreams: number;
  /** Held for one client. */
  readonly maxQueuedBytes: number;
  /** Who can wait makes no more while so many are held. */
  readonly enoughBytes: number;
  readonly maxPending: number;
  readonly heartbeatMs: number;
};

export const STREAM_LIMITS: StreamLimits = {
  maxStreams: 64,
  maxQueuedBytes: 1024 * 1024,
  enoughBytes: 256 * 1024,
  maxPending: 4_096,
  heartbeatMs: 15_000,
};
/** A client that is cut off waits so long before it comes again. */
const RETRY_MS = 2_000;
const FULL_RETRY_S = 10;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies must pass each event on at once.
  'x-accel-buffering': 'no',
};

export function createStreams(limits: Partial<StreamLimits> = {}): Streams {
  const all = { ...STREAM_LIMITS, ...limits };
  const { maxStreams, heartbeatMs } = all;
  const open = new Set<EventStream>();
  return {
    get size() {
      return open.size;
    },
    open(asker, start) {
      if (open.size >= maxStreams) return tooMany(maxStreams);
      if (asker.isHead) return new Response(null, { headers: HEADERS });
      let beating = (): string => '\n';
      const made = createStream(asker, all);
      const { body, isOpen } = made;
      const stream: EventStream = {
        ...made.stream,
        beat(text) {
          beating = text;
        },
      };
      if (!isOpen()) return new Response(body, { headers: HEADERS });
      open.add(stream);
      const heartbeat = setInterval(() => stream.send(`: \n${beating()}`), heartbeatMs);
      heartbeat.unref();
      stream.signal.addEventListener('abort', () => {
        clearInterval(heartbeat);
        open.delete(stream);
      });
      stream.send(`retry: ${RETRY_MS}\n\n`);
      Promise.resolve()
        .then(() => start(stream))
        .catch(() => stream.end());
      return new Response(body, { headers: HEADERS });
    },
  };
}

/** One event. The text must be one line. */
export function sseEvent({ id, event, data }: { id?: string; event: string; data: string }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** Sets where a client goes on from, and is no event. */
export function sseCursor(id: string): string {
  return `id: ${id}\n\n`;
}

function tooMany(most: number): Response {
  const response = problem(
    plainProblem(503, 'Too many streams.', `${most} clients listen already; try again later.`),
  );
  response.headers.set('retry-after', String(FULL_RETRY_S));
  return response;
}

function createStream(
  { signal, closing, drop }: Asker,
  { maxQueuedBytes, enoughBytes, maxPending }: StreamLimits,
): { body: ReadableStream<Uint8Array>; stream: Omit<EventStream, 'beat'>; isOpen: () => boolean } {
  const over = new AbortController();
  let queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isWanted = false;
  let isEnding = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiting: (() => void)[] = [];
  const release = (): void => {
    const released = waiting;
    waiting = [];
    for (const each of released) each();
  };

  const finish = (): void => {
    if (over.signal.aborted) return;
    queue = [];
    over.abort();
    release();
    closing.removeEventListener('abort', end);
    signal.removeEventListener('abort', finish);
  };
  const flush = (): void => {
    if (over.signal.aborted || !isWanted) return;
    if (queue.length > 0) {
      isWanted = false;
      const bytes = queue.length === 1 ? queue[0] : Buffer.concat(queue);
      queue = [];
      queuedBytes = 0;
      if (bytes !== undefined) controller?.enqueue(bytes);
      release();
    }
    if (!isEnding || queue.length > 0) return;
    controller?.close();
    finish();
  };
  const cutOff = (): void => {
    finish();
    // An error in the stream would be printed as one of the server.
    if (drop === undefined) controller?.error(new Error('it was not read'));
    else drop();
  };
  const end = (): void => {
    isEnding = true;
    flush();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        isWanted = true;
        flush();
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
  if (signal.aborted || closing.aborted) {
    controller?.close();
    finish();
  }
  closing.addEventListener('abort', end);
  signal.addEventListener('abort', finish);
  return {
    body,
    isOpen: () => !over.signal.aborted,
    stream: {
      signal: over.signal,
      end,
      cut: cutOff,
      maxPending,
      drained: () =>
        over.signal.aborted || queuedBytes < enoughBytes
          ? Promise.resolve()
          : new Promise((resolve) => waiting.push(resolve)),
      send(text) {
        if (over.signal.aborted || isEnding) return;
        const bytes = typeof text === 'string' ? Buffer.from(text) : text;
        // One that is longer alone is no sign of a client that does not read.
        const isTooMuch = queuedBytes > 0 && queuedBytes + bytes.length > maxQueuedBytes;
        queue.push(bytes);
        queuedBytes += bytes.length;
        if (isTooMuch) cutOff();
        else flush();
      },
    },
  };
}
