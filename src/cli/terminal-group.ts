/** Whose the terminal is at the moment: a job in the background shares it with what is typed at the shell. */
import { readFileSync } from 'node:fs';

/** Whether we are in the foreground of our terminal; also where there is none, or that cannot be known. */
export function isInForeground(): boolean {
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return true;
  }
}

/** @param stat - A line of the process table; see proc_pid_stat(5). */
export function isForegroundStat(stat: string): boolean {
  // The name may hold spaces and parentheses: fields count from the last one.
  const [, , group, , terminal, owner] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return owner === undefined || terminal === '0' || group === owner;
}
