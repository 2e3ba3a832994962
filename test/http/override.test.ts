/** Pausing, resuming and skipping by requests, with a scheduler in this process and without one anywhere. */
import { describe, expect, it } from 'vitest';
import { listJobs } from '../../src/app/read.ts';
import { apiOf } from '../support/control.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fileStore } from '../support/file-store.ts';
import { type KeptRig, keptRig } from '../support/kept.ts';
import { rig } from '../support/rig.ts';

/** Jobs that no scheduler has. */
async function kept(): Promise<KeptRig> {
  const made = await keptRig();
  await made.ask('POST', '/jobs', { id: 'yearly', task: { when: '0 0 1 1 *', tz: 'UTC', run: 'true' } });
  await made.ask('POST', '/jobs', { id: 'other', task: { when: '@daily', run: 'true' } });
  return made;
}

async function paused({ store }: KeptRig): Promise<readonly string[]> {
  return (await listJobs(store, 'shop', new Date())).filter((job) => job.paused).map(({ id }) => id);
}

describe('without a scheduler', () => {
  it('a job is paused until it is resumed, which the next scheduler finds', async () => {
    const made = await kept();
    const first = await made.ask('POST', '/jobs/yearly/pause', { note: 'so' });
    expect(first).toMatchObject({
      status: 200,
      body: {
        kind: 'paused',
        namespace: 'shop',
        job: 'yearly',
        pauses: [{ job: 'yearly', until: null, by: 'ada', note: 'so' }],
        skips: [],
        told: [],
      },
    });
    expect(await paused(made)).toEqual(['yearly']);
    const until = '2999-01-01T01:00:00+01:00';
    const again = await made.ask('POST', '/jobs/yearly/pause', { until });
    expect(again.body).toMatchObject({
      kind: 'paused-already',
      pauses: [{ until: '2999-01-01T00:00:00.000Z' }],
    });
    expect((await made.ask('POST', '/jobs/yearly/resume')).body).toMatchObject({ kind: 'resumed' });
    expect((await made.ask('POST', '/jobs/yearly/resume', {})).body).toMatchObject({ kind: 'not-paused' });
    expect(await paused(made)).toEqual([]);
  });

  it('a disabled job has nothing to skip', async () => {
    const made = await keptRig();
    await made.ask('POST', '/jobs', { id: 'off', task: { when: '@daily', enabled: false, run: 'true' } });
    expect(await made.ask('POST', '/jobs/off/skip', { at: 'next' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', detail: 'off is disabled, so it is never due' },
    });
  });

  it('all jobs are, and then one of them cannot be resumed alone', async () => {
    const made = await kept();
    const all = await made.ask('POST', '/pause', { for: '2h' });
    expect(all.body).toMatchObject({ kind: 'paused', job: null, pauses: [{ job: null }] });
    expect(await paused(made)).toEqual(['yearly', 'other']);
    expect(await made.ask('POST', '/jobs/yearly/resume')).toMatchObject({
      status: 409,
      body: {
        code: 'CONFLICT',
        detail: expect.stringMatching(/^yearly stays paused until .*Z: all jobs are$/),
      },
    });
    expect((await made.ask('POST', '/resume')).body).toMatchObject({ kind: 'resumed', pauses: [{}] });
    expect(await paused(made)).toEqual([]);
  });

  it('moments are skipped, and run after all when the job is resumed', async () => {
    const made = await kept();
    const skip = async (body?: object) => (await made.ask('POST', '/jobs/yearly/skip', body)).body;
    const year = new Date().getUTCFullYear() + 1;
    const [first, second] = [`${year}-01-01T00:00:00.000Z`, `${year + 1}-01-01T00:00:00.000Z`];
    expect(await skip({ at: 'next', note: 'so' })).toMatchObject({
      kind: 'skip',
      skips: [{ at: first, by: 'ada', note: 'so' }],
    });
    expect(await skip()).toMatchObject({ kind: 'skip', skips: [{ at: second }] });
    expect(await skip({ at: `${year}-01-01T00:00` })).toMatchObject({ kind: 'skip-already' });
    expect((await made.ask('POST', '/jobs/yearly/resume')).body).toMatchObject({
      kind: 'resumed',
      skips: [{ at: first }, { at: second }],
    });
  });

  it('a task stands for its jobs', async () => {
    const made = await kept();
    const when = ['eu', 'us'].map((region) => ({ every: '1d', args: { region } }));
    await made.ask('POST', '/jobs', { id: 'report', task: { params: { region: {} }, when, run: 'true' } });
    expect((await made.ask('POST', '/jobs/report/pause')).body).toMatchObject({
      job: 'report',
      pauses: [{ job: 'report@region=eu' }, { job: 'report@region=us' }],
    });
    expect((await made.ask('POST', '/jobs/report@region=eu/resume')).body).toMatchObject({ kind: 'resumed' });
    expect(await paused(made)).toEqual(['report@region=us']);
    expect(await made.ask('POST', '/jobs/report/skip')).toMatchObject({
      status: 409,
      body: { code: 'ID_AMBIGUOUS', hint: 'Name one of them: report@region=eu, report@region=us.' },
    });
  });

  it.each([
    ['/jobs/none/pause', {}, 404, 'ID_UNKNOWN'],
    ['/jobs/year/pause', {}, 404, 'ID_UNKNOWN'],
    ['/jobs/none/resume', {}, 404, 'ID_UNKNOWN'],
    ['/jobs/none/skip', {}, 404, 'ID_UNKNOWN'],
    ['/jobs/yearly/pause', { for: '1h', until: '2999-01-01T00:00:00Z' }, 400, 'USAGE'],
    ['/jobs/yearly/pause', { for: '5' }, 400, 'DURATION_INVALID'],
    ['/jobs/yearly/pause', { for: '0s' }, 400, 'USAGE'],
    ['/jobs/yearly/pause', { until: '2020-01-01T00:00:00Z' }, 400, 'USAGE'],
    ['/jobs/yearly/pause', { until: '2999-02-30T00:00:00Z' }, 400, 'USAGE'],
    ['/jobs/yearly/pause', { until: '18:00' }, 400, 'USAGE'],
    ['/pause', { note: 'x'.repeat(1_001) }, 400, 'USAGE'],
    ['/jobs/yearly/resume', { note: 'x' }, 400, 'USAGE'],
    ['/jobs/yearly/skip', { at: 'sometimes' }, 400, 'USAGE'],
    ['/jobs/yearly/skip', { at: '2020-01-01T00:00Z' }, 409, 'CONFLICT'],
    ['/jobs/yearly/skip', { at: '2998-03-04' }, 409, 'CONFLICT'],
  ])('%s %j is refused', async (path, body, status, code) => {
    const made = await kept();
    expect(await made.ask('POST', path, body)).toMatchObject({ status, body: { code } });
    expect(made.bugs).toEqual([]);
    expect(await paused(made)).toEqual([]);
  });

  it('a namespace that there is not cannot be paused', async () => {
    const { ask } = await kept();
    expect(await ask('POST', '/../none/pause')).toMatchObject({ status: 404, body: { code: 'ID_UNKNOWN' } });
  });
});

it('is left to those who may operate', async () => {
  const { ask } = await keptRig('read');
  for (const path of ['/pause', '/resume', '/jobs/a/pause', '/jobs/a/resume', '/jobs/a/skip', '/runs/a/mark'])
    expect([path, (await ask('POST', path, {})).status]).toEqual([path, 403]);
});

it('asks a scheduler of this process what is due, and tells it at once', async () => {
  const time = createFakeClock(new Date('2026-01-01T00:00:01Z'));
  const one = await rig({ job: { when: 'every 1h' } }, { time, store: fileStore(() => time.now()) });
  const { get, post } = apiOf(one);
  const [job] = (await get('/namespaces/test/scheduler/jobs')).body as [{ nextDueAt: string }];
  const skipped = await post('/namespaces/test/jobs/job/skip');
  expect(skipped.body).toMatchObject({ kind: 'skip', skips: [{ at: job.nextDueAt }], told: [process.pid] });
  expect((await post('/namespaces/test/pause')).body).toMatchObject({ told: [process.pid] });
  await one.stop();
});
