/**
 * Who is alive: identities of processes and the processes that belong to a run.
 *
 * Read from `/proc`. Where there is none, identities have empty parts and only process groups can be asked.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
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

/** Every run's processes inherit this variable; it finds those that left the group and the session. */
const COOKIE = 'SUPERTASK_RUN_ID';

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

/** Whether anything is left in a process group, zombies included. Costs one system call. */
export function isGroupPresent(group: number): boolean {
  return accepts(-group);
}

/** All processes of the machine at one moment. */
export type ProcessTable = {
  readonly all: readonly ProcessStat[];
  /** The runs whose ids a process carries in its environment. */
  runsOf(pid: number): readonly string[];
};

let current: ProcessTable | undefined;
let asking: ((table: ProcessTable) => void)[] = [];

/** As it is in this turn of the event loop: read once, however many ask. Costs about 3 ms per 100 processes. */
export function currentTable(): ProcessTable {
  if (current === undefined) {
    current = readTable();
    setImmediate(() => {
      current = undefined;
    });
  }
  return current;
}

/**
 * As it will be after this turn of the event loop, read once for all who ask in it: when hundreds of runs are stopped
 * together, looking for the processes of each by itself would take seconds.
 */
export function whenTableIsRead(use: (table: ProcessTable) => void): void {
  asking.push(use);
  if (asking.length > 1) return;
  setImmediate(() => {
    const all = asking;
    asking = [];
    const table = readTable();
    for (const each of all) each(table);
  });
}

/**
 * The living processes of a run: of its group, its session, those that carry its id in their environment, and
 * what descends from any of them.
 *
 * @param leader - The pid of the run's first process, which is its group's and its session's number too.
 */
export function listRunProcesses(table: ProcessTable, leader: number, runId: string): ProcessStat[] {
  const found = new Map<number, ProcessStat>();
  for (const stat of table.all) {
    if (stat.group === leader || stat.session === leader || table.runsOf(stat.pid).includes(runId)) {
      found.set(stat.pid, stat);
    }
  }
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const stat of table.all) if (found.has(stat.parent)) found.set(stat.pid, stat);
  }
  // We may carry a cookie of our own: a supertask that runs in a supertask's run.
  found.delete(process.pid);
  return [...found.values()].filter((stat) => !isDead(stat));
}

/** Send a signal; a process or group that is gone, or not ours, is not an error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function readStat(pid: number): ProcessStat | undefined {
  if (!isOwnTable()) return undefined;
  let text: string;
  try {
    text = readShort(`/proc/${pid}/stat`);
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

/** More than a line of the process table has. */
const shortText = Buffer.alloc(1024);

/** One file of /proc in three system calls; `readFileSync` makes twice as many, and each new run waits for it. */
function readShort(path: string): string {
  const file = openSync(path, 'r');
  try {
    return shortText.toString('latin1', 0, readSync(file, shortText));
  } finally {
    closeSync(file);
  }
}

/**
 * Whether `/proc` numbers processes as we do: in a new pid namespace it may still be the one of the old, where our
 * numbers are strangers'. It is then as good as none.
 */
function isOwnTable(): boolean {
  try {
    isTableOwn ??= readlinkSync('/proc/self') === String(process.pid);
  } catch {
    isTableOwn = false;
  }
  return isTableOwn;
}

function readTable(): ProcessTable {
  const runs = new Map<number, readonly string[]>();
  return {
    all: readStats(),
    runsOf(pid) {
      const known = runs.get(pid);
      if (known !== undefined) return known;
      const read = readRuns(pid);
      runs.set(pid, read);
      return read;
    },
  };
}

function readStats(): ProcessStat[] {
  if (!isOwnTable()) return [];
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

function readRuns(pid: number): readonly string[] {
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
    return environment.split(`\0${COOKIE}=`).flatMap((text, index) => (index === 0 ? [] : untilNul(text)));
  } catch {
    // Another user's, or gone meanwhile.
    return [];
  }
}

function untilNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function readBootId(): string {
  if (bootId !== undefined) return bootId;
  try {
    bootId = readShort('/proc/sys/kernel/random/boot_id').trim();
  } catch {
    bootId = '';
  }
  return bootId;
}

function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X';
}

function accepts(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
