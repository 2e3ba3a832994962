/**
 * The first file of the program: answers `--version` before anything is loaded, else starts the rest quickly.
 *
 * Built as a file of its own, and written as a function that `bin/supertask.cjs` calls. It finds the rest by name in its
 * directory, so that nothing is shared with it.
 */
import { writeSync } from 'node:fs';
import { createChunkLoader, type NodeImport } from './chunk.js';
import { codeCacheDirectory, openCodeCache } from './code-cache.js';

/** Replaced by the build: the package's version, and a digest of all that the build is made of. */
declare const SUPERTASK_VERSION: string;
declare const SUPERTASK_BUILD: string;

/** Given by who calls it, beside `require` and `__dirname`. */
declare const nodeImport: NodeImport;

type Program = { main(argv: readonly string[]): Promise<boolean> };

/** Nothing has been done by a command line that was refused, so its compiled code would help no later start. */
const USAGE_EXIT_CODE = 2;
const FAILURE_EXIT_CODE = 125;

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) answerVersion();
else void start();

/** Through `fs`, because making `process.stdout` takes a millisecond. */
function answerVersion(): void {
  try {
    writeSync(1, `${SUPERTASK_VERSION}\n`);
  } catch (error) {
    // `| head` and the like need not read it.
    if (codeOf(error) !== 'EPIPE') fail(`error: standard output cannot be written: ${codeOf(error)}`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

async function start(): Promise<void> {
  try {
    const directory = codeCacheDirectory(process.env);
    const cache = directory === undefined ? undefined : openCodeCache(directory, cacheKey(argv[0]));
    const chunks = createChunkLoader(__dirname, require, nodeImport, cache);
    const isAllDone = await (chunks.load('main.cjs') as Program).main(argv);
    if (process.exitCode !== USAGE_EXIT_CODE) chunks.keep();
    if (isAllDone) process.exit();
  } catch (error) {
    fail(error);
  }
}

/**
 * Each command runs other functions of the same chunks, so each has its own compiled code.
 *
 * So has each installation: two builds of the same sources may name their chunks differently, and of the text that code
 * was compiled from V8 checks the length only.
 */
function cacheKey(command = ''): string {
  const name = /^[a-z][a-z-]{0,30}$/.test(command) ? command : 'none';
  return `${SUPERTASK_BUILD}-${process.version}-${process.arch}-${hashOf(__dirname)}-${name}`;
}

/** FNV-1a, 32 bits: loading a library for it would take longer than all the rest. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

/** For what goes wrong outside the program itself: a missing or broken file of the installation, a dead stdout. */
function fail(error: unknown): void {
  process.exitCode = FAILURE_EXIT_CODE;
  try {
    writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`);
  } catch {
    // Nobody is left to tell.
  }
}
