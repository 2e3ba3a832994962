/**
 * Events and their ids. Pure.
 *
 * An id is made from the bookkeeping alone, whoever reads it and whenever: `MILLISECONDS-RUN-RANK`. The instant is that of
 * the change as far as the run's record knows it; what makes an id unique is the rest.
 */

import { md5 } from '../model/md5.js';
import { runRecord } from '../model/record.js';
import { isEnded, type Run, runIdInstant } from '../model/run.js';
import type { StoreChange } from '../store/file/store.js';

export type FeedEvent = {
  readonly id: string;
  readonly type: 'run' | 'scheduler' | 'jobs' | 'reset';
  /** Undefined: it is for all. */
  readonly namespace: string | undefined;
  /** When it was written down. */
  readonly atMs: number;
  /** JSON. */
  readonly data: () => string;
};

export function eventOf(change: StoreChange): FeedEvent {
  const { namespace, atMs } = change;
  switch (change.kind) {
    case 'run': {
      const { run, change: what } = change;
      const data = once(() => JSON.stringify({ run: runRecord(run), change: what }));
      return { id: runEventId(run, what), type: 'run', namespace, atMs, data };
    }
    case 'scheduler': {
      const { startedMs, writer, change: what } = change;
      const id = `${startedMs}-${writer}-${what === 'started' ? 1 : 2}`;
      return {
        id,
        type: 'scheduler',
        namespace,
        atMs,
        data: () => JSON.stringify({ namespace, change: what }),
      };
    }
    case 'jobs': {
      const id = `${atMs}-${namespace}-${md5(change.mark).slice(0, 8)}`;
      return { id, type: 'jobs', namespace, atMs, data: () => JSON.stringify({ namespace }) };
    }
    case 'gone':
      return { id: `${atMs}-${namespace}-gone`, type: 'reset', namespace, atMs, data: () => '{}' };
  }
}

/** The instant in an id; NaN where it has none. */
export function msOf(id: string): number {
  return /^\d{1,15}-/.test(id) ? Number.parseInt(id, 10) : Number.NaN;
}

type RunChangeKind = Extract<StoreChange, { kind: 'run' }>['change'];

/** Ranks: 1 waiting, 2 started, 3 updated, 4 lost, 5 ended. */
function runEventId(run: Run, change: RunChangeKind): string {
  const startedMs = (run.startedAt ?? run.scheduledAt).getTime();
  switch (change) {
    case 'waiting':
      return `${runIdInstant(run.id).getTime()}-${run.id}-1`;
    case 'started':
      return `${startedMs}-${run.id}-2`;
    case 'updated':
      return `${startedMs}-${run.id}-3.${md5(JSON.stringify(runRecord(run))).slice(0, 8)}`;
    case 'ended':
      // When a lost run ended nobody knows.
      if (isEnded(run.status) && run.reason === 'lost') return `${startedMs}-${run.id}-4`;
      return `${(run.endedAt ?? run.startedAt ?? run.scheduledAt).getTime()}-${run.id}-5`;
  }
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
