/** Which conditions, pools and other tasks a due run waits for. */
import type { Gate } from '../model/gate.js';
import type { Trigger } from '../model/run.js';
import type { Planned } from './claim.js';

/** What of its gate holds back a run; undefined: nothing. Who asks by hand has seen to the conditions. */
export function gateFor({ job, trigger }: Planned): Gate | undefined {
  const { gate } = job.task;
  if (gate === undefined) return undefined;
  if (BY_SCHEDULE.includes(trigger)) return gate;
  return gate.pools.length === 0 && !gate.whenIdle ? undefined : { ...gate, conditions: [], after: [] };
}

const BY_SCHEDULE: readonly Trigger[] = ['schedule', 'catch-up', 'once', 'dependency'];
