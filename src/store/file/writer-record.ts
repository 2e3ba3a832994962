/** The lines that a writer puts into its journal. */
import { isoText } from '../../model/iso.js';
import type { Run } from '../../model/run.js';
import { ownIdentity } from './identity.js';
import { boundRun, frame, type JournalRecord } from './record.js';
import type { JobsKept, State } from './writer-state.js';

/** What a new journal of a writer begins with. */
export function headOf(state: State): string {
  const at = isoText(state.options.now());
  const runs = [...state.open.values()].map(({ run }) => runRecord(state, run, at));
  const jobs = state.set === undefined ? [] : [jobsRecord(state, state.set)];
  return [startRecord(state), ...jobs, ...runs].map(frame).join('');
}

export function startRecord(state: State): JournalRecord {
  const { mode, startedAt, version, now } = state.options;
  const at = isoText(now());
  return {
    t: 'start',
    at,
    w: state.name,
    mode,
    startedAt: isoText(startedAt),
    version,
    process: ownIdentity(),
  };
}

export function jobsRecord(state: State, set: JobsKept): JournalRecord {
  const { at, after, digest } = set;
  const base = { t: 'jobs', at: isoText(at), w: state.name, mode: state.options.mode, set: digest } as const;
  return after === undefined ? base : { ...base, after: isoText(after) };
}

export function runRecord(state: State, run: Run, at: string): JournalRecord {
  return { t: 'run', at, w: state.name, run: boundRun(run) };
}

/** Moments from `until` on are the next one's; without any heartbeat none was attended to but those with records. */
export function stopRecord(state: State, reason: string): JournalRecord {
  const { attendedUntil: until, options, name } = state;
  const base = { t: 'stop', at: isoText(options.now()), w: name, reason } as const;
  return until === undefined ? base : { ...base, until: isoText(until) };
}
