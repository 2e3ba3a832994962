/** Routes of what happens, as it happens. */
import { createEventPump } from '../event-pump.js';
import { type Route, route } from '../route.js';
import { sseCursor } from '../sse.js';

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
        const pump = createEventPump(stream);
        const { cursor, leave } = await feed.listen({
          since: header('last-event-id'),
          namespace,
          tell: pump.tell,
          end: stream.end,
        });
        // Not beyond what is still to be sent.
        stream.beat(() => (pump.isDone() ? sseCursor(cursor()) : '\n'));
        if (stream.signal.aborted) leave();
        stream.signal.addEventListener('abort', leave);
      });
    },
  }),
];
