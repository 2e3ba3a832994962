/** Runs that are asked of an engine, rather than due by a schedule. */
import type { Planned } from './claim.js';
import type { Triggered, TriggerRequest } from './door.js';
import type { EngineState } from './engine-state.js';

/** Run a job now. */
export function triggerNow({ firing, parts }: EngineState, request: TriggerRequest): Promise<Triggered> {
  return firing.trigger(plannedOf(request, parts.clock.now()));
}

/** Run a job at an instant to come; one that has passed is now. */
export function triggerAt(
  { firing, parts }: EngineState,
  request: TriggerRequest,
  at: Date,
): Promise<Triggered> {
  const now = parts.clock.now();
  return at <= now
    ? firing.trigger(plannedOf(request, now))
    : firing.runAt(plannedOf({ at, ...request }, now), at);
}

function plannedOf({ job, trigger, detail, at, attempt }: TriggerRequest, now: Date): Planned {
  return { job, dueAt: at ?? now, trigger, attempt: attempt ?? 1, isCatchUp: false, detail };
}
