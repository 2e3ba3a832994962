/** Ends the processes of a run that another supertask started, or that outlived the one that did. */
import type { StopPolicy } from '../model/policy.js';
import type { ProcessId } from '../model/run.js';
import { createEnding } from './ending.js';
import { isAlive } from './process-identity.js';
import { currentTable, listRunProcesses } from './process-table.js';
import { createTimers } from './timers.js';

type ForeignRun = { readonly id: string; readonly process: ProcessId };

/** Nobody tells when a process that is not our child ends. */
const LOOK_EVERY_MS = 50;
/** No system gives this number to a process. */
const NO_GROUP = 0x7fff_ffff;

/** As for runs of our own: the signal to the whole group, the grace, then SIGKILL until nothing of it lives. */
export function endForeign(run: ForeignRun, stop: StopPolicy): void {
  const hasLeader = isAlive(run.process);
  const leader = hasLeader ? run.process.pid : orphanedGroup(run);
  if (leader === undefined) return;
  const timers = createTimers();
  const ending = createEnding({ leader, runId: run.id, stop, remote: undefined }, () => timers.clear());
  const look = (): void => {
    if (isAlive(run.process)) timers.after(LOOK_EVERY_MS, look);
    else ending.leaderEnded();
  };
  if (!hasLeader) ending.leaderEnded();
  ending.ask(stop.signal);
  if (hasLeader) look();
}

/**
 * The group of a run whose first process has ended, as long as one that carries the run's id is in it: without it the
 * number may be that of strangers by now. Undefined where nothing of the run lives.
 */
function orphanedGroup({ id, process }: ForeignRun): number | undefined {
  const left = listRunProcesses(currentTable(), undefined, id);
  if (left.length === 0) return undefined;
  return left.some(({ group }) => group === process.pid) ? process.pid : NO_GROUP;
}
