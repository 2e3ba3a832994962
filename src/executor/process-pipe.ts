/**
 * Real pipes for the streams of a process.
 *
 * What Node calls a pipe is a socket, and a socket cannot be opened by name: `echo … > /dev/stderr` fails with
 * "No such device or address", though it works under cron. Node cannot make a pipe, so a few are made by mkfifo(1)
 * and used again and again: the name is gone at once, and `/proc/self/fd` opens a new end of the same pipe.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, unlinkSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../errors.js';

/** One pipe between a process and us. */
type Pipe = {
  readonly read: Socket;
  /** The descriptor that the process gets; closed by `started` or `discard`. */
  readonly write: number;
  /** The process has its end: ours is not needed any more. */
  started(): void;
  /** There is no process: the pipe was never used. */
  discard(): void;
};

export type Pipes = {
  /** A pipe for each stream; undefined where none can be made. */
  take(): { readonly stdout: Pipe; readonly stderr: Pipe } | undefined;
};

/** As many at a time as cost no more than one; where they do not suffice, twice as many the next time. */
const FIRST_BATCH = 16;
const MAX_BATCH = 128;

/** @param maxRunning - For so many processes at once, at most; the others do with what Node makes. */
export function createPipes(maxRunning = Number.POSITIVE_INFINITY): Pipes {
  /** Reading ends that keep a pipe in being while nobody uses it. */
  const anchors: number[] = [];
  /** How many pipes may still be made. */
  let left = 2 * maxRunning;
  let batch = FIRST_BATCH;
  let isPossible = process.platform === 'linux';

  const close = (anchor: number): void => {
    left++;
    closeSync(anchor);
  };

  const open = (anchor: number): Pipe => {
    const name = `/proc/self/fd/${anchor}`;
    const write = openSync(name, constants.O_WRONLY);
    const read = openOrClose(write, () => new Socket(readingOf(openReading(name))));
    let isReusable = false;
    // Once everybody has closed the writing end the pipe is empty and as good as new.
    read.once('end', () => {
      isReusable = true;
    });
    read.once('close', () => {
      if (isReusable) anchors.push(anchor);
      else close(anchor);
    });
    const started = () => closeSync(write);
    const discard = () => {
      started();
      isReusable = true;
      read.destroy();
    };
    return { read, write, started, discard };
  };

  /** Undefined where the system has no more descriptors: the run does with what Node makes, or says so. */
  const tryOpen = (anchor: number): Pipe | undefined => {
    try {
      return open(anchor);
    } catch {
      close(anchor);
      return undefined;
    }
  };

  return {
    take() {
      if (isPossible && anchors.length < 2 && left > 0) {
        const before = anchors.length;
        isPossible = makePipes(anchors, Math.min(batch, left));
        left -= anchors.length - before;
        batch = Math.min(2 * batch, MAX_BATCH);
      }
      const [first, second] = [anchors.pop(), anchors.pop()];
      const stdout = first === undefined ? undefined : tryOpen(first);
      const stderr = second === undefined ? undefined : tryOpen(second);
      if (stdout !== undefined && stderr !== undefined) return { stdout, stderr };
      stdout?.discard();
      stderr?.discard();
      return undefined;
    },
  };
}

/**
 * Socket copies its options and sets those that it needs. V8 makes a new hidden class for each that the copy had
 * not, with every socket, and all that looks at such a copy has to learn it anew: so each is given beforehand.
 */
function readingOf(fd: number): SocketConstructorOpts {
  // Its type does not have all of them.
  const options = {
    fd,
    readable: true,
    writable: false,
    allowHalfOpen: true,
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  };
  return options;
}

/** Add the reading ends of new pipes, as many as there are descriptors for. `false`: there is no way to make any. */
function makePipes(anchors: number[], count: number): boolean {
  const names: string[] = [];
  let place: string | undefined;
  try {
    place = mkdtempSync(join(tmpdir(), 'supertask-'));
    for (let index = 0; index < count; index++) names.push(join(place, `${index}`));
    const { status, error } = spawnSync('mkfifo', ['-m', '600', ...names], { stdio: 'ignore' });
    if (error !== undefined) return isShortage(error);
    if (status !== 0) return status === null;
    for (const name of names) anchors.push(openReading(name));
    return true;
  } catch (error) {
    return isShortage(error);
  } finally {
    if (place !== undefined) removeNames(place, names);
  }
}

/** By calls that need no descriptor; not all of them may have been made. */
function removeNames(place: string, names: readonly string[]): void {
  const removals = [...names.map((name) => () => unlinkSync(name)), () => rmdirSync(place)];
  for (const remove of removals) {
    try {
      remove();
    } catch {
      // It is not there.
    }
  }
}

/** What may be over the next time. */
function isShortage(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ENOSPC'].includes(systemCode(error) ?? '');
}

/** Open a second descriptor; where that fails the first is not left behind. */
function openOrClose<Result>(first: number, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    closeSync(first);
    throw error;
  }
}

/** Without O_NONBLOCK it would wait for somebody who writes. */
function openReading(name: string): number {
  return openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
}
