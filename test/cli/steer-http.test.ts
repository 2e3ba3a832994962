/** Steering by requests to a server in another process than the scheduler's. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/app/parts.ts';
import { place, runCli, startCli } from '../support/cli.ts';
import { apiOver } from '../support/control.ts';

type Named = Readonly<Record<string, unknown>>;

const TABLE = `
meta: {namespace: shop}
tasks:
  tick: {when: every 1s, run: echo tick}
  yearly: {when: "0 0 1 1 *", run: 'false'}
`;

it('a scheduler knows at once what is paused, resumed and skipped, and runs again what failed', async () => {
  writeFileSync(join(place().work, 'shop.yaml'), TABLE);
  const scheduler = startCli(['run', '--file=shop.yaml']);
  await scheduler.waitForLine('stdout', /tick/);
  const store = openStore(place().state);
  const { post, get, bugs } = apiOver(store, { now: () => new Date() });
  const of = (path: string): string => `/namespaces/shop${path}`;
  await expect.poll(async () => (await store.controls('shop')).length, { timeout: 10_000 }).toBe(1);
  const [{ process: known } = { process: undefined }] = await store.schedulers('shop');

  const paused = await post(of('/jobs/tick/pause'), { for: '1h', note: 'so' });
  expect(paused.body).toMatchObject({ kind: 'paused', told: [known?.pid] });
  await scheduler.waitForLine('stderr', /tick skipped: the job was paused by ada since \S+ until \S+ \(so\)/);
  expect((await post(of('/jobs/tick/resume'))).body).toMatchObject({ kind: 'resumed', told: [known?.pid] });
  const before = scheduler.output('stdout').split('tick').length;
  await expect
    .poll(() => scheduler.output('stdout').split('tick').length, { timeout: 10_000 })
    .toBeGreaterThan(before);

  const skipped = await post(of('/jobs/yearly/skip'));
  const [{ at }] = (skipped.body as { skips: [{ at: string }] }).skips;
  const why = await runCli(['why', 'yearly', at, '--ns=shop', '--json']);
  expect(JSON.parse(why.stdout)).toMatchObject({ verdict: 'to-skip' });

  await runCli(['trigger', 'yearly', '--ns=shop', '--wait']);
  const { body } = await get('/runs?job=yearly&status=failed');
  const [failed] = (body as { items: [Named & { id: string }] }).items;
  const again = await post(of(`/runs/${failed.id}/rerun`), { exact: true, note: 'once more' });
  expect(again).toMatchObject({ status: 201, body: { kind: 'started', run: { cause: { run: failed.id } } } });
  const marked = await post(of(`/runs/${failed.id}/mark`), { status: 'succeeded' });
  expect(marked).toMatchObject({ status: 200, body: { kind: 'marked', run: { status: 'succeeded' } } });
  expect((await runCli(['show', failed.id, '--json'])).stdout).toContain('"succeeded"');

  scheduler.signal('SIGTERM');
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
  expect(await post(of(`/runs/${failed.id}/rerun`))).toMatchObject({
    status: 409,
    body: { code: 'NOT_RUNNING' },
  });
  expect(bugs).toEqual([]);
  expect(await runCli(['fsck'])).toMatchObject({ exitCode: 0 });
}, 90_000);
