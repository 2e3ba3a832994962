/**
 * Runs the chunks of the built program, with the code that V8 compiled for an earlier start where there is any.
 *
 * A chunk is a CommonJS file beside the entry. Node's own loader would do the same without the cache; its
 * compile cache (from 22.1) comes too late for Node 20 and was measured to help less.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.js';

export type ChunkLoader = {
  /** Run a chunk, once, and give its exports. */
  load(file: string): unknown;
  /** Keep the compiled code of every chunk that had none. To be called late: only functions that ran are in it. */
  keep(): void;
};

type Loaded = { exports: unknown; fresh?: Script };

/** `nodeImport`: the build puts this name where a chunk has an `import()` of something that is no chunk. */
const HEAD = '(function (exports, require, module, __filename, __dirname, nodeImport) { ';
const TAIL = '\n})';

/** A script whose code was kept cannot import: V8 11 forgets for which script it was compiled. This file can. */
const nodeImport = (specifier: string): Promise<unknown> => import(specifier);

/**
 * @param directory - Where the chunks are.
 * @param nodeRequire - Finds everything that is no chunk of ours.
 */
export function createChunkLoader(
  directory: string,
  nodeRequire: NodeJS.Require,
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
    const script = compile(path, code);
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

function compile(path: string, cachedData: Buffer | undefined): Script {
  return new Script(readWrapped(path), {
    filename: path,
    columnOffset: -HEAD.length,
    cachedData,
  });
}

/**
 * A chunk's text as the body of a function. The build writes nothing but ASCII, which one read gives; as UTF-8, Node
 * reads 8 kB at a time and decodes. Put together as bytes: as strings it would be copied, and the copy soon collected.
 */
function readWrapped(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(HEAD.length + size + TAIL.length);
    bytes.write(HEAD, 'latin1');
    if (readSync(file, bytes, HEAD.length, size, 0) !== size)
      throw new Error(`${path} was changed while read`);
    bytes.write(TAIL, HEAD.length + size, 'latin1');
    return bytes.toString('latin1');
  } finally {
    closeSync(file);
  }
}
