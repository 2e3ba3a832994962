/**
 * Where in the page one is: `#/jobs/NAMESPACE/JOB?status=failed`.
 *
 * In the fragment, because the page then has one address, which works below any path and needs nothing of the server.
 */
import { computed, signal } from '@preact/signals';

export type Place = { readonly path: readonly string[]; readonly query: URLSearchParams };

/** What a link leads to: the parts of its path, and its query. */
export type Target = {
  readonly path: readonly string[];
  readonly query?: Changes;
};

/** A list is a part that stands there several times. */
type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;

const hash = signal(location.hash);

export const place = computed<Place>(() => placeOf(hash.value));

/** Says whether one may leave where one is: there may be something that would be lost. */
export type Guard = () => Promise<boolean>;

let guard: Guard | undefined;

/** @returns Takes it away. */
export function guardLeaving(asked: Guard): () => void {
  guard = asked;
  return () => {
    if (guard === asked) guard = undefined;
  };
}

window.addEventListener('hashchange', async () => {
  const wanted = location.hash;
  // A link to sign in by leads nowhere else.
  if (wanted === hash.peek() || !/^#?(\/|$)/.test(wanted)) return;
  if (guard !== undefined) {
    history.pushState(null, '', hash.peek() || '#/');
    if (!(await guard())) return;
    guard = undefined;
    history.replaceState(null, '', wanted);
  }
  hash.value = wanted;
});

/** Any other fragment, such as the code that one signs in by, is the first page. */
function placeOf(fragment: string): Place {
  if (!fragment.startsWith('#/')) return { path: [], query: new URLSearchParams() };
  const [path = '', query = ''] = fragment.slice(2).split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

/** @example href({ path: ['runs'], query: { status: 'failed' } }) // '#/runs?status=failed' */
export function href({ path, query = {} }: Target): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value].flat()) if (each) found.append(name, each);
  const text = found.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

export function jobHref(namespace: string, job: string): string {
  return href({ path: ['jobs', namespace, job] });
}

export function runHref(namespace: string, run: string): string {
  return href({ path: ['runs', namespace, run] });
}

/** The fragment of where one is. */
export function fragment(): string {
  return hash.peek().startsWith('#/') ? hash.peek() : '';
}

/** Go somewhere else. `replace`: without a step in the history, as for each letter of a search. */
export function go(target: Target, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', href(target));
  else history.pushState(null, '', href(target));
  hash.value = location.hash;
}

/** Change parts of the query, such as filters; undefined or '' leaves a part out. */
export function setQuery(changes: Changes, { replace = true } = {}): void {
  const { path, query } = place.peek();
  go({ path, query: { ...partsIn(query), ...changes } }, { replace });
}

/** To begin another query with, which is like this one. */
export function partsIn(query: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
}

/** A fragment that somebody made by hand may have a lone percent sign. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
