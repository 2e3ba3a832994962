/** Whether somebody sits at a stream. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Pipes and files are told apart without the module that knows terminals, which is loaded when it is used. */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && isatty(fd);
  } catch {
    // A closed descriptor.
    return false;
  }
}
