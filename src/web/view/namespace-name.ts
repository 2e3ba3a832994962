/** Names of namespaces. Pure. */

type Named = { readonly id: string; readonly source: string };

const MADE = /^[0-9a-f]{32}$/;
const LONGEST = 32;

/** By id: an id that somebody chose, else the file's name; with as much of its path as tells it from others. */
export function nameNamespaces(namespaces: readonly Named[]): ReadonlyMap<string, string> {
  return new Map(namespaces.map((each) => [each.id, nameOf(each, namespaces)]));
}

function nameOf({ id, source }: Named, all: readonly Named[]): string {
  if (!MADE.test(id)) return id;
  if (!source.startsWith('/')) return shortened(source === '' ? id : source);
  const parts = source.split('/').filter(Boolean);
  const others = all.filter((each) => each.id !== id).map((each) => each.source);
  for (let count = 1; count <= parts.length; count++) {
    const name = parts.slice(-count).join('/');
    if (!others.some((other) => `/${other}`.endsWith(`/${name}`))) return name;
  }
  // The same file twice, as of two hosts.
  return `${parts.at(-1)} ${id.slice(0, 6)}`;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
