/** Who belongs to a run while it is being ended: whoever was found to once still does. */
import type { ProcessStat } from './process-identity.js';
import { listRunProcesses, type ProcessTable } from './process-table.js';

export type RunMembers = {
  /** Those that live. */
  livingIn(table: ProcessTable): readonly ProcessStat[];
  /** Nobody is left in the group and the session: their number may become somebody else's. */
  isGroupGone(): boolean;
};

/**
 * @param leader - The pid of the run's first process, which is its group's and its session's number too.
 * @param hasLeader - Whether that process lives.
 */
export function createRunMembers(
  { leader, runId }: { readonly leader: number; readonly runId: string },
  hasLeader: () => boolean,
): RunMembers {
  /** When each that was found had started: without its parent it might not be found again. */
  const known = new Map<number, string>();
  let isGroupGone = false;
  const isKnown = ({ pid, start }: ProcessStat): boolean => known.get(pid) === start;
  const isOfGroup = ({ group, session }: ProcessStat): boolean => group === leader || session === leader;

  return {
    livingIn(table) {
      // An empty table says nothing: there is none on this system.
      isGroupGone ||= !hasLeader() && table.all.length > 0 && !table.all.some(isOfGroup);
      const living = listRunProcesses(table, isGroupGone ? undefined : leader, runId, isKnown);
      for (const { pid, start } of living) known.set(pid, start);
      return living;
    },
    isGroupGone: () => isGroupGone,
  };
}
