/** What tells runs apart that every scheduler would name alike. */
import { scheduleClass } from '../model/schedule-class.js';
import type { Planned } from './claim.js';
import { isInstantOf } from './instant.js';

/** An attempt is named after the one before it, an action after its run: those of one millisecond are several. */
export function originOf({ detail, key }: Planned): { readonly after?: string } {
  const cause = detail?.cause;
  if (cause?.kind === 'retry') return { after: cause.run };
  return cause?.kind === 'action' ? { after: `${cause.run} ${key ?? ''}` } : {};
}

/** Whether its instant may have been claimed before the wall clock was set back. */
export function isRepeat(
  setBack: { readonly lowest: number; readonly highest: number },
  { job, dueAt, attempt }: Planned,
): boolean {
  return (
    attempt === 1 &&
    dueAt.getTime() >= setBack.lowest &&
    dueAt.getTime() <= setBack.highest &&
    // An instant of a fixed-time schedule keeps its name, and so is claimed once.
    job.bounds.some((bound) => scheduleClass(bound.schedule) === 'interval' && isInstantOf(bound, dueAt))
  );
}
