/** What every store records of a run that others of its job kept from starting. Pure. */
import type { Run } from '../model/run.js';

/** The record of a run that was not started because others of its job are alive. */
export function skipForOverlap(run: Run, holder: Run | undefined): Run {
  const evidence: Record<string, string | number> = { ...run.evidence };
  const { startedAt, ...rest } = run;
  const decided = startedAt === undefined ? rest : { ...rest, endedAt: startedAt };
  if (holder !== undefined) {
    const since = holder.startedAt ?? holder.scheduledAt;
    evidence['run'] = holder.id;
    evidence['status'] = holder.status;
    if (holder.process !== undefined) evidence['pid'] = holder.process.pid;
    evidence['since'] = since.toISOString();
    if (startedAt !== undefined) evidence['runningMs'] = Math.max(0, startedAt.getTime() - since.getTime());
  }
  return { ...decided, status: 'skipped', reason: 'overlap', evidence };
}
