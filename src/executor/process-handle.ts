/**
 * A process by the handles that `node:child_process` is made of, without that module and all that it loads.
 *
 * They are Node's own affair, and have changed within one line of versions: so this is for Node 20 alone, of which no
 * further versions come. Whatever is out of the ordinary is left to `node:child_process`, and so are all errors.
 */
import type { Command } from './command.js';
import type { Exit } from './outcome.js';
import type { OutputSource, Started } from './started.js';

type NodeInside = Pick<NodeJS.Process, 'versions' | 'env' | 'execArgv'>;

type Handle = { close(closed?: () => void): void };

type PipeHandle = Handle & {
  onread: (this: PipeHandle, bytes: ArrayBuffer | undefined) => void;
  readStart(): number;
  readStop(): number;
};

type ProcessHandle = Handle & {
  onexit: (code: number, signal: string) => void;
  readonly pid: number;
  spawn(how: object): number;
};

/** See lib/internal/child_process.js and lib/internal/stream_base_commons.js of Node 20. */
type Bindings = {
  readonly Process: new () => ProcessHandle;
  readonly Pipe: new (type: number) => PipeHandle;
  readonly socket: number;
  /** Filled before each call of `onread`. */
  readonly state: Int32Array;
  readonly countAt: number;
  readonly offsetAt: number;
};

const END_OF_FILE = -4095;

let known: Bindings | undefined;

/**
 * Start a command in a session and process group of its own, with nothing to read, and both streams read by us.
 *
 * @param node - Whose handles are taken.
 * @returns Undefined where nothing was started, and `node:child_process` is to be asked.
 */
export function startByHandle(
  { program, args, env, cwd }: Command,
  node: NodeInside = process,
): Started | undefined {
  const bindings = bindingsOf(node);
  if (bindings === undefined) return undefined;
  const words = [program, ...args];
  const envPairs: string[] = [];
  for (const name in env) if (env[name] !== undefined) envPairs.push(`${name}=${env[name]}`);
  // What lies beneath would take what stands before it.
  if (words.some(hasNul) || envPairs.some(hasNul) || hasNul(cwd)) return undefined;
  const { Process, Pipe, socket } = bindings;
  const [out, err] = [new Pipe(socket), new Pipe(socket)];
  const handle = new Process();
  const stdio = [
    { type: 'ignore' },
    { type: 'pipe', readable: false, writable: true, handle: out },
    { type: 'pipe', readable: false, writable: true, handle: err },
  ];
  let tell: ((exit: Exit) => void) | undefined;
  // Not written into the property: V8 would put it among its old objects, with all that it can reach.
  const exited: ProcessHandle['onexit'] = (code, signal) => {
    handle.close();
    tell?.(signal === '' ? { code, signal: null } : { code: null, signal: signal as NodeJS.Signals });
  };
  handle.onexit = exited;
  const how = { file: program, args: words, cwd, envPairs, stdio, detached: true };
  if (handle.spawn(how) !== 0) {
    for (const each of [handle, out, err]) each.close();
    return undefined;
  }
  return {
    pid: handle.pid,
    stdout: new HandleSource(out, bindings),
    stderr: new HandleSource(err, bindings),
    onExit: (listener) => {
      tell = listener;
    },
  };
}

function hasNul(text: string): boolean {
  return text.includes('\0');
}

/** Coverage is handed on to processes by Node, and who wants to be told of what is deprecated is told of nothing here. */
function isForUs({ versions, env, execArgv }: NodeInside): boolean {
  if (!/^20\.\d+\.\d+$/.test(versions.node) || !versions.v8.startsWith('11.3.')) return false;
  const { NODE_V8_COVERAGE, NODE_OPTIONS = '', NODE_PENDING_DEPRECATION } = env;
  const isPedantic = [NODE_OPTIONS, ...execArgv].some((text) => text.includes('--pending-deprecation'));
  return NODE_V8_COVERAGE === undefined && NODE_PENDING_DEPRECATION !== '1' && !isPedantic;
}

function bindingsOf(node: NodeInside): Bindings | undefined {
  if (!isForUs(node)) return undefined;
  try {
    known ??= findBindings(node);
    return known;
  } catch {
    // Under Node's permission model, or where somebody has taken it away.
    return undefined;
  }
}

function findBindings(from: NodeInside): Bindings {
  // Its types leave it out, as its documentation does.
  const node = from as unknown as { binding(name: string): unknown };
  const { Process } = node.binding('process_wrap') as Pick<Bindings, 'Process'>;
  const { Pipe, constants } = node.binding('pipe_wrap') as Pick<Bindings, 'Pipe'> & {
    readonly constants: { readonly SOCKET: number };
  };
  const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } = node.binding('stream_wrap') as {
    readonly streamBaseState: Int32Array;
    readonly kReadBytesOrError: number;
    readonly kArrayBufferOffset: number;
  };
  return {
    Process,
    Pipe,
    socket: constants.SOCKET,
    state: streamBaseState,
    countAt: kReadBytesOrError,
    offsetAt: kArrayBufferOffset,
  };
}

/** Read at once; listeners are to be there before the turn of the event loop is over, one for each event. */
class HandleSource implements OutputSource {
  private readonly handle: PipeHandle;
  private take: (chunk: Buffer) => void = ignore;
  private tellEnd: () => void = ignore;
  private tellClosed: () => void = ignore;
  private isOver = false;

  constructor(handle: PipeHandle, { state, countAt, offsetAt }: Bindings) {
    this.handle = handle;
    const received: PipeHandle['onread'] = (bytes) => {
      const count = state[countAt] ?? END_OF_FILE;
      if (count > 0 && bytes !== undefined) this.take(Buffer.from(bytes, state[offsetAt], count));
      else if (count === END_OF_FILE) this.end();
      else if (count < 0) this.destroy();
    };
    handle.onread = received;
    handle.readStart();
  }

  on(event: 'data' | 'end' | 'error' | 'close', listener: (chunk: Buffer) => void): void {
    const tell = listener as () => void;
    if (event === 'data') this.take = listener;
    else if (event === 'end') this.tellEnd = tell;
    else if (event === 'close') this.tellClosed = tell;
  }

  pause(): void {
    if (!this.isOver) this.handle.readStop();
  }

  resume(): void {
    if (!this.isOver) this.handle.readStart();
  }

  destroy(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handle.close(() => this.tellClosed());
  }

  private end(): void {
    this.handle.readStop();
    this.tellEnd();
  }
}

function ignore(): void {}
