/** Waits for the next instant of a schedule, and goes on when it has come. */
import type { Agenda } from './agenda.js';
import { lookAtClocks } from './clock-jump.js';
import { conclude } from './conclusion.js';
import { fireDue } from './due.js';
import type { EngineState } from './engine-state.js';
import { beat } from './heartbeat.js';
import { ON_TIME_MS } from './missed.js';

/** Who wakes this much too late was kept from running. */
const STALLED_MS = 250;
/** Enough to learn of runs that ended meanwhile, and to keep their records. */
const READ_MS = 100;

export function sleep(state: EngineState, agenda: Agenda): void {
  const { campaign, firing, maxWaitMs, parts, startedMs, watch } = state;
  const { clock } = parts;
  const next = campaign.mayStart(0) ? agenda.nextAt() : undefined;
  const plannedAt = firing.plannedAt();
  const overInMs = campaign.msUntilOver(clock.steadyMs() - startedMs, clock.now());
  const untilPlanned = plannedAt === undefined ? maxWaitMs : plannedAt - clock.now().getTime();
  const untilNext = Math.min(untilPlanned, next === undefined ? maxWaitMs : msUntil(state, next, agenda));
  const wanted = Math.max(untilNext, firing.heldForMs());
  // A clock that was set is looked at before it is believed.
  const hasJumped = state.jump !== undefined || watch?.hasJumped();
  const waitMs = hasJumped ? 0 : Math.max(0, Math.min(maxWaitMs, wanted, overInMs ?? maxWaitMs));
  state.wakeAtMs = clock.steadyMs() + waitMs;
  state.cancelTimer = clock.after(waitMs, () => wake(state));
}

/** Until an instant, or until it is time to make ready for it. */
function msUntil({ maxWaitMs, parts, standby }: EngineState, at: number, from: Agenda): number {
  const ms = at - parts.clock.now().getTime();
  if (standby === undefined || ms <= 0 || ms > maxWaitMs) return ms;
  return standby.look(at, () => from.nextJobs());
}

/** After a stall, timers come before the ends of runs: who is due must not find in the way what is long over. */
function wake(state: EngineState): void {
  const { clock } = state.parts;
  const isStalled = state.firing.size > 0 && clock.steadyMs() - state.wakeAtMs > STALLED_MS;
  state.isRecovering = !state.isRecovering && isStalled && !isAboutToBeLate(state);
  if (state.isRecovering) state.cancelTimer = clock.after(READ_MS, () => wake(state));
  else void tick(state).catch(state.fail);
}

/** What would count as missed after another wait is run instead. */
function isAboutToBeLate({ agenda, parts }: EngineState): boolean {
  const lateMs = parts.clock.now().getTime() - (agenda?.nextAt() ?? Number.POSITIVE_INFINITY);
  return lateMs <= ON_TIME_MS && lateMs + READ_MS > ON_TIME_MS;
}

async function tick(state: EngineState): Promise<void> {
  const { campaign, firing, maxWaitMs, parts, plan, startedMs } = state;
  const { clock } = parts;
  lookAtClocks(state);
  if (campaign.isOver(clock.steadyMs() - startedMs, clock.now())) conclude(state);
  if (firing.heldForMs() === 0 && state.stopping === undefined) await firing.startPlanned(clock.now());
  const { jump } = state;
  state.jump = undefined;
  const from = jump?.before ?? state.takenUntil;
  await fireDue(state, { cause: jump?.cause ?? 'late', from: () => from, until: clock.now() });
  if (plan.mode === 'schedule' && clock.steadyMs() - state.beatAt >= maxWaitMs) await beat(state);
  state.rest();
}
