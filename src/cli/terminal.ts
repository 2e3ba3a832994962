/** Whether somebody sits at a stream. */
import { fstatSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Pipes, files and /dev/null are told apart without the module that knows terminals, which is loaded when it is used. */
export function isTerminal(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isCharacterDevice() && stats.rdev !== nullDevice() && isatty(fd);
  } catch {
    // A closed descriptor.
    return false;
  }
}

function nullDevice(): number | undefined {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}
