/** What is in the way of a run that is held back, and how that is told. Pure. */
import type { Reason, Run } from '../model/run.js';
import type { GateAnswer } from './gate.js';

export type Shut = Exclude<GateAnswer, { readonly kind: 'open' }> | Busy;
/** Nobody's fault: others are going. */
export type Busy = {
  readonly kind: 'shut';
  readonly by: 'pool';
  readonly what: string;
  readonly found: string;
  readonly hopeless: false;
  /** The pool that has no place; undefined: something else is going. */
  readonly pool: string | undefined;
};
export function busyWith(what: string, found: string, pool?: string): Busy {
  return { kind: 'shut', by: 'pool', what, found, hopeless: false, pool };
}

export function fullPool(pool: string, found: string): Busy {
  return busyWith(`room in pool ${pool}`, found, pool);
}

export function describeHolder(holder: Run | undefined): string {
  if (holder === undefined) return 'all places are taken';
  return `run ${holder.id} of ${holder.job} ${holder.status === 'waiting' ? 'waits longer' : 'has a place'}`;
}

export function messageOf(reason: Reason, { waitingFor, found }: NonNullable<Run['evidence']>): string {
  return reason === 'dependency'
    ? `${waitingFor} cannot come true any more: ${found}`
    : `waited too long for ${waitingFor}: ${found}`;
}
