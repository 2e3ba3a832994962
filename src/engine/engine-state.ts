/** What the parts of the engine share: what is to come, how far it has come, and why it is to end. */
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import type { Agenda } from './agenda.js';
import { delayOf } from './agenda-entry.js';
import type { CampaignWatch } from './campaign.js';
import type { ClockJump, ClockWatch } from './clock-watch.js';
import type { EngineResult } from './engine.js';
import type { Firing } from './firing.js';
import type { EngineParts, EnginePlan } from './plan.js';
import type { Sieve, SiftedJob } from './sift.js';
import type { Standby } from './standby.js';

export type EngineState = {
  readonly parts: EngineParts;
  readonly plan: EnginePlan;
  readonly tell: (event: Event) => Promise<void> | undefined;
  readonly campaign: CampaignWatch;
  readonly firing: Firing;
  readonly sieve: Sieve;
  /** Nobody waits in a one-shot, and looking at the clocks costs it a file. */
  readonly watch: ClockWatch | undefined;
  readonly standby: Standby | undefined;
  /** Of the steady clock. */
  readonly startedMs: number;
  readonly maxWaitMs: number;
  readonly tally: { ended: number; unsuccessful: number; last: Run | undefined };
  /** Wait for what comes next, or end when nothing does. */
  readonly rest: () => void;
  /** Something broke. */
  readonly fail: (error: unknown) => void;
  readonly settle: (result: EngineResult) => void;
  readonly giveUp: (error: unknown) => void;
  /** Undefined until what was due at the start is looked at. */
  agenda: Agenda | undefined;
  /** Another set of jobs that came before the first one was looked at. */
  early: (() => void) | undefined;
  /** The set of jobs has become one of which nothing is to come: another one is waited for. */
  isKeptOpen: boolean;
  stopping: string | undefined;
  isToldToStop: boolean;
  isDraining: boolean;
  isCutShort: boolean;
  cancelTimer: (() => void) | undefined;
  wakeAtMs: number;
  isRecovering: boolean;
  /** Noticed since it was last looked for what is due. */
  jump: ClockJump | undefined;
  /** Up to here the agenda was asked for what is due. */
  takenUntil: Date;
  /** The first instant that was taken and is not claimed, in ms: the state cannot be written, or is just being written. */
  openFrom: number | undefined;
  hasTaken: boolean;
  isBeatFailing: boolean;
  isSettlingSieve: boolean;
  /** Whether it was looked before what people say of moments to come. */
  hasLooked: boolean;
  /** Why that cannot be read, as it was told. */
  overridesRefused: string | undefined;
  beatAt: number;
  failure: { readonly error: unknown } | undefined;
};

/** Until when all that was due is claimed; undefined when nothing was looked at yet. */
export function attended({ hasTaken, openFrom, takenUntil }: EngineState): Date | undefined {
  if (!hasTaken) return undefined;
  return openFrom === undefined ? takenUntil : new Date(Math.min(takenUntil.getTime(), openFrom - 1));
}

/** What could not be claimed is due again. */
export function rearm({ agenda }: EngineState, refused: readonly SiftedJob[]): void {
  for (const { job, first } of refused) {
    agenda?.rearm(job.task.id, new Date(first.getTime() - 1));
    // No schedule tells the instant that it was due at after a run.
    if (delayOf(job.bounds) !== undefined) agenda?.arm(job.task.id, first);
  }
}

export function dismissStandby({ firing, standby }: EngineState): void {
  standby?.cancel();
  firing.dismiss();
}
