/**
 * Starts the built program as a user's shell would: in a home of its own, with an environment that has nothing of
 * the caller's but PATH. After each test nothing that it started may be alive, and its home is removed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { CACHE, ROOT } from './build.ts';
import { MARK, outlived } from './survivor.ts';

export const BIN = join(ROOT, 'bin/supertask.cjs');

/** Directories of the running test. */
export type Place = {
  /** `HOME`; removed after the test with all that is in it. */
  readonly home: string;
  /** Where commands run unless told otherwise: an empty directory in the home. */
  readonly work: string;
  /** `SUPERTASK_STATE_DIR` as the program finds it by itself. */
  readonly state: string;
};

export type Options = {
  readonly cwd?: string | undefined;
  /** Added to the clean environment; `undefined` removes a variable. */
  readonly env?: Record<string, string | undefined> | undefined;
  /** What stands on standard input, to its end. Without it there is nothing to read. */
  readonly input?: string | Uint8Array | undefined;
  /** Leave standard input open, for `write`. */
  readonly interactive?: boolean | undefined;
  /** Streams that are closed before the program starts, as with `>&-`. */
  readonly closed?: readonly ('stdin' | 'stdout' | 'stderr')[] | undefined;
  /** Files in place of standard output and standard error, such as `/dev/full`. */
  readonly redirect?: { readonly stdout?: string; readonly stderr?: string } | undefined;
};

export type Result = {
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it came, for what is not text. */
  readonly stdoutBytes: Buffer;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
};

export type Running = {
  readonly pid: number;
  /** Text that came so far. */
  output(stream: 'stdout' | 'stderr'): string;
  /** The first whole line that matches, also among those that came before. Rejects when the program ends without. */
  waitForLine(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  write(text: string): void;
  /** When it has ended and both its streams are closed. Never rejects because of the program. */
  readonly exit: Promise<Result>;
};

const mark = randomUUID();
const SURVIVORS_MAY_TAKE_MS = 3_000;
let current: Place | undefined;

afterEach(async () => {
  const alive = await outlived(mark, SURVIVORS_MAY_TAKE_MS);
  if (current) rmSync(current.home, { recursive: true, force: true });
  current = undefined;
  expect(alive, 'processes that outlived their test').toEqual([]);
});

/** The directories of the running test, made when first asked for. */
export function place(): Place {
  if (current) return current;
  const home = mkdtempSync(join(tmpdir(), 'supertask-test-'));
  current = { home, work: join(home, 'work'), state: join(home, '.local/state/supertask') };
  mkdirSync(current.work);
  return current;
}

/** Run the program to its end. */
export function runCli(args: readonly string[], options: Options = {}): Promise<Result> {
  return startCli(args, options).exit;
}

/** Start the program. */
export function startCli(args: readonly string[], options: Options = {}): Running {
  return startCommand([process.execPath, BIN, ...args], options);
}

/** Start any program in the same clean environment. */
export function startCommand(command: readonly string[], options: Options = {}): Running {
  const [file = '', ...rest] = redirected(command, options);
  const child = spawn(file, rest, {
    cwd: options.cwd ?? place().work,
    env: cleanEnv(options.env),
    stdio: [options.input === undefined && !options.interactive ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (options.input !== undefined) feed(child, options.input);
  return follow(child);
}

/** The command, in a shell that closes or redirects streams where asked. */
function redirected(command: readonly string[], { closed = [], redirect = {} }: Options): readonly string[] {
  const signs = { stdin: '<&-', stdout: '>&-', stderr: '2>&-' };
  const changes = [
    ...(redirect.stdout === undefined ? [] : [`>'${redirect.stdout}'`]),
    ...(redirect.stderr === undefined ? [] : [`2>'${redirect.stderr}'`]),
    ...closed.map((stream) => signs[stream]),
  ];
  return changes.length === 0 ? command : ['sh', '-c', `exec "$@" ${changes.join(' ')}`, 'sh', ...command];
}

function cleanEnv(added: Options['env'] = {}): NodeJS.ProcessEnv {
  const { home } = place();
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: CACHE,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    [MARK]: mark,
    ...added,
  };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** A program that reads no input may end before it is all written: that is its right. */
function feed(child: ChildProcess, input: string | Uint8Array): void {
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
}

function follow(child: ChildProcess): Running {
  const bytes = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(bytes[stream]).toString();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk: Buffer) => bytes[stream].push(chunk));

  const exit = new Promise<Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) =>
      resolve({
        stdout: text('stdout'),
        stderr: text('stderr'),
        stdoutBytes: Buffer.concat(bytes.stdout),
        exitCode,
        signal,
      }),
    );
  });

  return {
    pid: child.pid ?? Number.NaN,
    output: text,
    waitForLine: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = wholeLines(text(stream))
            .map((line) => pattern.exec(line))
            .find((match) => match !== null);
          if (found) resolve(found);
        };
        look();
        child[stream]?.on('data', look);
        // Resolving comes first where the last line matches: rejecting afterwards changes nothing.
        exit.then(({ stdout, stderr }) => {
          look();
          reject(new Error(`ended without a line like ${pattern}\nstdout:\n${stdout}\nstderr:\n${stderr}`));
        }, reject);
      }),
    signal: (name) => void child.kill(name),
    write: (words) => void child.stdin?.write(words),
    exit,
  };
}

function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
