/** Who is alive: the processes of the machine, and those of them that belong to a run. Read from `/proc`. */
import { readdirSync, readFileSync } from 'node:fs';
import { isDead, isOwnTable, type ProcessStat, readStat } from './process-identity.js';

/** Every run's processes inherit this variable; it finds those that left the group and the session. */
const COOKIE = 'SUPERTASK_RUN_ID';

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
 * @param leader - The pid of the run's first process, which is its group's and its session's number too; undefined:
 *   both are gone.
 * @param isKnown - Whether a process was found to be of the run before.
 */
export function listRunProcesses(
  table: ProcessTable,
  leader: number | undefined,
  runId: string,
  isKnown: (stat: ProcessStat) => boolean = () => false,
): ProcessStat[] {
  const found = new Map<number, ProcessStat>();
  for (const stat of table.all) {
    const isOfRun = stat.group === leader || stat.session === leader || isKnown(stat);
    if (isOfRun || table.runsOf(stat.pid).includes(runId)) found.set(stat.pid, stat);
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
