/**
 * Stops a run's whole process tree: a signal, the grace, then SIGKILL until nothing of it lives.
 *
 * What the leader does is not decisive: a grandchild that ignores the signal, and a daemon that left the group
 * and the session, are hunted as well.
 */
import type { Ending, EndingSubject } from './ending.js';
import { isGroupPresent } from './process-identity.js';
import { currentTable, type ProcessTable, sendSignal, whenTableIsRead } from './process-table.js';
import { createRunMembers } from './run-members.js';
import { createTimers, type Timers } from './timers.js';

/** A process that survives SIGKILL this long hangs in the kernel; waiting for it would take for ever. */
const KILL_WAIT_MS = 2_000;
/** How long a helper may take to notice that what it started is gone. */
const CLIENT_WAIT_MS = 1_000;
const FIRST_LOOK_MS = 5;
const MAX_LOOK_MS = 100;

export type Hunt = Pick<Ending, 'sent' | 'isComplete' | 'isHelperAlone' | 'ask' | 'kill'> & {
  /** Look for those that are left, now that the leader has ended. */
  watch(): void;
};

export function createHunt(subject: EndingSubject, hasLeader: () => boolean, whenComplete: () => void): Hunt {
  const sent: NodeJS.Signals[] = [];
  const timers = createTimers();
  const tree = createTree(subject, hasLeader, timers);
  let phase: 'none' | 'asked' | 'killed' | 'complete' = 'none';
  let giveUpAt = Number.POSITIVE_INFINITY;
  let watching = false;

  const send = (signal: NodeJS.Signals): void => {
    if (tree.signal(signal)) sent.push(signal);
  };

  const kill = (): void => {
    if (phase === 'killed' || phase === 'complete') return;
    phase = 'killed';
    giveUpAt = performance.now() + KILL_WAIT_MS;
    send('SIGKILL');
    watch(FIRST_LOOK_MS);
  };

  /** Look again and again, until nothing is left. */
  const watch = (delayMs: number): void => {
    if (hasLeader() || watching || phase === 'complete') return;
    watching = true;
    whenTableIsRead((table) => {
      if (!tree.chase(table) || performance.now() > giveUpAt) {
        phase = 'complete';
        timers.clear();
        whenComplete();
        return;
      }
      timers.after(delayMs, () => {
        watching = false;
        watch(Math.min(delayMs * 2, MAX_LOOK_MS));
      });
    });
  };

  return {
    sent: () => sent,
    isComplete: () => phase === 'complete',
    isHelperAlone: tree.isHelperAlone,
    ask(signal, graceMs) {
      if (phase === 'killed' || phase === 'complete') return;
      send(signal);
      const isFirst = phase === 'none';
      const grace = graceMs ?? subject.stop.graceMs;
      phase = 'asked';
      if (isFirst || graceMs !== undefined) timers.after(grace, kill);
      // A shell makes its background children ignore SIGINT.
      if (isFirst && signal === 'SIGINT') timers.after(grace / 2, () => send('SIGTERM'));
      watch(FIRST_LOOK_MS);
    },
    kill,
    watch: () => watch(FIRST_LOOK_MS),
  };
}

type Tree = {
  isHelperAlone(): boolean;
  /** @returns false when there was nobody to tell. */
  signal(signal: NodeJS.Signals): boolean;
  /** Pass the latest signal on to processes that it did not reach; false when nothing lives. */
  chase(table: ProcessTable): boolean;
};

function createTree(
  { leader, runId, remote }: EndingSubject,
  hasLeader: () => boolean,
  timers: Timers,
): Tree {
  const told = new Set<number>();
  const members = createRunMembers({ leader, runId }, hasLeader);
  let latest: NodeJS.Signals | undefined;
  let helperAlone = false;

  // A container's processes carry the run's id as well, but they belong to the engine.
  const livingIn = (table: ProcessTable) =>
    members.livingIn(table).filter((stat) => remote === undefined || stat.group === leader);

  const chase = (table: ProcessTable): boolean => {
    const left = livingIn(table);
    for (const { pid, group } of left) {
      // The group is told together, the others one by one, and only SIGKILL more than once.
      if (latest === undefined || (latest !== 'SIGKILL' && (group === leader || told.has(pid)))) continue;
      told.add(pid);
      sendSignal(pid, latest);
    }
    return left.length > 0;
  };

  const signalHere = (signal: NodeJS.Signals): boolean => {
    // Looked for beforehand: once its parent is dead, a process cannot be told from a stranger's.
    const found = livingIn(currentTable());
    if (!hasLeader() && found.length === 0) return false;
    if (hasLeader() || (!members.isGroupGone() && isGroupPresent(leader))) sendSignal(-leader, signal);
    // What left the group is the leader's to end as long as it lives.
    const isThorough = signal === 'SIGKILL' || !hasLeader();
    for (const { pid, group } of found) {
      if (group === leader || !isThorough) continue;
      told.add(pid);
      sendSignal(pid, signal);
    }
    return true;
  };

  return {
    isHelperAlone: () => helperAlone,
    chase,
    signal(signal) {
      latest = signal;
      told.clear();
      if (remote === undefined) return signalHere(signal);
      if (signal === 'SIGKILL') {
        // The client ends by itself once its container has, and says how that ended.
        void remote.remove().then(() => {
          if (hasLeader()) timers.after(CLIENT_WAIT_MS, () => hasLeader() && signalHere(signal));
        });
        return true;
      }
      // The helper passes signals on too, and twice the same may mean something else: it gets one only where
      // there is nothing behind it yet.
      void remote.signal(signal).then((reached) => {
        if (reached || !hasLeader()) return;
        helperAlone = true;
        signalHere(signal);
      });
      return true;
    },
  };
}
