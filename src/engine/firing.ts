/** Turns due instants into runs: what was missed, what overlaps, what is claimed and started. */
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import { hurryAside } from './aside.js';
import type { Gap, Planned } from './claim.js';
import type { StopAnswer, StopRequest, Triggered } from './door.js';
import { dropGone, dropPlanned, dropTurns } from './drop.js';
import { type FiringParts, type FiringState, sizeOf } from './firing-state.js';
import type { LiveRun } from './live-run.js';
import { wishesFor } from './place.js';
import { dismissAll, prepare } from './ready-run.js';
import type { OutputMask } from './run-output.js';
import type { SiftedJob } from './sift.js';
import { startDue } from './start-held.js';
import { stopRun } from './stop-run.js';
import { submit } from './submit.js';
import { recover, resume } from './takeover.js';
import { runAt, trigger } from './trigger.js';
import { createState } from './wiring.js';
import { refusedOf } from './wish.js';
import { keepWithheld } from './withheld.js';

export type Firing = {
  /** Runs that are going or wait their turn. */
  readonly size: number;
  /**
   * @returns Jobs for which the state could not be written, of which nothing was started or recorded, and those of
   *   which no more runs may start, from the first moment on that stays open.
   */
  fire(due: readonly SiftedJob[], now: Date, gap: Gap): Promise<readonly SiftedJob[]>;
  /** Record what is withheld; nothing is started. @returns As `fire` does. */
  keepWithheld(withheld: readonly SiftedJob[]): Promise<readonly SiftedJob[]>;
  /** Run a job now that nobody scheduled, as its overlap policy allows. */
  trigger(planned: Planned): Promise<Triggered>;
  /** Run a job at an instant to come; until then it is recorded as waiting, and the next scheduler finds it. */
  runAt(planned: Planned, at: Date): Promise<Triggered>;
  /** When the next of the runs is due that are planned, in ms; undefined: there are none. */
  plannedAt(): number | undefined;
  /** How many of them are the next attempts of runs. */
  readonly attempts: number;
  /** Start those that are due. */
  startPlanned(now: Date): Promise<void>;
  /** Runs that were planned by schedulers that are gone. */
  resume(planned: readonly Run[]): Promise<void>;
  /** The wall clock was set: delays go with it, and what is held back is looked at now. */
  noteSet(byMs: number): void;
  /** Runs that are going. */
  live(): Iterable<LiveRun>;
  /** End one run: those that wait are recorded as skipped. */
  stopRun(id: string, how: StopRequest): Promise<StopAnswer>;
  /** Hide these secrets from now on. */
  hide(hiding: OutputMask): void;
  /** There are other jobs now: those that are gone are not tried again. */
  noteOtherJobs(): void;
  /** Get the run of a job ready that is due at an instant to come, where that can be done. */
  prepare(job: ScheduledTask, at: Date): void;
  /** Send away what was made ready and is not needed. */
  dismiss(): void;
  /** Runs that waited when their scheduler died have not been started: they are run late, as the policy allows. */
  recover(lost: readonly Run[]): Promise<void>;
  /** The wall clock was set back: instants from `lowest` to `highest` may have been claimed in an earlier pass. */
  noteSetBack(highest: Date, lowest?: Date): void;
  /** The highest instant of an earlier pass; undefined when the clock was never set back. */
  readonly highest: Date | undefined;
  /** How long nothing is started because the state could not be written, in ms; 0 when all is well. */
  heldForMs(): number;
  /**
   * Start nothing any more; what waits its turn is recorded as skipped, and so is what is planned, unless the next
   * scheduler may find it.
   */
  close(planned: 'end' | 'leave'): void;
  /** But for actions. */
  stopAll(signal?: NodeJS.Signals): void;
  /** Actions that are going, and those to come, have as long as their tasks have to stop. */
  hurryActions(): void;
  killAll(): void;
};

export function createFiring(parts: FiringParts): Firing {
  const state = createState(parts);
  const { aside, claims, live, store } = state;
  return {
    get size() {
      return sizeOf(state);
    },
    async fire(due, now, gap) {
      const cause = store.gap(now) ?? gap;
      const decided = due.map((each) => ({ each, ...wishesFor(state, each, now, cause) }));
      const refused = await submit(
        state,
        decided.flatMap(({ wishes }) => wishes),
      );
      const open = decided.flatMap(({ each, openFrom }) => (openFrom ? [{ ...each, first: openFrom }] : []));
      if (refused.length > 0) return [...open, ...refusedOf(due, refused)];
      store.closeGap();
      return open;
    },
    keepWithheld: (some) => keepWithheld(state, some),
    trigger: (planned) => trigger(state, planned),
    runAt: (planned, at) => runAt(state, planned, at),
    plannedAt: () => state.held?.nextAt(),
    get attempts() {
      return state.held?.attempts ?? 0;
    },
    startPlanned: (now) => startDue(state, now),
    resume: (planned) => resume(state, planned),
    noteSet(byMs) {
      state.held?.shiftAttempts(byMs);
      state.held?.hasten(state.gates?.ids() ?? []);
    },
    live: () => live,
    stopRun: (id, how) => stopRun(state, id, how),
    hide(hiding) {
      state.runParts = { ...state.runParts, hiding };
    },
    noteOtherJobs() {
      state.hasOtherJobs = true;
      dropGone(state);
    },
    prepare: (job, at) => prepare(state, job, at),
    dismiss: () => dismiss(state),
    recover: (lost) => recover(state, lost),
    noteSetBack: claims.noteSetBack,
    get highest() {
      return claims.highest;
    },
    heldForMs: store.heldForMs,
    close: (planned) => close(state, planned),
    stopAll(signal) {
      for (const run of live) if (!aside.live.has(run)) run.stop(signal);
    },
    hurryActions() {
      if (aside.live.size === 0) aside.isHurried = true;
      else hurryAside(state);
    },
    killAll() {
      if (state.closed !== undefined) aside.isOver = true;
      for (const run of live) run.kill();
    },
  };
}

function dismiss(state: FiringState): void {
  if (state.prepared.size > 0) dismissAll(state);
}

function close(state: FiringState, planned: 'end' | 'leave'): void {
  state.closed = planned;
  dismiss(state);
  state.turns.close();
  if (state.turns.size > 0) dropTurns(state);
  if (state.held !== undefined) dropPlanned(state);
  state.gates?.close();
}
