/** What every store must do; each kind of store runs it over its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobDefinition } from '../../src/model/job.js';
import { markedRun } from '../../src/model/mark.js';
import type { Origin } from '../../src/model/namespace.js';
import { freshRunId, type Run, scheduledRunId } from '../../src/model/run.js';
import type { Claim, Claimed, OutputSink, Store, Writer, WriterOptions } from '../../src/store/store.js';

/** Two views of one place, as two processes would have them, and how to leave it. */
export type StoreRig = {
  readonly store: Store;
  readonly other: Store;
  /** Set the clock of both. */
  readonly setClock: (at: string) => void;
  readonly dispose: () => void | Promise<void>;
};

export const ORIGIN: Origin = {
  host: 'box',
  user: 'ann',
  source: '/home/ann/week.yaml',
  kind: 'file',
  author: undefined,
};
const SCHEDULE: WriterOptions = { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z') };

export function dueRun(job: string, at: string, more: Partial<Run> = {}): Run {
  const scheduledAt = new Date(at);
  const attempt = more.attempt ?? 1;
  const namespace = more.namespace ?? 'n1';
  return {
    id: scheduledRunId({ namespace, job, dueAt: scheduledAt, attempt }),
    namespace,
    job,
    status: 'starting',
    trigger: 'schedule',
    attempt,
    scheduledAt,
    ...more,
  };
}

/** Waits for an instant that is not long past. */
const PLANNED: Partial<Run> = {
  status: 'waiting',
  trigger: 'retry',
  evidence: { plannedFor: new Date(Date.now() + 60_000).toISOString() },
};

export function definition(id: string, more: Partial<JobDefinition> = {}): JobDefinition {
  return {
    id,
    name: undefined,
    description: undefined,
    target: `cmd:echo ${id}`,
    schedules: ['@daily'],
    tz: 'Europe/Berlin',
    enabled: true,
    ...more,
  };
}

export function owned(claimed: Claimed | undefined): OutputSink {
  if (claimed?.kind !== 'owned') throw new Error(`not owned: ${claimed?.kind}`);
  return claimed.output;
}

export async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function describeStore(name: string, createRig: () => StoreRig | Promise<StoreRig>): void {
  describe(`${name} store`, () => {
    let rig: StoreRig;
    let writer: Writer;
    beforeEach(async () => {
      rig = await createRig();
      writer = await rig.store.open('n1', ORIGIN, SCHEDULE);
    });
    afterEach(async () => {
      await writer.close('test');
      await rig.dispose();
    });
    const open = (mode: WriterOptions['mode'] = 'schedule', startedAt = SCHEDULE.startedAt) =>
      rig.other.open('n1', ORIGIN, { mode, startedAt });
    const ids = async (query: Partial<Parameters<Store['runs']>[0]> = {}) =>
      (await rig.other.runs({ limit: 100, ...query })).map((run) => run.id);

    it('keeps a run from its claim to its end', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      const [claimed] = await writer.claim([{ run }]);
      expect(await rig.other.runs({ limit: 5 })).toEqual([run]);
      owned(claimed).close();
      const startedAt = new Date('2026-05-01T01:00:00.003Z');
      await writer.record({ id: run.id, status: 'running', startedAt });
      const endedAt = new Date('2026-05-01T01:00:02Z');
      await writer.record({ id: run.id, status: 'failed', reason: 'exit-code', exitCode: 3, endedAt });
      expect(await rig.other.runs({ limit: 5 })).toEqual([
        { ...run, status: 'failed', reason: 'exit-code', exitCode: 3, startedAt, endedAt },
      ]);
    });

    it('gives a run to one claimant only', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      const second = await open();
      const answers = [...(await writer.claim([{ run }])), ...(await second.claim([{ run }, { run }]))];
      expect(answers.map((answer) => answer.kind)).toEqual(['owned', 'duplicate', 'duplicate']);
      await second.close('test');
    });

    it('gives a skipped or missed moment to one recorder only', async () => {
      const evidence = { from: '2026-05-01T01:00:00.000Z', seconds: 7 };
      const moments = { count: 3, firstAt: new Date(1), lastAt: new Date(2) };
      const run = dueRun('a', '2026-05-01T01:00:00Z', {
        status: 'missed',
        reason: 'down',
        evidence,
        ...moments,
      });
      const answers = await writer.claim([{ run }, { run: dueRun('a', '2026-05-01T01:00:00Z') }]);
      expect(answers.map((answer) => answer.kind)).toEqual(['recorded', 'duplicate']);
      expect(await rig.other.runs({ limit: 5 })).toEqual([run]);
    });

    it('keeps a final status', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      await writer.claim([{ run }]);
      await writer.record({ id: run.id, status: 'succeeded', exitCode: 0 });
      await writer.record({ id: run.id, status: 'failed', reason: 'timeout' });
      expect(await rig.other.runs({ limit: 5 })).toEqual([{ ...run, status: 'succeeded', exitCode: 0 }]);
    });

    it('holds a job to its number of live runs, over all writers', async () => {
      const [first, second, third] = ['01', '02', '03'].map((hour) =>
        dueRun('a', `2026-05-01T${hour}:00:00Z`),
      );
      if (!first || !second || !third) throw new Error('three runs');
      const another = await open();
      await writer.claim([{ run: first, maxLive: 1 }]);
      const startedAt = new Date('2026-05-01T01:00:00.003Z');
      const held = {
        status: 'running',
        startedAt,
        process: { pid: process.pid, start: '', boot: '' },
      } as const;
      await writer.record({ id: first.id, ...held });
      const [blocked, free] = await another.claim([
        { run: second, maxLive: 1 },
        { run: dueRun('b', '2026-05-01T02:00:00Z'), maxLive: 1 },
      ]);
      expect(blocked).toMatchObject({ kind: 'overlap', holder: { id: first.id, status: 'running' } });
      expect(free?.kind).toBe('owned');
      const [record] = await rig.store.runs({ limit: 1, job: 'a' });
      expect(record).toMatchObject({
        id: second.id,
        status: 'skipped',
        reason: 'overlap',
        evidence: { run: first.id, pid: process.pid, since: startedAt.toISOString() },
      });
      await writer.record({ id: first.id, status: 'succeeded' });
      const [after] = await another.claim([{ run: third, maxLive: 1 }]);
      expect(after?.kind).toBe('owned');
      await another.close('test');
    });

    it('lets as many runs live as are allowed', async () => {
      const claims = ['01', '02', '03'].map((hour) => ({
        run: dueRun('a', `2026-05-01T${hour}:00:00Z`),
        maxLive: 2,
      }));
      const answers = await writer.claim(claims);
      expect(answers.map((answer) => answer.kind)).toEqual(['owned', 'owned', 'overlap']);
    });

    it('lets runs wait for the one that lives, as many as are allowed, and start in order', async () => {
      const [first, second, third, fourth] = ['01', '02', '03', '04'].map((hour) =>
        dueRun('a', `2026-05-01T${hour}:00:00Z`, { startedAt: new Date(5) }),
      );
      if (!first || !second || !third || !fourth) throw new Error('four runs');
      const another = await open();
      const limits = { maxLive: 1, maxWaiting: 2 };
      await writer.claim([{ run: first, ...limits }]);
      const [late] = await writer.claim([{ run: third, ...limits }]);
      expect(late).toMatchObject({ kind: 'waiting', holder: { id: first.id } });
      const [early, none] = await another.claim([
        { run: second, ...limits },
        { run: fourth, ...limits },
      ]);
      expect(early).toMatchObject({ kind: 'waiting', run: { id: second.id, status: 'waiting' } });
      expect(none).toMatchObject({ kind: 'overlap', run: { id: fourth.id, status: 'skipped' } });
      const statuses = (await rig.store.runs({ limit: 5 })).map((run) => [run.status, run.startedAt]);
      expect(statuses.slice(1)).toEqual([
        ['waiting', undefined],
        ['waiting', undefined],
        ['starting', new Date(5)],
      ]);
      const again = async (by: Writer, run: Run) => (await by.claim([{ run, ...limits }]))[0]?.kind;
      expect(await again(another, second)).toBe('waiting');
      await writer.record({ id: first.id, status: 'succeeded' });
      expect(await again(writer, third)).toBe('waiting');
      expect(await again(writer, second)).toBe('duplicate');
      expect(await again(another, second)).toBe('owned');
      expect(await again(another, second)).toBe('duplicate');
      expect(await again(writer, third)).toBe('waiting');
      await another.record({ id: second.id, status: 'succeeded' });
      expect(await again(writer, third)).toBe('owned');
      await another.close('test');
    });

    it('lets nobody pass those that wait already', async () => {
      const [first, second, third] = ['01', '02', '03'].map((hour) =>
        dueRun('a', `2026-05-01T${hour}:00:00Z`),
      );
      if (!first || !second || !third) throw new Error('three runs');
      const limits = { maxLive: 1, maxWaiting: 2 };
      const another = await open();
      await writer.claim([{ run: first, ...limits }]);
      await another.claim([{ run: second, ...limits }]);
      await writer.record({ id: first.id, status: 'succeeded' });
      expect(await writer.claim([{ run: third, ...limits }])).toMatchObject([
        { kind: 'waiting', holder: { id: second.id } },
      ]);
      await another.record({ id: second.id, status: 'skipped', reason: 'operator' });
      expect((await writer.claim([{ run: third, ...limits }]))[0]?.kind).toBe('owned');
      await another.close('test');
    });

    it('keeps a waiting run that needs no place, and starts it later', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z', { status: 'waiting' });
      expect((await writer.claim([{ run }]))[0]?.kind).toBe('waiting');
      expect(await rig.other.runs({ limit: 5 })).toEqual([run]);
      const begun: Run = { ...run, status: 'starting' };
      const [claimed] = await writer.claim([{ run: begun, maxLive: 1 }]);
      owned(claimed).write('stdout', Buffer.from('late'));
      owned(claimed).close();
      expect(await rig.other.runs({ limit: 5 })).toEqual([begun]);
      expect(await textOf(rig.other.output(run, 'stdout'))).toBe('late');
      const [blocked] = await writer.claim([{ run: dueRun('a', '2026-05-01T02:00:00Z'), maxLive: 1 }]);
      expect(blocked?.kind).toBe('overlap');
    });

    // The second one's arguments are not all in its id, which says so.
    it.each(['a', 'a@day=2026-01-01-~4f8a2c'])(
      'holds the place of a run of %s for its next attempt, until that has ended as well',
      async (job) => {
        const first = dueRun(job, '2026-05-01T01:00:00Z');
        const retry = dueRun(job, '2026-05-01T01:00:00Z', { ...PLANNED, attempt: 2 });
        const another = await open();
        const isFree = async (hour: string): Promise<string | undefined> =>
          (await another.claim([{ run: dueRun(job, `2026-05-01T${hour}:00:00Z`), maxLive: 1 }]))[0]?.kind;
        await writer.claim([{ run: first, maxLive: 1 }]);
        await writer.claim([{ run: retry, inPlaceOf: first.id }]);
        await writer.record({ id: first.id, status: 'failed' });
        expect(await isFree('02')).toBe('overlap');
        const begun: Run = { ...retry, status: 'starting' };
        expect((await writer.claim([{ run: begun, maxLive: 1 }]))[0]?.kind).toBe('owned');
        expect(await isFree('03')).toBe('overlap');
        await writer.record({ id: retry.id, status: 'succeeded' });
        expect(await isFree('04')).toBe('owned');
        await another.close('test');
      },
    );

    it('keeps the planned runs of a scheduler that is gone, with their places, for the next one', async () => {
      const first = dueRun('a', '2026-05-01T01:00:00Z');
      const retry = dueRun('a', '2026-05-01T01:00:00Z', { ...PLANNED, attempt: 2 });
      const gone = await open();
      await gone.claim([{ run: first, maxLive: 1 }]);
      await gone.claim([{ run: retry, inPlaceOf: first.id }]);
      await gone.record({ id: first.id, status: 'failed' });
      await gone.close('test');
      expect((await rig.store.runs({ limit: 1 }))[0]).toEqual(retry);
      await writer.setJobs([definition('a')]);
      const isFree = async (hour: string): Promise<string | undefined> =>
        (await writer.claim([{ run: dueRun('a', `2026-05-01T${hour}:00:00Z`), maxLive: 1 }]))[0]?.kind;
      expect(await isFree('02')).toBe('overlap');
      expect(await writer.heartbeat(new Date())).toEqual([retry]);
      expect(await writer.heartbeat(new Date())).toEqual([]);
      const other = await open();
      expect(await other.heartbeat(new Date())).toEqual([]);
      const begun: Run = { ...retry, status: 'starting' };
      expect((await other.claim([{ run: begun, maxLive: 1 }]))[0]?.kind).toBe('duplicate');
      expect((await writer.claim([{ run: begun, maxLive: 1 }]))[0]?.kind).toBe('owned');
      await writer.record({ id: retry.id, status: 'succeeded' });
      expect(await isFree('03')).toBe('owned');
      await other.close('test');
    });

    it('loses the planned runs of a one-shot that is gone: nobody comes after it', async () => {
      const gone = await open('once');
      await gone.claim([{ run: dueRun('a', '2026-05-01T01:00:00Z', PLANNED) }]);
      await gone.close('test');
      const lost = { status: 'errored', reason: 'lost' };
      expect(await rig.store.runs({ limit: 1 })).toMatchObject([lost]);
      expect(await writer.heartbeat(new Date())).toMatchObject([lost]);
    });

    it('leaves planned runs to the scheduler that has their job', async () => {
      const planned = dueRun('a', '2026-05-01T01:00:00Z', PLANNED);
      const gone = await open();
      await gone.claim([{ run: planned }]);
      await gone.close('test');
      const owner = await open();
      await owner.setJobs([definition('a')]);
      await writer.setJobs([definition('b')]);
      expect(await writer.heartbeat(new Date())).toEqual([]);
      expect(await owner.heartbeat(new Date())).toEqual([planned]);
      await owner.close('test');
    });

    it('leaves a run that waits as it is when its moment is claimed anew, but to start', async () => {
      const waiting = dueRun('a', '2026-05-01T01:00:00Z', { status: 'waiting' });
      await writer.claim([{ run: waiting }]);
      for (const status of ['waiting', 'skipped', 'missed'] as const) {
        const [answer] = await writer.claim([{ run: { ...waiting, status, reason: 'overlap' } }]);
        expect(answer).toEqual({ kind: 'duplicate' });
      }
      expect(await rig.store.runs({ job: 'a', limit: 2 })).toMatchObject([{ status: 'waiting' }]);
      owned((await writer.claim([{ run: { ...waiting, status: 'starting' } }]))[0]).close();
    });

    describe('runs of several jobs that share a limit', () => {
      const DB = [{ key: 'db', max: 1 }];
      const one = async (by: Writer, run: Run, limits = DB, more: Partial<Claim> = {}) =>
        (await by.claim([{ run, limits, ...more }]))[0];

      it('live as many as are allowed, over all writers; the others wait, and start when there is room', async () => {
        const second = await rig.other.open('n1', ORIGIN, SCHEDULE);
        const [a, b] = [dueRun('a', '2026-05-01T00:00:10Z'), dueRun('b', '2026-05-01T00:00:20Z')];
        owned(await one(writer, a)).close();
        const answer = await one(second, b);
        expect(answer).toMatchObject({ kind: 'waiting', limit: 'db', run: { id: b.id, status: 'waiting' } });
        expect(answer).toMatchObject({ holder: { id: a.id } });
        expect(await one(second, b)).toMatchObject({ kind: 'waiting', limit: 'db' });
        expect(await rig.store.runs({ job: 'b', limit: 1 })).toMatchObject([{ status: 'waiting' }]);
        await writer.record({ id: a.id, status: 'succeeded' });
        owned(await one(second, b)).close();
        expect(await rig.store.runs({ job: 'b', limit: 1 })).toMatchObject([{ status: 'starting' }]);
        await second.close('test');
      });

      it('are not passed by those that are due later, as long as somebody looks after them', async () => {
        const second = await rig.other.open('n1', ORIGIN, SCHEDULE);
        const runs = ['00:10', '00:20', '00:30'].map((at, index) =>
          dueRun(`job${index}`, `2026-05-01T00:${at}Z`),
        );
        const [first, next, last] = runs as [Run, Run, Run];
        owned(await one(writer, first)).close();
        expect(await one(second, next)).toMatchObject({ kind: 'waiting' });
        await writer.record({ id: first.id, status: 'succeeded' });
        expect(await one(writer, last)).toMatchObject({ kind: 'waiting', holder: { id: next.id } });
        await second.close('test');
        owned(await one(writer, last)).close();
      });

      it('have room beside those that wait before them where there is enough for all', async () => {
        const limits = [{ key: 'db', max: 2 }];
        const runs = [10, 20, 30, 40, 50].map((at) => dueRun(`job${at}`, `2026-05-01T00:00:${at}Z`));
        const [first, second, third, fourth, fifth] = runs as [Run, Run, Run, Run, Run];
        for (const run of [first, second]) owned(await one(writer, run, limits)).close();
        for (const run of [third, fourth, fifth])
          expect(await one(writer, run, limits)).toMatchObject({ kind: 'waiting' });
        await writer.record({ id: first.id, status: 'succeeded' });
        await writer.record({ id: second.id, status: 'succeeded' });
        expect(await one(writer, fifth, limits)).toMatchObject({ kind: 'waiting', limit: 'db' });
        owned(await one(writer, fourth, limits)).close();
        owned(await one(writer, third, limits)).close();
      });

      it('hold none of several places while one is missing', async () => {
        const both = [...DB, { key: 'net', max: 1 }];
        const [a, b] = [dueRun('a', '2026-05-01T00:00:10Z'), dueRun('b', '2026-05-01T00:00:30Z')];
        owned(await one(writer, a, [{ key: 'net', max: 1 }])).close();
        expect(await one(writer, b, both)).toMatchObject({ kind: 'waiting', limit: 'net' });
        const between = dueRun('c', '2026-05-01T00:00:20Z');
        owned(await one(writer, between)).close();
        await writer.record({ id: a.id, status: 'succeeded' });
        expect(await one(writer, b, both)).toMatchObject({ kind: 'waiting', limit: 'db' });
        await writer.record({ id: between.id, status: 'succeeded' });
        owned(await one(writer, b, both)).close();
      });

      it('keep the place among the runs of their job while they wait', async () => {
        const [a, b] = [dueRun('a', '2026-05-01T00:00:10Z'), dueRun('b', '2026-05-01T00:00:10Z')];
        owned(await one(writer, a)).close();
        expect(await one(writer, b, DB, { maxLive: 1 })).toMatchObject({ kind: 'waiting' });
        const later = dueRun('b', '2026-05-01T00:00:20Z');
        expect(await one(writer, later, DB, { maxLive: 1 })).toMatchObject({
          kind: 'overlap',
          holder: { id: b.id },
        });
        await writer.record({ id: a.id, status: 'failed' });
        owned(await one(writer, b, DB, { maxLive: 1 })).close();
      });

      it('give back what they waited for when they are given up', async () => {
        const [a, b, c] = [10, 20, 30].map((at) => dueRun(`job${at}`, `2026-05-01T00:00:${at}Z`)) as [
          Run,
          Run,
          Run,
        ];
        owned(await one(writer, a)).close();
        expect(await one(writer, b)).toMatchObject({ kind: 'waiting' });
        await writer.record({ id: b.id, status: 'skipped', reason: 'operator' });
        await writer.record({ id: a.id, status: 'succeeded' });
        owned(await one(writer, c)).close();
      });

      it('share a limit of any name, and no other one', async () => {
        const second = await rig.other.open('n1', ORIGIN, SCHEDULE);
        const limit = (name: string) => [{ key: `${'Straße/'.repeat(30)}${name}`, max: 1 }];
        const [a, b, c, d] = [10, 20, 30, 40].map((at) => dueRun(`job${at}`, `2026-05-01T00:00:${at}Z`)) as [
          Run,
          Run,
          Run,
          Run,
        ];
        owned(await one(second, a, limit('x'))).close();
        expect(await one(second, b, limit('x'))).toMatchObject({ kind: 'waiting', holder: { id: a.id } });
        owned(await one(writer, d, limit('y'))).close();
        await second.close('test');
        owned(await one(writer, c, limit('x'))).close();
      });

      it('count also where the limit was higher when they began', async () => {
        const runs = [10, 20, 30].map((at) => dueRun(`job${at}`, `2026-05-01T00:00:${at}Z`));
        const [a, b, c] = runs as [Run, Run, Run];
        for (const run of [a, b]) owned(await one(writer, run, [{ key: 'db', max: 2 }])).close();
        await writer.record({ id: a.id, status: 'succeeded' });
        expect(await one(writer, c)).toMatchObject({ kind: 'waiting', holder: { id: b.id } });
      });

      it('wait on under the scheduler that takes them over', async () => {
        const second = await rig.other.open('n1', ORIGIN, SCHEDULE);
        await second.setJobs([definition('b')]);
        const [a, b] = [dueRun('a', '2026-05-01T00:00:10Z'), dueRun('b', '2026-05-01T00:00:20Z')];
        owned(await one(writer, a)).close();
        const { evidence } = PLANNED;
        expect(await one(second, { ...b, ...(evidence && { evidence }) })).toMatchObject({ kind: 'waiting' });
        await second.close('test');
        expect(await writer.heartbeat(new Date())).toMatchObject([{ id: b.id, status: 'waiting' }]);
        const later = dueRun('c', '2026-05-01T00:00:30Z');
        await writer.record({ id: a.id, status: 'succeeded' });
        const third = await rig.other.open('n1', ORIGIN, SCHEDULE);
        expect(await one(third, later)).toMatchObject({ kind: 'waiting', holder: { id: b.id } });
        owned(await one(writer, b)).close();
        await third.close('test');
      });
    });

    it('does not wait for those whose writer is gone, and tells that they never started', async () => {
      const [first, second, third] = ['01', '02', '03'].map((hour) =>
        dueRun('a', `2026-05-01T${hour}:00:00Z`, { startedAt: new Date(5) }),
      );
      if (!first || !second || !third) throw new Error('three runs');
      const limits = { maxLive: 1, maxWaiting: 2 };
      const another = await open();
      await writer.claim([{ run: first, ...limits }]);
      await another.claim([{ run: second, ...limits }]);
      await another.close('test');
      await writer.record({ id: first.id, status: 'succeeded' });
      expect((await writer.claim([{ run: third, ...limits }]))[0]?.kind).toBe('owned');
      const [lost] = await writer.heartbeat(new Date('2026-05-01T04:00:00Z'));
      expect(lost).toMatchObject({ id: second.id, status: 'errored', reason: 'lost' });
      expect(lost?.startedAt).toBeUndefined();
    });

    it('lists the newest first, and finds by job, status, time and prefix', async () => {
      const runs = [
        dueRun('a', '2026-05-01T01:00:00Z'),
        dueRun('b', '2026-05-01T03:00:00Z', { status: 'missed', reason: 'asleep' }),
        dueRun('a', '2026-05-01T02:00:00Z', { status: 'skipped', reason: 'paused' }),
      ];
      await writer.claim(runs.map((run) => ({ run })));
      const [first, third, second] = runs.map((run) => run.id);
      expect(await ids()).toEqual([third, second, first]);
      expect(await ids({ limit: 2 })).toEqual([third, second]);
      expect(await ids({ job: 'a' })).toEqual([second, first]);
      expect(await ids({ status: ['missed', 'skipped'] })).toEqual([third, second]);
      expect(await ids({ since: new Date('2026-05-01T02:00:00Z') })).toEqual([third, second]);
      expect(await ids({ idPrefix: first?.slice(0, 18) ?? '' })).toEqual([first]);
      expect(await ids({ namespace: 'other' })).toEqual([]);
      expect(await ids({ namespace: 'n1', limit: 1 })).toEqual([third]);
    });

    it('goes on where a list was cut, also within one instant, and finds by what started it', async () => {
      const at = '2026-05-01T01:00:00Z';
      const runs = [
        ...['a', 'b', 'c', 'd'].map((job) => dueRun(job, at, { status: 'skipped', reason: 'paused' })),
        dueRun('a', at, { status: 'skipped', reason: 'paused', attempt: 2, trigger: 'retry' }),
        dueRun('a', '2026-05-01T00:00:00Z', { status: 'missed', reason: 'down' }),
      ];
      await writer.claim(runs.map((run) => ({ run })));
      const all = await rig.store.runs({ limit: 10 });
      expect(all).toHaveLength(6);
      for (const [index, after] of all.entries())
        expect(await ids({ after, limit: 3 })).toEqual(all.slice(index + 1, index + 4).map(({ id }) => id));
      expect(await ids({ trigger: ['retry', 'manual'] })).toEqual([all[0]?.id]);
      expect(all[0]?.attempt).toBe(2);
    });

    it('finds what is due in a span, and the record that stands for a moment among several', async () => {
      const folded = dueRun('a', '2026-05-01T04:00:00Z', {
        status: 'missed',
        count: 4,
        firstAt: new Date('2026-05-01T01:00:00Z'),
        lastAt: new Date('2026-05-01T04:00:00Z'),
      });
      const runs = [
        folded,
        ...['02', '05', '06'].map((hour) => dueRun('a', `2026-05-01T${hour}:00:00Z`)),
        dueRun('b', '2026-05-01T05:00:00Z'),
      ];
      await writer.claim(runs.map((run) => ({ run })));
      const [fold, two, five] = runs.map((run) => run.id);
      const until = new Date('2026-05-01T05:00:00Z');
      expect(await ids({ job: 'a', until })).toEqual([five, fold, two]);
      expect(await ids({ job: 'a', until, since: until })).toEqual([five]);
      const covering = (hour: string) => ids({ job: 'a', covering: new Date(`2026-05-01T${hour}:00Z`) });
      expect(await covering('01:00')).toEqual([fold]);
      expect(await covering('03:00')).toEqual([fold]);
      expect(await covering('00:59')).toEqual([]);
      expect(await covering('05:00')).toEqual([]);
    });

    it('keeps all that a definition says of schedules, deadline and retention', async () => {
      const more = {
        schedules: ['every 1h'],
        scheduleForms: [{ every: '1h', calendar: { weekdays: 'mon-fri' } }],
        deadlineMs: 60_000,
        keep: { runs: 10, ageMs: 5_000, bytes: 100 },
      };
      await writer.setJobs([definition('a', more)]);
      expect(await rig.other.jobs('n1')).toMatchObject([more]);
    });

    it('shows and then ends the runs that their writer left open', async () => {
      const run = {
        ...dueRun('a', '2026-05-01T01:00:00Z'),
        id: freshRunId(new Date('2026-05-01T01:00:00Z')),
      };
      const second = await open('once');
      await second.claim([{ run, maxLive: 1 }]);
      await second.close('test');
      const lost = { id: run.id, status: 'errored', reason: 'lost' };
      expect(await rig.store.runs({ limit: 5 })).toMatchObject([lost]);
      const next = dueRun('a', '2026-05-01T02:00:00Z');
      expect((await writer.claim([{ run: next, maxLive: 1 }]))[0]?.kind).toBe('owned');
      expect(await writer.heartbeat(new Date('2026-05-01T03:00:00Z'))).toMatchObject([lost]);
      expect(await writer.heartbeat(new Date('2026-05-01T03:00:30Z'))).toEqual([]);
      expect(await rig.store.runs({ limit: 5 })).toMatchObject([{ id: next.id }, lost]);
    });

    it('keeps both streams byte for byte', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      const [claimed] = await writer.claim([{ run }]);
      const sink = owned(claimed);
      const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3]);
      sink.write('stdout', bytes);
      sink.write('stderr', Buffer.from('wrong'));
      sink.write('stdout', Buffer.from('more'));
      expect(sink.close()).toEqual({ stdoutBytes: 8, stderrBytes: 5, truncated: false });
      const chunks: Buffer[] = [];
      for await (const chunk of rig.other.output(run, 'stdout')) chunks.push(chunk);
      expect(Buffer.concat(chunks)).toEqual(Buffer.concat([bytes, Buffer.from('more')]));
      expect(await textOf(rig.other.output(run, 'stderr'))).toBe('wrong');
      expect(await textOf(rig.other.output(run, 'stdout', { from: 5 }))).toBe('ore');
      expect(await textOf(rig.other.output(run, 'stdout', { from: -2 }))).toBe('re');
    });

    it('has no output for runs that never were', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      expect(await textOf(rig.other.output(run, 'stdout'))).toBe('');
      expect(await textOf(rig.other.output({ id: '../x', namespace: '../y' }, 'stdout'))).toBe('');
      expect(await rig.other.runs({ namespace: '../y', limit: 1 })).toEqual([]);
    });

    it('lists namespaces with their origin and counts', async () => {
      expect(
        (await rig.other.namespaces()).map(({ id, source, jobs, runs }) => [id, source, jobs, runs]),
      ).toEqual([['n1', ORIGIN.source, 0, 0]]);
      await writer.setJobs([definition('a'), definition('b')]);
      await writer.claim([{ run: dueRun('a', '2026-05-01T01:00:00Z') }]);
      expect(await rig.other.namespaces()).toMatchObject([
        { id: 'n1', host: 'box', user: 'ann', kind: 'file', jobs: 2, runs: 1 },
      ]);
    });

    it('lists jobs with their last run', async () => {
      await writer.setJobs([
        definition('a', { name: 'A', schedules: ['@daily', 'every 1h'] }),
        definition('b'),
      ]);
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      await writer.claim([
        { run },
        { run: dueRun('a', '2026-05-01T02:00:00Z', { status: 'skipped', reason: 'paused' }) },
      ]);
      // The file of a journal is of now.
      rig.setClock(new Date().toISOString());
      const jobs = await rig.other.jobs('n1');
      expect(jobs).toEqual([
        {
          ...definition('a', { name: 'A', schedules: ['@daily', 'every 1h'] }),
          namespace: 'n1',
          paused: false,
          seenAt: SCHEDULE.startedAt,
          scheduledSince: SCHEDULE.startedAt,
          attendedUntil: expect.any(Date),
          nextDueAt: undefined,
          lastRun: run,
        },
        expect.objectContaining({ id: 'b', lastRun: undefined }),
      ]);
      expect(await rig.other.jobs('nowhere')).toEqual([]);
    });

    it('tells of the soonest run that is planned beside the last one', async () => {
      await writer.setJobs([definition('a')]);
      const last = dueRun('a', '2026-05-01T01:00:00Z', { status: 'failed' });
      const planned = (at: string, evidence = {}) =>
        dueRun('a', at, { trigger: 'manual', status: 'waiting', evidence: { plannedFor: at, ...evidence } });
      const [soon, later] = [planned('2999-05-02T00:00:00.000Z'), planned('2999-05-03T00:00:00.000Z')];
      await writer.claim([{ run: later }, { run: soon }, { run: last }]);
      expect(await rig.other.jobs('n1')).toMatchObject([{ lastRun: last, planned: soon }]);
      const held = planned('2026-05-01T01:30:00.000Z', { waitingFor: 'the moon' });
      await writer.claim([{ run: held }]);
      expect(await rig.other.jobs('n1')).toMatchObject([{ lastRun: held, planned: soon }]);
      await writer.record({ id: soon.id, status: 'skipped' });
      expect(await rig.other.jobs('n1')).toMatchObject([{ lastRun: held, planned: later }]);
    });

    it('forgets jobs that a later schedule no longer has, and keeps those run by hand', async () => {
      const once = await open('once', new Date('2026-05-01T00:30:00Z'));
      await once.setJobs([definition('by-hand')]);
      await once.close('test');
      await writer.setJobs([definition('a'), definition('b')]);
      await writer.close('test');
      rig.setClock('2026-05-02T00:00:00Z');
      const later = await open('schedule', new Date('2026-05-02T00:00:00Z'));
      await later.setJobs([definition('b', { target: 'cmd:echo new' })]);
      const jobs = await rig.store.jobs('n1');
      expect(jobs.map((job) => [job.id, job.target]).sort()).toEqual([
        ['b', 'cmd:echo new'],
        ['by-hand', 'cmd:echo by-hand'],
      ]);
      await later.close('test');
    });

    it('says what an earlier schedule left: first sight, until when it watched, what was due last', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      await writer.setJobs([definition('a')]);
      expect((await writer.past()).size).toBe(0);
      await writer.claim([
        { run },
        { run: dueRun('a', '2026-05-01T02:00:00Z', { status: 'skipped', reason: 'paused' }) },
        { run: dueRun('a', '2026-05-01T09:00:00Z', { trigger: 'manual', status: 'skipped' }) },
      ]);
      await writer.record({ id: run.id, status: 'succeeded' });
      await writer.heartbeat(new Date('2026-05-01T02:30:00Z'));
      rig.setClock('2026-05-01T03:00:00Z');
      const second = await open('schedule', new Date('2026-05-01T03:00:00Z'));
      const past = await second.past();
      expect([...past.keys()]).toEqual(['a']);
      expect(past.get('a')).toMatchObject({
        seenAt: SCHEDULE.startedAt,
        lastDueAt: new Date('2026-05-01T02:00:00Z'),
        lastRun: { id: run.id, status: 'succeeded' },
      });
      // Up to a minute before its last sign of life: it may have died before it came to what was due.
      const attended = past.get('a')?.attendedUntil?.toISOString() ?? '';
      expect(attended > '2026-05-01T02:29:00Z' && attended <= '2026-05-01T02:30:00.000Z').toBe(true);
      await second.close('test');
    });

    it('does not believe what a clock that was ahead has stamped, once it is right again', async () => {
      await writer.setJobs([definition('a'), definition('gone')]);
      await writer.claim([{ run: dueRun('a', '2026-05-01T01:00:00Z', { status: 'skipped' }) }]);
      rig.setClock('2026-05-01T01:30:00Z');
      await writer.close('test', new Date('2026-05-01T01:30:00Z'));
      rig.setClock('2098-05-01T00:00:00Z');
      const ahead = await open('schedule', new Date('2098-05-01T00:00:00Z'));
      await ahead.setJobs([definition('a', { target: 'cmd:echo old' }), definition('gone')]);
      await ahead.claim([{ run: dueRun('a', '2098-05-01T01:00:00Z', { status: 'skipped' }) }]);
      await ahead.heartbeat(new Date('2098-05-01T02:00:00Z'));
      rig.setClock('2098-05-01T02:00:00Z');
      await ahead.close('test', new Date('2098-05-01T02:00:00Z'));
      rig.setClock('2026-05-02T00:00:00Z');
      const later = await open('schedule', new Date('2026-05-02T00:00:00Z'));
      await later.setJobs([definition('a', { target: 'cmd:echo new' })]);
      const past = (await later.past()).get('a');
      expect(past).toMatchObject({
        seenAt: SCHEDULE.startedAt,
        lastDueAt: new Date('2026-05-01T01:00:00Z'),
        attendedUntil: new Date('2026-05-01T01:30:00Z'),
        aheadAt: new Date('2098-05-01T01:00:00Z'),
      });
      const jobs = await rig.other.jobs('n1');
      expect(jobs.map(({ id, target }) => [id, target])).toEqual([['a', 'cmd:echo new']]);
      await later.close('test');
    });

    it('takes the last jobs of a writer for its newest, also where the clock was set back before them', async () => {
      const at = (time: string) => new Date(`2026-05-01T${time}:00Z`);
      const listed = async () =>
        (await rig.other.jobs('n1')).map(({ id, target }) => `${id} ${target}`).sort();
      rig.setClock('2026-05-01T01:00:00Z');
      await writer.setJobs([definition('a'), definition('gone')], at('01:00'));
      await writer.setJobs([definition('a', { target: 'cmd:echo once' })], at('00:10'));
      await writer.setJobs([definition('a', { target: 'cmd:echo new' }), definition('added')], at('00:20'));
      const soon: string[] = [];
      for (const now of ['00:20', '00:59', '01:01', '02:00']) {
        rig.setClock(at(now).toISOString());
        soon.push(...(await listed()));
      }
      const jobs = ['a cmd:echo new', 'added cmd:echo added'];
      expect(soon).toEqual([...jobs, ...jobs, ...jobs, ...jobs]);
      await writer.setJobs([definition('later')], at('02:00'));
      expect(await listed()).toEqual(['later cmd:echo later']);
    });

    it('has no past for jobs that were only run by hand', async () => {
      const once = await open('once');
      await once.setJobs([definition('a')]);
      await once.claim([{ run: dueRun('a', '2026-05-01T01:00:00Z', { trigger: 'once' }) }]);
      await once.close('test');
      expect((await writer.past()).size).toBe(0);
    });

    it('names the live schedulers and their jobs', async () => {
      const once = await open('once');
      await writer.setJobs([definition('a')]);
      expect(await rig.other.schedulers('n1')).toMatchObject([
        { process: { pid: process.pid }, startedAt: SCHEDULE.startedAt, jobs: ['a'] },
      ]);
      await once.close('test');
      await writer.close('test');
      expect(await rig.other.schedulers('n1')).toEqual([]);
    });

    it('remembers which definition of a job held when, also that there was none', async () => {
      const at = (minute: number) => new Date(`2026-05-01T00:0${minute}:00Z`);
      await writer.setJobs([definition('a')]);
      await writer.setJobs([definition('a', { target: 'cmd:echo new' })], at(1));
      await writer.setJobs([definition('b')], at(2));
      rig.setClock('2026-05-01T00:03:00Z');
      const held = await rig.other.definitions('n1', 'a');
      expect(held.map((each) => [each.at, each.definition?.target])).toEqual([
        [SCHEDULE.startedAt, 'cmd:echo a'],
        [at(1), 'cmd:echo new'],
        [at(2), undefined],
      ]);
      expect((await rig.other.jobs('n1')).map(({ id }) => id)).toEqual(['b']);
      expect(await rig.other.definitions('nowhere', 'a')).toEqual([]);
    });

    it('takes a run as somebody says it is, from whatever process, and as who says it last', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      await writer.setJobs([definition('a')]);
      await writer.claim([{ run }]);
      const ended: Run = { ...run, status: 'failed', reason: 'exit-code', exitCode: 3, durationMs: 5 };
      await writer.record(ended);
      const at = (second: number) => new Date(Date.UTC(2026, 4, 1, 2, 0, second));
      const first = markedRun(ended, { status: 'succeeded', at: at(1), by: 'ann', note: 'by hand' });
      const once = await open('once');
      await once.record(first);
      await once.close('test');
      expect(first).toMatchObject({ durationMs: 5, marked: { original: { status: 'failed', exitCode: 3 } } });
      expect(first).not.toHaveProperty('exitCode');
      expect(await rig.other.runs({ limit: 5 })).toEqual([first]);
      expect(await ids({ status: ['failed'] })).toEqual([]);
      expect(await ids({ status: ['succeeded'] })).toEqual([run.id]);
      expect((await rig.store.jobs('n1'))[0]?.lastRun).toEqual(first);
      // What is found out later about it by itself does not count any more.
      await writer.record({ id: run.id, status: 'succeeded' });
      const second = markedRun(first, { status: 'failed', at: at(2) });
      const again = await open('once');
      await again.record(second);
      await again.record(first);
      await again.close('test');
      expect(await rig.other.runs({ limit: 5 })).toEqual([second]);
      expect(second.marked?.original).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 3 });
    });

    it('takes a lost run as somebody says it is', async () => {
      const run = dueRun('a', '2026-05-01T01:00:00Z');
      const dead = await open();
      await dead.claim([{ run }]);
      await dead.close('killed');
      const [lost = run] = await rig.other.runs({ limit: 1 });
      expect(lost).toMatchObject({ status: 'errored', reason: 'lost' });
      const marked = markedRun(lost, { status: 'succeeded', at: new Date() });
      const once = await open('once');
      await once.record(marked);
      await once.close('test');
      await writer.heartbeat(new Date());
      expect(await rig.other.runs({ limit: 5 })).toEqual([marked]);
    });

    it('can be closed twice', async () => {
      await writer.close('one');
      await expect(writer.close('two')).resolves.toBeUndefined();
    });
  });
}
