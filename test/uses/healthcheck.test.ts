import { expect, it } from 'vitest';
import type { Json } from '../../src/model/json.js';
import type { RunEvent } from '../../src/model/uses/event.js';
import { FAILED, serve, use } from '../support/loopback.js';

const RID = `?rid=${FAILED.runId}`;

async function pinged(configuration: { readonly [key: string]: Json }, event?: RunEvent) {
  const site = await serve((_, response) => response.end('OK'));
  const env = { SUPERTASK_RUN_ID: FAILED.runId };
  const told = event === undefined ? {} : { event };
  const done = await use('healthcheck', { url: `${site.url}/uuid`, ...configuration }, { env, ...told });
  return { done, request: site.received[0] };
}

it.each<[string, Partial<RunEvent>]>([
  [`/uuid/3${RID}`, {}],
  [`/uuid/fail${RID}`, { reason: 'signal', exitCode: undefined as never, signal: 'SIGKILL' }],
  [`/uuid/fail${RID}`, { status: 'missed', reason: 'down', exitCode: 0 }],
  [`/uuid${RID}`, { status: 'succeeded', exitCode: 0 }],
  [`/uuid/start${RID}`, { status: 'running' }],
  [`/uuid/log${RID}`, { status: 'skipped', reason: 'overlap' }],
])('pings %s for a run that is %j', async (path, changes) => {
  const { done, request } = await pinged({}, { ...FAILED, ...changes });
  expect(done.outcome).toEqual({ status: 'succeeded', exitCode: 0 });
  expect(request).toMatchObject({ method: 'POST', path });
});

it('sends facts and the end of the output along', async () => {
  const { request } = await pinged({}, FAILED);
  expect(request?.body).toMatch(
    /^backup failed \(exit 3\) on web1\ndue: .*\nrun: .*\n\ndumping shop\npg_dump: <conn/s,
  );
});

it.each<[Record<string, Json>, string, string]>([
  [{}, `/uuid${RID}`, ''],
  [{ signal: 'start', 'run-id': false }, '/uuid/start', ''],
  [{ signal: 'failure', 'exit-code': 7, text: 'no space' }, `/uuid/7${RID}`, 'no space'],
  [{ signal: 'failure', 'exit-code': 0 }, `/uuid/fail${RID}`, ''],
  [{ signal: 'log', text: 'x'.repeat(20_000) }, `/uuid/log${RID}`, 'x'.repeat(10_000)],
])('as a step pings what it is told: %j', async (configuration, path, body) => {
  const { request } = await pinged(configuration);
  expect(request).toMatchObject({ path, body });
});

it.each([
  [200, 'OK (not found)', 1],
  [404, 'not found', 1],
  [503, '', 75],
])('fails when the watcher answers %i %s', async (status, said, exitCode) => {
  const { url } = await serve((_, response) => response.writeHead(status).end(said));
  const { outcome, stderr } = await use('healthcheck', { url: `${url}/tell-nobody` });
  expect([outcome.exitCode, stderr.includes(said)]).toEqual([exitCode, true]);
  expect(stderr).toContain(`ping "success" to ${url}: `);
  expect(stderr).not.toContain('tell-nobody');
});
