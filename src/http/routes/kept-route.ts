/** What routes of jobs made through the API have in common. */
import type { KeptPlace } from '../../app/kept/change.js';
import { keptPlace, rememberKept } from '../../app/kept/place.js';
import { type Route, type RouteRequest, route } from '../route.js';
import { tellSchedulers } from '../tell.js';

/** A route that the scheduler of the namespace answers where one lives: it knows what its source has. */
export function keptRoute<Body extends object = object>(
  row: Omit<Route, 'handle' | 'where' | 'query'> & {
    readonly handle: (request: RouteRequest<Body, object>, place: KeptPlace) => ReturnType<Route['handle']>;
  },
): Route {
  const made = route<Body>({
    ...row,
    async handle(request) {
      const { service, param, control, by } = request;
      return row.handle(request, await keptPlace(service, param('namespace'), control, by));
    },
  });
  return { ...made, where: 'scheduler-first' };
}

/** Have every scheduler take over what was written; what none of them has can be seen all the same. */
export async function spread(request: RouteRequest<object, object>, place: KeptPlace): Promise<void> {
  const { service, control } = request;
  const { told, deaf } = await tellSchedulers(request, place.namespace, '/jobs/refresh', async (own) =>
    own.kept?.takeOver(),
  );
  if (control === undefined && told.length + deaf.length === 0)
    await rememberKept({ ...place, store: service.store }, service.env);
}
