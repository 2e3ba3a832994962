/** The ways that lead to a file. */
import { lstatSync, readlinkSync } from 'node:fs';
import { join, parse, resolve, sep } from 'node:path';

/** As many links as the system itself follows. */
const MAX_LINKS = 40;

/** A file and all symbolic links that its path leads through, wherever they lie. */
export function trailOf(path: string): string[] {
  const { root } = parse(path);
  const trail: string[] = [path];
  let at = root;
  let rest = path.slice(root.length).split(sep);
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...others] = rest;
    const next = join(at, name);
    const target = links < MAX_LINKS ? linkAt(next) : undefined;
    if (target === undefined) {
      at = next;
      rest = others;
      continue;
    }
    links++;
    trail.push(next);
    const absolute = resolve(at, target);
    at = parse(absolute).root;
    rest = [...absolute.slice(at.length).split(sep).filter(Boolean), ...others];
  }
  return [...trail, at];
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
