/** How many runs of a job may go on, or wait, beside one that is claimed. */
import { MAX_CATCH_UP } from '../model/policy.js';
import type { Claim } from '../store/store.js';
import type { Planned } from './claim.js';
import { type ClaimState, isDue } from './claim-run.js';
import { QUEUE_DEPTH } from './overlap.js';

export function limitsOf({ mode, hasPools }: ClaimState, planned: Planned): Omit<Claim, 'run'> {
  const { job, trigger } = planned;
  const own = mode === 'once' && isDue(trigger) ? {} : ownLimits(planned);
  const pools = hasPools ? (job.task.gate?.pools ?? []) : [];
  if (pools.length === 0) return own;
  return { ...own, limits: pools.map(({ name, max }) => ({ key: name, max })) };
}

function ownLimits({ job, isCatchUp }: Planned): Pick<Claim, 'maxLive' | 'maxWaiting'> {
  const { overlap, maxRunning = 1 } = job.task.policy;
  if (overlap === 'parallel') return {};
  if (isCatchUp) return { maxLive: maxRunning, maxWaiting: MAX_CATCH_UP };
  return overlap === 'skip' ? { maxLive: maxRunning } : { maxLive: maxRunning, maxWaiting: QUEUE_DEPTH };
}
