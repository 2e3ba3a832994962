/** Routes of what happens, as it happens. */
import type { Batch } from '../../app/feed.js';
import { type Route, route } from '../route.js';
import { sseCursor, sseEvent } from '../sse.js';

/** The same bytes for all who listen to the same. */
const sent = new WeakMap<readonly object[], Uint8Array>();

export const EVENT_ROUTES: readonly Route[] = [
  route<object, { readonly namespace?: string }>({
    method: 'GET',
    path: '/events',
    name: 'followEvents',
    summary: 'What happens from now on, or from the event in the header Last-Event-ID: server-sent events.',
    scope: 'read',
    query: { namespace: { type: 'string', description: 'Only of this one.' } },
    response: {
      status: 200,
      type: 'text/event-stream',
      description:
        'Events run, scheduler, jobs and reset. After a break they go on behind the last id; some may come again, with the same id.',
    },
    async handle({ service, query: { namespace }, header, events }) {
      if (namespace !== undefined) service.refuseUnseen(namespace);
      const feed = await service.feed();
      return events(async (stream) => {
        const { cursor, leave } = await feed.listen({
          since: header('last-event-id'),
          namespace,
          tell: (batch) => stream.send(bytesOf(batch)),
          end: stream.end,
        });
        stream.beat(() => sseCursor(cursor()));
        if (stream.signal.aborted) leave();
        stream.signal.addEventListener('abort', leave);
      });
    },
  }),
];

function bytesOf({ events, cursor }: Batch): Uint8Array {
  const known = sent.get(events);
  if (known !== undefined) return known;
  const texts = events.map(({ id, type, data }) => sseEvent({ id, event: type, data: data() }));
  const bytes = Buffer.from(`${texts.join('')}${sseCursor(cursor)}`);
  sent.set(events, bytes);
  return bytes;
}
