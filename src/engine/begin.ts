/** Starts what the store lets start, and sees to what comes after the end of a run. */
import type { Run } from '../model/run.js';
import type { Claimed, OutputSink } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import { addAside } from './aside.js';
import type { Planned } from './claim.js';
import { drop, dropPlanned, dropTurns, endBefore, STOPPED, tellEnded } from './drop.js';
import type { FiringState } from './firing-state.js';
import { followedParts } from './follow-up.js';
import { type LiveRun, startRun } from './live-run.js';
import type { RunParts } from './run-parts.js';
import { stopOnTime } from './stop-time.js';
import type { JobState, Pending } from './turn.js';
import { isUncounted } from './wish.js';

/** Act on what the store says about a run that was to start. */
export function accept(
  state: FiringState,
  { planned, run }: Pending,
  what: 'room' | 'turn',
  answer: Claimed | undefined,
): void {
  switch (answer?.kind) {
    case 'owned':
      begin(state, planned, run, answer.output);
      return;
    case 'waiting':
      if (answer.limit !== undefined && state.gates !== undefined) {
        state.gates.noteFull(planned, answer.run, { limit: answer.limit, holder: answer.holder });
        return;
      }
      state.turns.add({ planned, run: answer.run }, what);
      if (state.closed !== undefined) dropTurns(state);
      return;
    case 'overlap':
      tellEnded(state, answer.run);
      endBefore(state, planned);
      return;
    default:
  }
}

function begin(state: FiringState, planned: Planned, run: Run, output: OutputSink): void {
  const { aside, live, parts, prepared, turns } = state;
  const { job, isAside } = planned;
  if (state.closed !== undefined && (isAside !== true || aside.isOver)) {
    output.close();
    void drop(state, [{ planned, run }], 'operator', STOPPED);
    return;
  }
  if (!isUncounted(planned)) parts.campaign.noteStart();
  const started = startRun(runPartsFor(state, planned), job, run, output, prepared.get(run.id));
  prepared.delete(run.id);
  const ofJob = turns.of(job);
  ofJob.live = [...ofJob.live, started];
  live.add(started);
  if (isAside) addAside(state, started, job);
  const cancelStop = hasStopTime(job)
    ? stopOnTime(parts.clock, job, planned.dueAt, () => started.stop())
    : undefined;
  started.ended
    .then((ended) => {
      cancelStop?.();
      return noteEnd(state, planned, ofJob, started, ended);
    })
    .catch((error: unknown) => {
      // Nothing is known of it any more: it must not be waited for.
      leave(state, ofJob, started);
      parts.listen.failed(error);
    });
}

async function noteEnd(
  state: FiringState,
  { job, isAside }: Planned,
  ofJob: JobState,
  started: LiveRun,
  ended: Run,
): Promise<void> {
  const { following, gates, parts, turns } = state;
  const { id } = started.run;
  leave(state, ofJob, started);
  following?.afterEnd(id);
  // Before the next one starts: this one may have been the last.
  const isLast = state.held?.holdNext(id) !== true;
  if (!isLast && state.closed !== undefined) dropPlanned(state);
  if (isLast && state.closed === undefined) gates?.noteEnd(ended);
  else gates?.leave(id);
  if (isLast) parts.listen.ended(ended, job, isAside === true);
  else parts.listen.planned();
  await turns.next(ofJob);
  parts.listen.settled();
}

function leave({ live }: FiringState, ofJob: JobState, started: LiveRun): void {
  ofJob.live = ofJob.live.filter((each) => each !== started);
  live.delete(started);
}

/** Further attempts and actions are claimed before the run that they follow is on record as ended. */
function runPartsFor(state: FiringState, planned: Planned): RunParts {
  const { policy, actions } = planned.job.task;
  if (policy.retry === undefined && actions === undefined && planned.env === undefined) return state.runParts;
  return followedParts(state, planned);
}

function hasStopTime({ bounds }: ScheduledTask): boolean {
  return bounds.some(({ schedule }) => schedule.stop !== undefined);
}
