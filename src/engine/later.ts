/** Runs that are recorded as waiting for an instant: which is next, and which job has some. Knows instants only. */
import type { Run } from '../model/run.js';
import type { Planned } from './claim.js';
import { createHeap } from './heap.js';

/** A run that is held until its instant. */
export type Held = {
  readonly planned: Planned;
  /** Its record; undefined while the state could not be written: then it is claimed when it is due. */
  readonly run: Run | undefined;
  /** Of the wall clock, in ms. */
  readonly atMs: number;
};

export type Later = {
  readonly size: number;
  /** The next instant, in ms; undefined when nothing is held. */
  nextAt(): number | undefined;
  hold(held: Held): void;
  /** Those whose instant has come, in its order. */
  takeDue(now: Date): readonly Held[];
  find(runId: string): Held | undefined;
  /** These are due now, as far as they are held. */
  hasten(runIds: Iterable<string>, now: Date): void;
  /** Next attempts of a job that wait: to others these count as runs that are going. */
  attemptsOf(jobId: string): readonly Held[];
  /** Those of all jobs. */
  attempts(): readonly Held[];
  /** Let go of some. */
  drop(some: readonly Held[]): void;
  takeAll(): readonly Held[];
  /** The wall clock was set: a delay is time that passes, so it goes with it. */
  shiftAttempts(byMs: number): void;
};

export function createLater(): Later {
  let heap = createHeap<Held>();
  const all = new Set<Held>();
  const byRun = new Map<string, Held>();
  const attempts = new Map<string, Set<Held>>();

  const hold = (held: Held): void => {
    all.add(held);
    if (held.run !== undefined) byRun.set(held.run.id, held);
    heap.push(held.atMs, held);
    if (!isAttempt(held)) return;
    const { id } = held.planned.job.task;
    attempts.set(id, (attempts.get(id) ?? new Set()).add(held));
  };

  const forget = (held: Held): void => {
    const { id } = held.planned.job.task;
    all.delete(held);
    if (held.run !== undefined) byRun.delete(held.run.id);
    attempts.get(id)?.delete(held);
    if (attempts.get(id)?.size === 0) attempts.delete(id);
  };

  const dropStale = (): void => {
    for (let top = heap.peek(); top !== undefined && !all.has(top); top = heap.peek()) heap.pop();
  };

  return {
    get size() {
      return all.size;
    },
    nextAt() {
      dropStale();
      return heap.peekKey();
    },
    hold,
    takeDue(now) {
      const due: Held[] = [];
      for (;;) {
        dropStale();
        const at = heap.peekKey();
        const held = at === undefined || at > now.getTime() ? undefined : heap.pop();
        if (held === undefined) return due;
        forget(held);
        due.push(held);
      }
    },
    find: (runId) => byRun.get(runId),
    hasten(runIds, now) {
      for (const runId of runIds) {
        const held = byRun.get(runId);
        if (held === undefined || held.atMs <= now.getTime()) continue;
        forget(held);
        hold({ ...held, atMs: now.getTime() });
      }
    },
    attemptsOf: (jobId) => [...(attempts.get(jobId) ?? [])],
    attempts: () => [...attempts.values()].flatMap((some) => [...some]),
    drop: (some) => some.forEach(forget),
    takeAll() {
      const some = [...all];
      some.forEach(forget);
      return some;
    },
    shiftAttempts(byMs) {
      const some = [...all];
      some.forEach(forget);
      heap = createHeap<Held>();
      for (const held of some) hold(isAttempt(held) ? { ...held, atMs: held.atMs + byMs } : held);
    },
  };
}

export function isAttempt({ planned }: Held): boolean {
  return planned.trigger === 'retry';
}
