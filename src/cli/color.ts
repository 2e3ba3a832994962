/** Whether to colour: `--color`, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
import kleur from 'kleur';
import { isTerminal } from './terminal.js';

export function useColor(
  setting: 'auto' | 'always' | 'never' | undefined,
  env: Readonly<Record<string, string | undefined>>,
  fd: 1 | 2,
): boolean {
  const color = isWanted(setting, env, fd);
  // It would decide by itself, and by standard output alone.
  if (color) kleur.enabled = true;
  return color;
}

function isWanted(
  setting: 'auto' | 'always' | 'never' | undefined,
  env: Readonly<Record<string, string | undefined>>,
  fd: 1 | 2,
): boolean {
  if (setting === 'always') return true;
  if (setting === 'never') return false;
  // https://no-color.org: present and not empty, whatever its value.
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return isTerminal(fd) && env['TERM'] !== 'dumb';
}
