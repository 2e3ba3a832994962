/** A process that goes on without us: in a session of its own, with nothing of our terminal. */
import { type ChildProcess, spawn } from 'node:child_process';

export type BackgroundProcess = {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Its first line on descriptor 3; undefined when there is none to come. */
  readonly said: Promise<string | undefined>;
  /** Rejects when it could not be started. */
  readonly ended: Promise<{ readonly code: number } | { readonly signal: NodeJS.Signals }>;
  signal(name: NodeJS.Signals): void;
  /** We end without waiting for it. */
  letGo(): void;
};

export type BackgroundRequest = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its stderr goes. */
  readonly stderr: number;
  /** What it reads; undefined: nothing. */
  readonly input: NodeJS.ReadableStream | undefined;
};

/** Start this program once more. */
export function startInBackground({ args, env, stderr, input }: BackgroundRequest): BackgroundProcess {
  const child = spawn(process.execPath, args, {
    env,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', stderr, 'pipe'],
  });
  // It may end before it has read everything.
  child.stdin?.on('error', () => {});
  if (child.stdin !== null) input?.pipe(child.stdin);
  const line = child.stdio[3];
  const ended = endOf(child);
  // Asked for only when nothing was said.
  ended.catch(() => {});
  return {
    pid: child.pid,
    said: new Promise((resolve) => {
      let text = '';
      line?.on('data', (bytes: Buffer) => {
        text += bytes.toString();
        if (text.includes('\n')) resolve(text.split('\n')[0]);
      });
      line?.on('error', () => {});
      line?.once('close', () => resolve(undefined));
    }),
    ended,
    signal: (name) => void child.kill(name),
    letGo() {
      child.stdin?.destroy();
      line?.destroy();
      child.unref();
    },
  };
}

function endOf(child: ChildProcess): BackgroundProcess['ended'] {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 0 } : { signal }));
  });
}
