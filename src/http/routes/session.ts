/** Routes of signing in and out. */
import type { Json } from '../../model/json.js';
import type { Identity } from '../access.js';
import { plainProblem, problem } from '../problem.js';
import { type Route, route } from '../route.js';
import type { Schema } from '../schema.js';

const SESSION: Schema = {
  title: 'Session',
  type: 'object',
  required: ['scope', 'expiresAt'],
  properties: {
    scope: { enum: ['read', 'operate', 'admin'] },
    expiresAt: { description: 'An instant; null with a token, which does not expire.' },
  },
};

export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/session',
    name: 'showSession',
    summary: 'What who asks may do, and how long.',
    scope: 'read',
    isAlone: true,
    response: { status: 200, schema: SESSION },
    handle({ access, header, scope }) {
      const byToken = header('authorization') !== undefined;
      return recordOf({
        scope,
        ...(byToken ? {} : { expiresAt: access?.byCookie(header('cookie'))?.expiresAt }),
      });
    },
  }),
  route<{ readonly code: string }>({
    method: 'POST',
    path: '/session',
    name: 'signIn',
    summary: 'Sign in with a code that is good for once: the answer sets the cookie.',
    scope: 'read',
    isAlone: true,
    isPure: true,
    request: {
      type: 'object',
      required: ['code'],
      properties: { code: { type: 'string', maxLength: 200, description: 'Behind #code= of the link.' } },
      additionalProperties: false,
    },
    response: { status: 201, schema: SESSION },
    handle({ access, body, scope }) {
      // On a socket everybody is in already.
      if (access === undefined) return recordOf({ scope });
      const found = access.signIn(body.code);
      if (found === undefined)
        return problem(
          plainProblem(
            401,
            'Not signed in.',
            'The code is unknown, used or too old: supertask token link makes another one.',
          ),
        );
      return Response.json(recordOf(found.identity), {
        status: 201,
        headers: { 'set-cookie': found.setCookie },
      });
    },
  }),
  route({
    method: 'DELETE',
    path: '/session',
    name: 'signOut',
    summary: 'Sign out: the cookie is of no use any more.',
    scope: 'read',
    isAlone: true,
    isPure: true,
    response: { status: 204 },
    handle: ({ access, header }) =>
      new Response(null, {
        status: 204,
        headers: access === undefined ? {} : { 'set-cookie': access.signOut(header('cookie')) },
      }),
  }),
];

function recordOf({ scope, expiresAt }: Pick<Identity, 'scope' | 'expiresAt'>): Json {
  return { scope, expiresAt: expiresAt?.toISOString() ?? null };
}
