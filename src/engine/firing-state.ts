/** What the parts of the firing share: what goes on, what waits, and what is on its way between the two. */
import type { Prepared } from '../executor/executor.js';
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Aside } from './aside.js';
import type { CampaignWatch } from './campaign.js';
import type { ClaimMaker } from './claim.js';
import type { Following } from './following.js';
import type { Holding } from './holding.js';
import type { LiveRun } from './live-run.js';
import type { PatientClaims } from './outage.js';
import type { EngineParts, EnginePlan } from './plan.js';
import type { RunParts } from './run-parts.js';
import type { Turns } from './turn.js';
import type { WaitingRoom } from './waiting-room.js';

export type FiringParts = EngineParts & {
  readonly tell: (event: Event) => Promise<void> | undefined;
  readonly plan: EnginePlan;
  /** All that can be due now. */
  readonly jobs: () => Iterable<ScheduledTask>;
  readonly nextAtOf: (jobId: string) => Date | undefined;
  /** Of these and of those that can only be triggered. */
  readonly jobOf: (id: string) => ScheduledTask | undefined;
  readonly jobsOf: (taskId: string) => readonly ScheduledTask[];
  readonly followersOf: (taskId: string) => readonly ScheduledTask[];
  readonly campaign: CampaignWatch;
  /** To be called before an instant to come is worked out from what the wall clock shows. */
  readonly noticeJump: () => void;
  readonly listen: {
    /** A run has ended and its record is kept. @param isAside - It counts for nothing that is counted. */
    readonly ended: (run: Run, job: ScheduledTask, isAside: boolean) => void;
    /** A run is on record that will not be started here. */
    readonly unrun: (run: Run) => void;
    /** A run waits for its instant. */
    readonly planned: () => void;
    /** `size` may have shrunk without a run that ended. */
    readonly settled: () => void;
    /** A bug. */
    readonly failed: (error: unknown) => void;
  };
};

export type FiringState = {
  readonly parts: FiringParts;
  readonly claims: ClaimMaker;
  readonly store: PatientClaims;
  readonly turns: Turns;
  readonly aside: Aside;
  /** Runs that are going. */
  readonly live: Set<LiveRun>;
  /** By the ids of runs to come. */
  readonly prepared: Map<string, Prepared>;
  /** Undefined until something is planned for the first time. */
  held: Holding | undefined;
  /** Undefined: nothing follows on runs. */
  following: Following | undefined;
  /** There where something can hold runs back: where tasks have conditions, pools or others to wait for. */
  gates: WaitingRoom | undefined;
  /** The jobs are others than those that it began with. */
  hasOtherJobs: boolean;
  /** For the runs that begin from now on. */
  runParts: RunParts;
  /** Nothing is started any more; what is planned ends, or is left to the next scheduler. */
  closed: 'end' | 'leave' | undefined;
  /** Runs that are claimed and start where the store lets them. */
  claiming: number;
  /** Runs that are claimed to be looked at, or to wait for room, and are not yet where they wait. */
  arriving: number;
  /** Runs that are due and have yet to be told about what they follow on. */
  informing: number;
};

/** Runs that are going, wait their turn, or are on their way from one to the other. */
export function sizeOf({
  live,
  claiming,
  arriving,
  informing,
  turns,
  held,
  gates,
  following,
}: FiringState): number {
  return (
    live.size +
    claiming +
    arriving +
    informing +
    turns.size +
    (held?.size ?? 0) +
    (gates?.size ?? 0) +
    (following?.size ?? 0)
  );
}

/** Whether its task was taken out of the timetable. */
export function isGone({ hasOtherJobs, parts }: FiringState, { task }: ScheduledTask): boolean {
  return hasOtherJobs && parts.jobsOf(task.taskId ?? task.id).length === 0;
}
