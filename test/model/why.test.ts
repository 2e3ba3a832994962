import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { explainMoment, type Moment, momentRecord } from '../../src/model/why.ts';

const SUBJECT = { job: 'backup', tz: 'Europe/Berlin', schedules: ['daily at 02:00'] };
const AT = new Date('2026-05-01T00:00:00Z');
const later = (ms: number): Date => new Date(AT.getTime() + ms);
const PLANNED = { plannedFor: later(600_000).toISOString() };

function recorded(more: Partial<Run>, isWithin = false, at = AT): Moment {
  const run: Run = {
    ...{ id: 'R1', namespace: 'n', job: 'backup', status: 'succeeded', trigger: 'schedule' },
    ...{ attempt: 1, scheduledAt: AT },
    ...more,
  };
  return { kind: 'recorded', at, run, isWithin };
}

describe('a moment in a sentence', () => {
  it.each<[string, Moment]>([
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and succeeded in 1s200ms (run R1).',
      recorded({ startedAt: later(3), endedAt: later(1_203), durationMs: 1_200 }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin, caught up, started 10m later at 2026-05-01 02:10:00, and failed: exit code 3 after 5ms (run R1).',
      recorded({
        status: 'failed',
        reason: 'exit-code',
        exitCode: 3,
        trigger: 'catch-up',
        startedAt: later(600_000),
        durationMs: 5,
      }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and is running (run R1, pid 7).',
      recorded({ status: 'running', startedAt: AT, process: { pid: 7, start: '', boot: '' } }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin, and attempt 2 is to start at 2026-05-01 02:10:00 (run R1).',
      recorded({ status: 'waiting', trigger: 'retry', attempt: 2, evidence: PLANNED }),
    ],
    [
      'backup is to start at 2026-05-01 02:10:00 Europe/Berlin, as was planned by hand (run R1).',
      recorded({ status: 'waiting', trigger: 'manual', evidence: PLANNED }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and is waiting (run R1).',
      recorded({ status: 'waiting', evidence: { ...PLANNED, waitingFor: 'R0' } }),
    ],
    [
      'backup was started by hand at 2026-05-01 02:00:00 Europe/Berlin and succeeded in 5ms (run R1).',
      recorded({ trigger: 'once', durationMs: 5 }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and was skipped: run R0 (pid 12) was still going, for 1h, since 2026-05-01 01:00:00.',
      recorded({
        status: 'skipped',
        reason: 'overlap',
        evidence: { run: 'R0', pid: 12, since: '2026-04-30T23:00:00.000Z', runningMs: 3_600_000 },
      }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and was skipped: a later one, due 2026-05-01 02:10:00, took its place.',
      recorded({
        status: 'skipped',
        reason: 'overlap',
        evidence: { replacedBy: later(600_000).toISOString() },
      }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and was skipped: the job was paused by ann until 2026-05-01 03:00:00.',
      recorded({
        status: 'skipped',
        reason: 'paused',
        evidence: { by: 'ann', until: later(3_600_000).toISOString() },
      }),
    ],
    [
      'backup was due at 2026-05-01 02:00:00 Europe/Berlin and was missed: the machine was asleep from 2026-05-01 01:00:00 until 2026-05-01 04:00:00, and its deadline of 1h had passed. It is one of 3 moments from 2026-05-01 02:00:00 to 2026-05-01 03:00:00 with this record.',
      recorded({
        status: 'missed',
        reason: 'asleep',
        count: 3,
        firstAt: AT,
        lastAt: later(3_600_000),
        evidence: {
          from: later(-3_600_000).toISOString(),
          until: later(7_200_000).toISOString(),
          deadlineMs: 3_600_000,
        },
      }),
    ],
    [
      'backup was not due at 2026-05-01 02:00:00.005 Europe/Berlin, which lies among 2 moments from 2026-05-01 02:00:00 to 2026-05-01 02:01:00 that were missed: the state could not be written.',
      recorded(
        { status: 'missed', reason: 'storage', count: 2, firstAt: AT, lastAt: later(60_000) },
        true,
        later(5),
      ),
    ],
    [
      'backup is not due at 2026-05-01 02:00:00 Europe/Berlin by its schedule (daily at 02:00): it is due before that at 2026-05-01 01:00:00, and after that at 2026-05-01 03:00:00.',
      { kind: 'not-due', at: AT, previous: later(-3_600_000), next: later(3_600_000) },
    ],
    [
      'backup is not due at 2026-05-01 02:00:00 Europe/Berlin by its schedule (daily at 02:00): it is never due.',
      { kind: 'not-due', at: AT, previous: undefined, next: undefined },
    ],
    [
      'backup runs 10s after its last run has ended. It is due next at 2026-05-01 02:00:10 Europe/Berlin.',
      { kind: 'after-finish', at: AT, delayMs: 10_000, going: undefined, next: later(10_000) },
    ],
    [
      'backup would have been due at 2026-05-01 02:00:00 Europe/Berlin, and nothing is known of it: its oldest record is of 2026-05-01 03:00:00, and what was before has been pruned or was never due.',
      { kind: 'unrecorded', at: AT, oldest: later(3_600_000) },
    ],
  ])('%s', (sentence, moment) => {
    expect(explainMoment(moment, SUBJECT)).toBe(sentence);
  });

  it('is JSON with the same keys whatever it is', () => {
    const keys = Object.keys(momentRecord(recorded({})));
    expect(Object.keys(momentRecord({ kind: 'disabled', at: undefined }))).toEqual(keys);
    expect(momentRecord(recorded({ status: 'missed' }))).toMatchObject({
      verdict: 'missed',
      at: AT.toISOString(),
    });
  });
});
