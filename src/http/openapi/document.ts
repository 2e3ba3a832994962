/** The table of routes as an OpenAPI 3.1 document. Pure. */
import { API_BASE, type Route } from '../route.js';
import { createComponents, type JsonObject } from './component.js';
import { isConditional, operationOf, TAGS } from './operation.js';
import { problemResponses, problemStatuses } from './problem-response.js';

export type DocumentParts = {
  readonly routes: readonly Route[];
  /** Of supertask. */
  readonly version: string;
  /** A published schema by its name. */
  readonly load: (name: string) => JsonObject;
};

const DESCRIPTION = [
  'Namespaces, jobs and runs of supertask: what is scheduled, what runs, what became of it.',
  'Instants are ISO 8601 in UTC; what is absent is null. Lists that can be long come in pages: `next` is the `cursor` of the page after it.',
  'Properties may be added at any time.',
].join('\n\n');

export function openApiDocument({ routes, version, load }: DocumentParts): JsonObject {
  const components = createComponents(load);
  const paths = pathsOf(routes, (row) => operationOf(row, routes, components));
  const statuses = routes.flatMap((row) => problemStatuses(row, isConditional(row, routes)));
  const responses = problemResponses(new Set(statuses), components);
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'supertask',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_BASE, description: 'The server that this comes from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes: SECURITY, responses, schemas: components.all() },
  };
}

function pathsOf(routes: readonly Route[], operation: (row: Route) => JsonObject): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const row of routes)
    paths[row.path] = { ...paths[row.path], [row.method.toLowerCase()]: operation(row) };
  return paths;
}

const SECURITY: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token, as `supertask token` prints it. It has one of the scopes read, operate and admin, each of which may do what the one before may.',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'supertask-4243',
    description:
      'Of a browser that has signed in with a code that is good for once. The number is that of the port; over TLS the name begins with __Host-.',
  },
};
