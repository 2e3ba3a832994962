/** Whether somebody sits at a stream. */
import { fstatSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Pipes, files and /dev/null are told apart without the module that knows terminals, which is loaded when it is used. */
export function isTerminal(fd: number): boolean {
  return isDevice(fd) && isatty(fd);
}

/** Whether a descriptor leads to what may be a terminal, or was one until it was closed on the other side. */
export function isDevice(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isCharacterDevice() && stats.rdev !== nullDevice();
  } catch {
    // A closed descriptor.
    return false;
  }
}

/** On Linux always the same: 1, 3 in the kernel's devices.txt. */
function nullDevice(): number | undefined {
  return process.platform === 'linux' ? 0x103 : statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}
