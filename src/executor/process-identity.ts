/**
 * Which process it is: a number alone is given to others when a process is gone.
 *
 * Read from `/proc`. Where there is none, identities have empty parts and only process groups can be asked.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { ProcessId } from '../model/run.js';

/** One line of the process table; see proc_pid_stat(5). */
export type ProcessStat = {
  readonly pid: number;
  /** `Z` and `X` are dead, whatever `kill(pid, 0)` says. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly start: string;
};

let bootId: string | undefined;
let isTableOwn: boolean | undefined;

/** The identity of a process that exists now, also of one that has ended and was not waited for. */
export function identifyProcess(pid: number): ProcessId {
  return { pid, start: readStat(pid)?.start ?? '', boot: readBootId() };
}

/** Whether this very process, not a later one with its number, lives. */
export function isAlive(id: ProcessId): boolean {
  if (id.boot !== readBootId()) return false;
  const stat = readStat(id.pid);
  if (stat !== undefined) return stat.start === id.start && !isDead(stat);
  return id.start === '' && accepts(id.pid);
}

/** Whether it was stopped by a signal (SIGSTOP, Ctrl-Z) or by a debugger, and hears of nothing until it goes on. */
export function isHalted(id: ProcessId): boolean {
  const stat = id.boot === readBootId() ? readStat(id.pid) : undefined;
  return stat !== undefined && stat.start === id.start && /^t$/i.test(stat.state);
}

/** Whether anything is left in a process group, zombies included. Costs one system call. */
export function isGroupPresent(group: number): boolean {
  return accepts(-group);
}

/** An object, because Node makes a copy of its defaults for each call that is given a string. */
const AS_TEXT = { encoding: 'utf8' } as const;

/** Undefined where it is not known. */
export function readStat(pid: number): ProcessStat | undefined {
  if (!isOwnTable()) return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, AS_TEXT);
  } catch {
    return undefined;
  }
  // The name may hold spaces and parentheses: fields count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
  };
}

/**
 * Whether `/proc` numbers processes as we do: in a new pid namespace it may still be the one of the old, where our
 * numbers are strangers'. It is then as good as none.
 */
export function isOwnTable(): boolean {
  try {
    isTableOwn ??= readlinkSync('/proc/self') === String(process.pid);
  } catch {
    isTableOwn = false;
  }
  return isTableOwn;
}

function readBootId(): string {
  if (bootId !== undefined) return bootId;
  try {
    bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    bootId = '';
  }
  return bootId;
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X';
}

function accepts(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
