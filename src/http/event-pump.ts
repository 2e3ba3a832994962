/** Sends batches of events to one client as fast as it takes them; who is too far behind is cut off. */
import type { Batch } from '../app/feed.js';
import { type EventStream, sseCursor, sseEvent } from './sse.js';

export type EventPump = {
  tell(batch: Batch): void;
  /** Whether the client has been given all that was told. */
  isDone(): boolean;
};

/** Sent at once. */
const PART_BYTES = 64 * 1024;

export function createEventPump(stream: EventStream): EventPump {
  const batches: Batch[] = [];
  let pending = 0;
  const send = async (): Promise<void> => {
    for (let batch = batches[0]; batch !== undefined; batch = batches[0]) {
      const parts = partsOf(batch);
      for (let part = parts.at(0), index = 1; part !== undefined; part = parts.at(index++)) {
        stream.send(part);
        await stream.drained();
        if (stream.signal.aborted) return;
      }
      pending -= batch.events.length;
      batches.shift();
    }
  };
  return {
    isDone: () => batches.length === 0,
    tell(batch) {
      if (pending > stream.maxPending) {
        stream.cut();
        return;
      }
      pending += batch.events.length;
      batches.push(batch);
      if (batches.length === 1) void send();
    },
  };
}

type Parts = { at(index: number): Uint8Array | undefined };

/** The same bytes for all who listen to the same. */
const made = new WeakMap<readonly object[], Parts>();

function partsOf(batch: Batch): Parts {
  const known = made.get(batch.events);
  if (known !== undefined) return known;
  const parts = createParts(batch);
  made.set(batch.events, parts);
  return parts;
}

/** Each is made when the first client wants it. */
function createParts({ events, cursor }: Batch): Parts {
  const parts: Uint8Array[] = [];
  let next = 0;
  const make = (): Uint8Array => {
    let text = '';
    for (; next < events.length && text.length < PART_BYTES; next++) {
      const event = events[next];
      if (event !== undefined) text += sseEvent({ id: event.id, event: event.type, data: event.data() });
    }
    if (next === events.length) {
      text += sseCursor(cursor);
      next += 1;
    }
    return Buffer.from(text);
  };
  return {
    at(index) {
      while (parts.length <= index && next <= events.length) parts.push(make());
      return parts[index];
    },
  };
}
