/** Whether to colour: `--color`, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
import { isatty } from 'node:tty';

export function useColor(
  setting: 'auto' | 'always' | 'never' | undefined,
  env: Readonly<Record<string, string | undefined>>,
  fd: 1 | 2,
): boolean {
  if (setting === 'always') return true;
  if (setting === 'never') return false;
  // https://no-color.org: present and not empty, whatever its value.
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return isatty(fd) && env['TERM'] !== 'dumb';
}
