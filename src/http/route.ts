/** What a row of the table of routes says: all that a server, its documentation and its clients are made from. */
import type { Control } from '../app/control/control.js';
import type { Json } from '../model/json.js';
import type { Schema } from './schema.js';

/** All routes are below it. */
export const API_BASE = '/api/v1';

/** Who sends a request by a socket: its directory vouches for the user, the rest is said. */
export const CALLER_HEADER = 'supertask-by';

/** What a caller must be allowed to do: look, run and stop what there is, or change what there is. */
export type Scope = 'read' | 'operate' | 'admin';

export type Route = {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`; parts in braces are parameters. */
  readonly path: string;
  readonly summary: string;
  readonly scope: Scope;
  /** Of the body of the request; absent: it has none. */
  readonly request?: Schema;
  readonly response: { readonly status: 200 | 201 | 202; readonly schema: Schema };
  readonly handle: (request: RouteRequest) => Promise<Json> | Json;
};

export type RouteRequest = {
  readonly controls: Controls;
  /** A parameter of the path. */
  readonly param: (name: string) => string;
  /** It fits the route's schema. */
  readonly body: Readonly<Record<string, Json>>;
  /** Who asks, for the records. */
  readonly by: string;
};

/** The schedulers that a server speaks for. */
export type Controls = {
  all(): readonly Control[];
  /** @throws {SupertaskError} `ID_UNKNOWN` */
  of(namespace: string): Control;
};

/** A route whose body has a type, which its schema vouches for. */
export function route<Body extends object = object>(
  row: Omit<Route, 'handle'> & {
    readonly handle: (request: Omit<RouteRequest, 'body'> & { readonly body: Body }) => Promise<Json> | Json;
  },
): Route {
  return { ...row, handle: (request) => row.handle({ ...request, body: request.body as Body }) };
}

/** A published schema, by the name of its file. */
export function published(name: string, definition?: string): Schema {
  return { $ref: `${name}.schema.json${definition === undefined ? '' : `#/$defs/${definition}`}` };
}
