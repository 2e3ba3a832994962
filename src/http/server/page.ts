/** The files of the web page: those that are in its directory when it is looked into, and no others. */
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { plainProblem, problem } from '../problem.js';

export type Page = {
  /**
   * The file of a path, or the page for a path that has no ending.
   *
   * @param path - As in a URL, from `/`.
   */
  answer(path: string): Promise<Response>;
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Vite puts a digest of the content into the name: another content has another name. */
const HASHED = /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/;
const A_YEAR = 'private, max-age=31536000, immutable';

/** @param directory - Where the build has put it. */
export function createPage(directory: string): Page {
  const index = join(directory, 'index.html');
  let names: ReadonlySet<string> = new Set();
  let seen: string | undefined;
  const look = (): boolean => {
    const stats = statSync(index, { throwIfNoEntry: false, bigint: true });
    if (stats === undefined) return false;
    const stamp = `${stats.ino} ${stats.mtimeNs}`;
    if (stamp !== seen) names = filesIn(directory);
    seen = stamp;
    return true;
  };
  return {
    async answer(path) {
      if (!look())
        return problem(
          plainProblem(
            404,
            'There is no page.',
            `This build of supertask lacks ${directory}: npm run build makes it. The API is there.`,
          ),
        );
      const wanted = extname(path) === '' ? '/index.html' : path;
      if (!names.has(wanted)) return problem(plainProblem(404, 'There is no such file.'));
      const bytes = await readFile(join(directory, wanted)).catch(() => undefined);
      if (bytes === undefined) return problem(plainProblem(404, 'There is no such file.'));
      return new Response(bytes, {
        headers: {
          'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream',
          'content-length': String(bytes.length),
          ...(HASHED.test(wanted) ? { 'cache-control': A_YEAR } : {}),
        },
      });
    },
  };
}

/** Regular files only, as paths of URLs; what begins with a dot, is a link or would have to be escaped is left out. */
function filesIn(directory: string, above = ''): ReadonlySet<string> {
  const found = readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (!/^[\w-][\w.-]*$/.test(entry.name)) return [];
    const path = `${above}/${entry.name}`;
    if (entry.isDirectory()) return [...filesIn(join(directory, entry.name), path)];
    return entry.isFile() ? [path] : [];
  });
  return new Set(found);
}
