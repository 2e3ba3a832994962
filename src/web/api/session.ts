/** Who is signed in. The one-time code of a link is in its fragment, which is sent to no server. */
import { computed, signal } from '@preact/signals';
import { ApiError, change, get, signedOut } from './client.js';
import type { Scope, Session } from './record.js';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'in'; readonly session: Session }
  | { readonly kind: 'out'; readonly error?: ApiError };

const answered = signal<SessionState>({ kind: 'asking' });

export const session = computed<SessionState>(() =>
  signedOut.value && answered.value.kind === 'in' ? { kind: 'out' } : answered.value,
);

const RANK: Readonly<Record<Scope, number>> = { read: 0, operate: 1, admin: 2 };

/** Whether what is signed in may do something; what it may not do is not shown as a button. */
export function may(scope: Scope): boolean {
  const state = session.value;
  return state.kind === 'in' && RANK[state.session.scope] >= RANK[scope];
}

/**
 * Take the code out of the address, exchange it, and find out who is signed in.
 *
 * @param fragment - What stands in the address in its place.
 */
export async function signIn(fragment = ''): Promise<void> {
  const code = codeIn(location.hash);
  // At once, so that it is in no history, bookmark or copied link.
  if (code !== undefined) history.replaceState(null, '', location.pathname + location.search + fragment);
  try {
    if (code !== undefined) await change('/session', { body: { code } });
    const found = await get<Session>('/session');
    signedOut.value = false;
    answered.value = { kind: 'in', session: found };
  } catch (error) {
    answered.value = outOf(error, code !== undefined);
  }
}

export async function signOut(): Promise<void> {
  await change('/session', { method: 'DELETE' });
  answered.value = { kind: 'out' };
}

/** The code in a fragment such as `#code=XXXX`. */
function codeIn(hash: string): string | undefined {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code');
  return code === null || code === '' ? undefined : code;
}

/** That nobody is signed in is no error, unless a code was to change that. */
function outOf(error: unknown, hadCode: boolean): SessionState {
  const known = error instanceof ApiError ? error : new ApiError(String(error), { status: 0 });
  return known.status === 401 && !hadCode ? { kind: 'out' } : { kind: 'out', error: known };
}
