/** What Node's streams know and do not tell of how they write. Others, such as `set-blocking`, rely on it, too. */
import type { Writable } from 'node:stream';

type OwnHandle = {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly _handle?: {
    readonly fd?: number;
    readonly bytesWritten?: number;
    readonly writeQueueSize?: number;
    setBlocking?(isBlocking: boolean): void;
  } | null;
};

/**
 * Node waits in the system until a terminal has taken what is written. One that is held with Ctrl-S, or whose connection
 * hangs, would hold up everything: signals, timers, runs.
 *
 * Only where libuv has opened the terminal anew, by a descriptor of its own. Where it cannot, as after `su` or in some
 * containers, the flag would be that of everybody who has the terminal open, the shell too.
 */
export function neverBlock({ isTTY, fd, _handle }: Writable & OwnHandle): void {
  if (isTTY === true && _handle?.fd !== fd) _handle?.setBlocking?.(false);
}

/**
 * Node opens pipes so that nothing waits when they are full, sees to it at its end that they are as they were, and does not
 * when a signal ends it: who has them as well, as other commands of a script, would lose what does not fit at once.
 */
export function letWait({ isTTY, _handle }: Writable & OwnHandle): void {
  if (isTTY !== true) _handle?.setBlocking?.(true);
}

/** How many bytes the system has taken so far; 0 where that is not known. */
export function takenOf({ _handle }: Writable & OwnHandle): number {
  return (_handle?.bytesWritten ?? 0) - (_handle?.writeQueueSize ?? 0);
}
