/** Server-sent events as text arrives. Pure. */

export type SseMessage = { readonly id: string; readonly event: string; readonly data: string };

export type SseReader = {
  /** The newest id, also of those that came without an event: where to go on from after a break. */
  readonly lastId: string;
  /** How long the server wants to be left alone after a break. */
  readonly retryMs: number | undefined;
  /** The events that a piece of the stream completes. */
  push(text: string): readonly SseMessage[];
};

/** @param lastId - Where the stream goes on from. */
export function createSseReader(lastId = ''): SseReader {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let nextId = lastId;
  const known = { lastId, retryMs: undefined as number | undefined };

  const take = (line: string): SseMessage | undefined => {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    if (field === 'event') event = value;
    if (field === 'id' && !value.includes('\0')) nextId = value;
    if (field === 'retry' && /^\d+$/.test(value)) known.retryMs = Number(value);
    return undefined;
  };
  const dispatch = (): SseMessage | undefined => {
    known.lastId = nextId;
    const message = { id: nextId, event: event || 'message', data: data.join('\n') };
    const isEmpty = data.length === 0;
    event = '';
    data = [];
    return isEmpty ? undefined : message;
  };
  return {
    get lastId() {
      return known.lastId;
    },
    get retryMs() {
      return known.retryMs;
    },
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      return lines.flatMap((line) => take(line) ?? []);
    },
  };
}
