/**
 * Runs the chunks of the built program, with the code that V8 compiled for an earlier start where there is any.
 *
 * A chunk is CommonJS, written as a function, in a file beside the entry. Node's own loader would do the same without
 * the cache; its compile cache (from 22.1) comes too late for Node 20 and was measured to help less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.js';

export type ChunkLoader = {
  /** Run a chunk, once, and give its exports. */
  load(file: string): unknown;
  /** Keep the compiled code of every chunk that had none. To be called late: only functions that ran are in it. */
  keep(): void;
};

/**
 * The build puts this in place of the `import()` of what is no chunk: a script whose code was kept cannot import, for
 * V8 11 forgets for which script it was compiled. The file that starts the program can.
 */
export type NodeImport = (specifier: string) => Promise<unknown>;

type Loaded = { exports: unknown; fresh?: Script };

/**
 * @param directory - Where the chunks are.
 * @param nodeRequire - Finds everything that is no chunk of ours.
 */
export function createChunkLoader(
  directory: string,
  nodeRequire: NodeJS.Require,
  nodeImport: NodeImport,
  cache: CodeCache | undefined,
): ChunkLoader {
  const modules = new Map<string, Loaded>();
  const chunkRequire = Object.assign(
    (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : nodeRequire(id)),
    nodeRequire,
  );

  function load(file: string): unknown {
    const known = modules.get(file);
    if (known) return known.exports;
    // With a prototype V8 would give it a new shape for each of a hundred names.
    const module: Loaded = { exports: Object.create(null) };
    modules.set(file, module);
    const path = join(directory, file);
    const code = cache?.read(file);
    // The build writes each chunk as a function, and in ASCII: one call reads it, and nothing is to be put around it.
    const script = new Script(readFileSync(path, 'utf8'), { filename: path, cachedData: code });
    if (code === undefined || script.cachedDataRejected) module.fresh = script;
    const run = script.runInThisContext();
    run.call(module.exports, module.exports, chunkRequire, module, path, directory, nodeImport);
    return module.exports;
  }

  function keep(): void {
    for (const [file, { fresh }] of modules) {
      if (fresh) cache?.write(file, fresh.createCachedData());
    }
  }

  return { load, keep };
}
