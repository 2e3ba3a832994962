/** Server-sent events: who listens, how many may, and how much waits for those that read slowly. */
import { plainProblem, problem } from './problem.js';

export type ServerEvent = { readonly id?: string; readonly event?: string; readonly data: string };

export type EventStream = {
  /** @returns false when it is over: sending more is of no use. */
  send(event: ServerEvent): boolean;
  /** Ends it after what was sent. */
  close(): void;
};

/** The streams of one server. */
export type Streams = {
  /**
   * An answer that goes on until the stream is closed, or who asked is gone.
   *
   * @param signal - Of the request.
   * @param begin - Called at once; what it returns is called when it is over, whatever the reason.
   */
  open(signal: AbortSignal, begin: (stream: EventStream) => (() => void) | undefined): Response;
  /** Ends all of them, and lets no new one begin. */
  close(): void;
};

export type StreamLimits = {
  readonly clients: number;
  /** Bytes that wait for one client; when there are more, it is dropped. */
  readonly queueBytes: number;
  readonly heartbeatMs: number;
};

export const STREAM_LIMITS: StreamLimits = {
  clients: 64,
  queueBytes: 1024 * 1024,
  heartbeatMs: 15_000,
};

export function createStreams(limits: StreamLimits = STREAM_LIMITS): Streams {
  const open = new Set<{ end: () => void }>();
  let isClosed = false;
  return {
    open(signal, begin) {
      if (isClosed || open.size >= limits.clients) {
        const response = problem(
          plainProblem(503, 'Too many streams.', `${limits.clients} clients are listening already.`),
        );
        response.headers.set('retry-after', '5');
        return response;
      }
      const place = { end: (): void => {} };
      open.add(place);
      const { body, end } = createBody(limits, begin, () => open.delete(place));
      place.end = end;
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
      });
    },
    close() {
      isClosed = true;
      for (const { end } of [...open]) end();
    },
  };
}

function createBody(
  { queueBytes, heartbeatMs }: StreamLimits,
  begin: (stream: EventStream) => (() => void) | undefined,
  onOver: () => void,
): { readonly body: ReadableStream<Uint8Array>; readonly end: () => void } {
  let isOver = false;
  let tidy: (() => void) | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(heartbeat);
    onOver();
    tidy?.();
  };
  const end = (): void => {
    if (isOver) return;
    over();
    controller?.close();
  };
  const write = (text: string): boolean => {
    if (isOver || controller === undefined) return false;
    controller.enqueue(Buffer.from(text));
    if ((controller.desiredSize ?? 0) >= 0) return true;
    over();
    // What waits is thrown away, and the connection with it.
    controller.error(new Slow());
    return false;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      cancel: over,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: queueBytes }),
  );
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  heartbeat.unref();
  write(': hello\n\n');
  tidy = begin({ send: (event) => write(formatEvent(event)), close: end });
  if (isOver) tidy?.();
  return { body, end };
}

/** A client that was dropped because it does not read. */
class Slow extends Error {
  override readonly name = 'AbortError';
}

/** Data may have several lines; ids and names may not. */
function formatEvent({ id, event, data }: ServerEvent): string {
  const line = (name: string, value: string | undefined): string =>
    value === undefined ? '' : `${name}: ${value.replaceAll(/[\r\n\0]/g, ' ')}\n`;
  const body = data.split(/\r\n|\r|\n/).map((text) => `data: ${text}\n`);
  return `${line('id', id)}${line('event', event)}${body.join('')}\n`;
}
