/** Ends the processes of a run that another supertask started, or that outlived the one that did. */
import type { StopPolicy } from '../model/policy.js';
import type { ProcessId } from '../model/run.js';
import { createEnding } from './ending.js';
import { isAlive } from './process-identity.js';
import { createTimers } from './timers.js';

/** Nobody tells when a process that is not our child ends. */
const LOOK_EVERY_MS = 50;

/** As for runs of our own: the signal to the whole group, the grace, then SIGKILL until nothing of it lives. */
export function endForeign(
  run: { readonly id: string; readonly process: ProcessId },
  stop: StopPolicy,
): void {
  if (!isAlive(run.process)) return;
  const timers = createTimers();
  const subject = { leader: run.process.pid, runId: run.id, stop, remote: undefined };
  const ending = createEnding(subject, () => timers.clear());
  const look = (): void => {
    if (isAlive(run.process)) timers.after(LOOK_EVERY_MS, look);
    else ending.leaderEnded();
  };
  ending.ask(stop.signal);
  look();
}
