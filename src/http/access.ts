/** Who may do what: tokens of programs, and browsers that have signed in with a code. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CODE_MS } from '../app/access/code.js';
import type { TokenSource } from '../app/access/token.js';
import { SCOPES, type Scope } from '../model/scope.js';

export type Identity = {
  readonly scope: Scope;
  /** What tells it from others, and says nothing about its token. */
  readonly key: string;
  /** Of a session. */
  readonly expiresAt?: Date | undefined;
};

export type Access = {
  /** Whose `Authorization` this is; undefined: nobody's. */
  byToken(authorization: string): Identity | undefined;
  /** Whose `Cookie` this is. */
  byCookie(cookies: string | undefined): Identity | undefined;
  /** A code for one browser to sign in with. */
  createCode(scope: Scope): string;
  /** A session for a code, which is of no use afterwards; undefined: it is unknown, used or too old. */
  signIn(code: string): { readonly identity: Identity; readonly setCookie: string } | undefined;
  /** @returns The cookie that removes the one of the session. */
  signOut(cookies: string | undefined): string;
};

export type AccessOptions = {
  readonly tokens: TokenSource;
  /** Codes from other places than this process; each is given once. */
  readonly takeCode?: ((code: string) => Scope | undefined) | undefined;
  /** Two servers on one host share the cookies of a browser. */
  readonly port: number;
  readonly isSecure: boolean;
  readonly now: () => number;
};

const SESSION_MS = 12 * 3_600_000;
/** Of each, in all: who can make more has a token anyway. */
const MAX_KEPT = 1_000;

type Session = { readonly scope: Scope; readonly expiresAt: number; readonly token: string };

/** Sessions and codes live in this process only, and end with it. */
export function createAccess({ tokens, takeCode, port, isSecure, now }: AccessOptions): Access {
  const name = `${isSecure ? '__Host-' : ''}supertask-${port}`;
  const attributes = `; HttpOnly; SameSite=Strict; Path=/${isSecure ? '; Secure' : ''}`;
  const sessions = new Map<string, Session>();
  const codes = new Map<string, { readonly scope: Scope; readonly expiresAt: number }>();

  /** Names a token; undefined: the scope has none. */
  const digestOf = (scope: Scope): string | undefined => {
    const token = tokens()[scope];
    return token === undefined ? undefined : digest(token).toString('base64url');
  };
  const idOf = (cookies: string | undefined): string | undefined => {
    const found = (cookies ?? '').split(';').flatMap((each) => {
      const [key, value = ''] = each.trim().split(/=(.*)/s);
      return key === name ? [value] : [];
    });
    return found.length === 1 && found[0] ? digest(found[0]).toString('base64url') : undefined;
  };
  const takeOwnCode = (code: string): Scope | undefined => {
    const id = digest(code).toString('base64url');
    const found = codes.get(id);
    codes.delete(id);
    return found !== undefined && found.expiresAt > now() ? found.scope : undefined;
  };

  return {
    byToken(authorization) {
      const [, given] = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/i.exec(authorization) ?? [];
      if (given === undefined) return undefined;
      const presented = digest(given);
      const held = tokens();
      // All are compared, whichever fits.
      const fitting = SCOPES.filter((scope) => {
        const token = held[scope];
        return timingSafeEqual(presented, digest(token ?? '')) && token !== undefined;
      });
      const scope = fitting.at(-1);
      return scope && { scope, key: `token ${scope}` };
    },
    byCookie(cookies) {
      const id = idOf(cookies);
      const session = id === undefined ? undefined : sessions.get(id);
      if (id === undefined || session === undefined) return undefined;
      const { scope, expiresAt, token } = session;
      if (expiresAt > now() && digestOf(scope) === token)
        return { scope, key: `session ${id}`, expiresAt: new Date(expiresAt) };
      sessions.delete(id);
      return undefined;
    },
    createCode(scope) {
      const code = randomBytes(24).toString('base64url');
      keepFew(codes);
      codes.set(digest(code).toString('base64url'), { scope, expiresAt: now() + CODE_MS });
      return code;
    },
    signIn(code) {
      const scope = takeOwnCode(code) ?? takeCode?.(code);
      const token = scope && digestOf(scope);
      if (scope === undefined || token === undefined) return undefined;
      const secret = randomBytes(32).toString('base64url');
      const id = digest(secret).toString('base64url');
      const expiresAt = now() + SESSION_MS;
      keepFew(sessions);
      // Bound to the token: who makes new ones means to end what the old ones allowed.
      sessions.set(id, { scope, expiresAt, token });
      return {
        identity: { scope, key: `session ${id}`, expiresAt: new Date(expiresAt) },
        setCookie: `${name}=${secret}${attributes}; Max-Age=${SESSION_MS / 1_000}`,
      };
    },
    signOut(cookies) {
      const id = idOf(cookies);
      if (id !== undefined) sessions.delete(id);
      return `${name}=${attributes}; Max-Age=0`;
    },
  };
}

/** The oldest makes room. */
function keepFew(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
