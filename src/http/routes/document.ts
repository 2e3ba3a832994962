/** The route that describes all routes. */
import { readSchema } from '../../app/schema.js';
import { VERSION } from '../../app/version.js';
import type { JsonObject } from '../openapi/component.js';
import { type Route, route } from '../route.js';

/** What the process says of itself does not change, so it is made once. */
let made: Promise<JsonObject> | undefined;

/** @param routes - All of them, this one included, once it is asked. */
export function documentRoute(routes: () => readonly Route[]): Route {
  return route({
    method: 'GET',
    path: '/openapi.json',
    name: 'showOpenApi',
    summary: 'This document: all routes in OpenAPI 3.1.',
    scope: 'read',
    response: { status: 200, schema: { type: 'object' }, isTagged: true },
    handle() {
      made ??= describeRoutes(routes());
      return made;
    },
  });
}

/** The OpenAPI document of some routes, with the published schemas that they refer to. */
export async function describeRoutes(routes: readonly Route[]): Promise<JsonObject> {
  const { openApiDocument } = await import('../openapi/document.js');
  const schemas = await loadSchemas(routes);
  return openApiDocument({
    routes,
    version: VERSION,
    load(name) {
      const schema = schemas.get(name);
      if (schema === undefined) throw new Error(`there is no schema ${name}`);
      return schema;
    },
  });
}

async function loadSchemas(routes: readonly Route[]): Promise<ReadonlyMap<string, JsonObject>> {
  const { referredFiles } = await import('../openapi/component.js');
  const found = new Map<string, JsonObject>();
  const wanted = [...referredFiles(routes)];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (found.has(name)) continue;
    // The file's name has the version of the format.
    const schema = (await readSchema(name.replace(/^timetable-v\d+$/, 'timetable'))) as JsonObject;
    found.set(name, schema);
    wanted.push(...referredFiles([schema]));
  }
  return found;
}
