/** What a row of the table of routes says: all that a server, its documentation and its clients are made from. */
import type { Control } from '../app/control/control.js';
import type { Service } from '../app/service.js';
import type { Json } from '../model/json.js';
import type { Scope } from '../model/scope.js';
import type { Access } from './access.js';
import type { Schema } from './schema.js';
import type { EventStream } from './sse.js';

/** All routes are below it. */
export const API_BASE = '/api/v1';

/** Who sends a request by a socket: its directory vouches for the user, the rest is said. */
export const CALLER_HEADER = 'supertask-by';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Route = {
  readonly method: Method;
  /** Below `/api/v1`; parts in braces are parameters. */
  readonly path: string;
  /** For clients; no other route has it. */
  readonly name: string;
  readonly summary: string;
  readonly scope: Scope;
  /**
   * `scheduler`: it asks the scheduler of `{namespace}`; a server in another process passes the request on. Else it is
   * answered wherever the bookkeeping is. `scheduler-first`: it asks the scheduler where one lives that can be asked.
   */
  readonly where: 'anywhere' | 'scheduler' | 'scheduler-first';
  /** It changes nothing, although it has a body; at most the session of who asks. */
  readonly isPure?: true;
  /** It cannot be part of a bulk: it is about who asks, takes its time or asks others itself. */
  readonly isAlone?: true;
  /** Of the parameters after `?`: text that is made into what its schema says; of an array, each time it is given. */
  readonly query?: Readonly<Record<string, Schema>>;
  /** Of the body of the request; absent: it has none. */
  readonly request?: Schema;
  readonly response: RouteResponse;
  readonly handle: (request: RouteRequest) => Promise<Json | Response> | Json | Response;
};

/** JSON with a schema, or a body of another type, which the handler makes itself. */
export type RouteResponse =
  | {
      readonly status: 200 | 201 | 202;
      readonly schema: Schema;
      /** The answer has an entity tag; asked with `If-None-Match`, it may be 304. */
      readonly isTagged?: true;
      /** It may be 202 with the same schema: what was asked for has not come about yet. */
      readonly isPending?: true;
    }
  | { readonly status: 200; readonly type: string; readonly description: string }
  /** No body. */
  | { readonly status: 204 };

export type RouteRequest<Body = Readonly<Record<string, Json>>, Query = Readonly<Record<string, Json>>> = {
  readonly service: Service;
  /** The scheduler, of a route that asks one. */
  readonly control: Control | undefined;
  /** A parameter of the path. */
  readonly param: (name: string) => string;
  /** It fits the route's schemas. */
  readonly query: Query;
  /** It fits the route's schema. */
  readonly body: Body;
  readonly header: (name: string) => string | undefined;
  /** Who asks, for the records. */
  readonly by: string;
  readonly scope: Scope;
  /** Signing in and out; undefined on a socket, which needs neither. */
  readonly access: Access | undefined;
  /** Asks another route for whoever asks this one. */
  readonly part: (request: Request) => Promise<Response>;
  /** Aborted when who asks is gone. */
  readonly signal: AbortSignal;
  /** An answer of server-sent events, which go on after the handler has returned it. */
  readonly events: (start: (stream: EventStream) => void | Promise<void>) => Response;
};

/** A route whose body and parameters have types, which its schemas vouch for. */
export function route<Body extends object = object, Query extends object = object>(
  row: Omit<Route, 'handle' | 'where'> & {
    readonly handle: (request: RouteRequest<Body, Query>) => ReturnType<Route['handle']>;
  },
): Route {
  return {
    ...row,
    where: 'anywhere',
    handle: (request) =>
      row.handle({ ...request, body: request.body as Body, query: request.query as Query }),
  };
}

/** The same for what only a scheduler can answer. */
export function schedulerRoute<Body extends object = object>(
  row: Omit<Route, 'handle' | 'where' | 'query'> & {
    readonly handle: (
      request: Omit<RouteRequest<Body>, 'control'> & { readonly control: Control },
    ) => ReturnType<Route['handle']>;
  },
): Route {
  return {
    ...row,
    where: 'scheduler',
    handle(request) {
      const { control } = request;
      if (control === undefined) throw new Error(`${row.path} was asked without a scheduler`);
      return row.handle({ ...request, control, body: request.body as Body });
    },
  };
}

/** A published schema, by the name of its file. */
export function published(name: string, definition?: string): Schema {
  return { $ref: `${name}.schema.json${definition === undefined ? '' : `#/$defs/${definition}`}` };
}
