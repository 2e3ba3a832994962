/** Writing to a terminal without waiting for it. */
import { accessSync, constants, fstatSync, readlinkSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** What Node's streams to terminals have and their types do not tell; `set-blocking` and others rely on it, too. */
type TerminalHandle = {
  readonly isTTY?: boolean;
  readonly fd?: number;
  readonly _handle?: { setBlocking?(isBlocking: boolean): void } | null;
};

/**
 * Node waits in the system until a terminal has taken what is written. One that is held with Ctrl-S, or whose connection
 * hangs, would hold up everything: signals, timers, runs.
 *
 * Only where libuv has opened the terminal anew: else the flag would be that of everybody who has it open, the shell too.
 */
export function neverBlock({ isTTY, fd, _handle }: Writable & TerminalHandle): void {
  if (isTTY === true && fd !== undefined && isOpenedAnew(fd)) _handle?.setBlocking?.(false);
}

/** It is, where it could be: a terminal of another user, after `su`, or one without a name here, in a container, is not. */
function isOpenedAnew(fd: number): boolean {
  try {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    accessSync(path, constants.R_OK | constants.W_OK);
    return statSync(path).rdev === fstatSync(fd).rdev;
  } catch {
    return false;
  }
}
