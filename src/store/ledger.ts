/** How every store merges what is recorded of a run. Pure. */
import { isMarkedAfter } from '../model/mark.js';
import { isEnded, type Run, type RunChange } from '../model/run.js';
import { isLost } from './lost-run.js';

/**
 * Apply a change. A final status stays (later changes are ignored), except that a run held to be lost may still
 * turn out to have succeeded or failed; it is then called recovered. A change with `marked` is all of the run: it takes
 * the place of what was there, unless that was said later.
 */
export function changeRun(run: Run, change: RunChange): Run {
  // Ten times as fast in V8 as spreading the second one, and every run goes through here.
  if (!isEnded(run.status)) return Object.assign({}, run, change);
  if (change.marked !== undefined)
    return isMarkedAfter(change, run) ? ({ ...change, namespace: run.namespace, job: run.job } as Run) : run;
  if (!isLost(run) || (change.status !== 'succeeded' && change.status !== 'failed')) return run;
  const { reason: _reason, message: _message, evidence: _evidence, ...rest } = run;
  return { ...rest, ...change, recovered: true };
}
