/** Who a process is, and whether it lives: by pid, start time and boot, since pids are used again. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import type { ProcessId } from '../../model/run.js';
import { hostName } from './host.js';

/** A process as other processes, perhaps in other containers, can recognise it. */
export type Identity = ProcessId & {
  readonly host: string;
  /** The pid namespace's inode; '' where there is none. Pids mean nothing outside of it. */
  readonly pidns: string;
};

let own: Identity | undefined;

/** This process. */
export function ownIdentity(): Identity {
  own ??= {
    pid: process.pid,
    start: ownStart(),
    boot: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    host: hostName(),
    pidns: readOr(() => readlinkSync('/proc/self/ns/pid')),
  };
  return own;
}

/**
 * Whether a process lives. A zombie does not.
 *
 * @returns undefined when that cannot be told from here: another host, or another container of this one.
 */
export function isAlive(identity: Identity): boolean | undefined {
  const here = ownIdentity();
  if (identity.boot !== here.boot) return identity.host === here.host ? false : undefined;
  if (identity.pidns !== here.pidns) return undefined;
  return isProcessAlive(identity);
}

/** Whether a process of this pid namespace lives. */
export function isProcessAlive(process: ProcessId): boolean {
  if (process.boot !== '' && process.boot !== ownIdentity().boot) return false;
  if (ownIdentity().start === '') return answersSignals(process.pid);
  const stat = processStat(String(process.pid));
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return false;
  return process.start === '' || process.start === stat.start;
}

/** Which of these runs have a living process: each process of a run carries `SUPERTASK_RUN_ID` in its environment. */
export function findRunProcesses(runIds: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  if (runIds.size === 0) return found;
  const marker = Buffer.from('SUPERTASK_RUN_ID=');
  for (const name of listProcesses()) {
    const environment = readOr(() => readFileSync(`/proc/${name}/environ`).toString('latin1'));
    for (let at = environment.indexOf(marker.toString()); at >= 0; ) {
      const id = environment.slice(at + marker.length, at + marker.length + 36);
      if (runIds.has(id)) found.add(id);
      at = environment.indexOf(marker.toString(), at + 1);
    }
  }
  return found;
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Where `/proc` is that of another pid namespace, its numbers are strangers'. */
function ownStart(): string {
  const stat = processStat('self');
  return stat?.pid === process.pid ? stat.start : '';
}

/** The program's name between number and state may hold anything, brackets and spaces included. */
function processStat(name: string): { pid: number; state: string; start: string } | undefined {
  const text = readOr(() => readFileSync(`/proc/${name}/stat`, 'utf8'));
  if (text === '') return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid: Number.parseInt(text, 10), state: fields[0] ?? '', start: fields[19] ?? '' };
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
