/** What Node makes of a terminal that is closed, put right. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isDevice, isTerminal } from './terminal.js';

/** Set by `bin/supertask.cjs` where SIGHUP was ignored when it was started, as after `nohup`. */
const MARK = 'SUPERTASK_NOHUP';

const DESCRIPTORS = [0, 1, 2];

let isIgnored = false;
let hadTerminal = false;

/** Learn whether SIGHUP is to be ignored; nothing that we start is told so. */
export function takeHangup(env: NodeJS.ProcessEnv): void {
  if (env[MARK] === undefined) return;
  isIgnored = true;
  delete env[MARK];
  // Without anybody who listens Node would end.
  process.on('SIGHUP', () => {});
}

export function isHangupIgnored(): boolean {
  return isIgnored;
}

/**
 * Remember whether there is a terminal that can be closed: for what does something else at SIGHUP than to end, and before
 * it listens to that, since until then the system ends it.
 */
export function rememberTerminal(): void {
  hadTerminal = DESCRIPTORS.some(isTerminal);
}

/** Whether the terminal that was remembered is there no more: then SIGHUP tells of that, and asks for nothing. */
export function isTerminalLost(): boolean {
  return hadTerminal && !isIgnored && !DESCRIPTORS.some(isTerminal);
}

/**
 * Node 20 wants to put back how its terminals were, at its very end, and aborts where one of them is there no more. What
 * is closed is left alone.
 */
export function leaveLostTerminals(): void {
  for (const fd of DESCRIPTORS) if (isDevice(fd) && !isatty(fd)) closeSync(fd);
}
