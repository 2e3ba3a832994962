/** Giving runs another outcome and running them again, by requests. */
import { expect, it, onTestFinished } from 'vitest';
import { type ApiRig, apiOf } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';
import { rig } from '../support/rig.ts';

type Named = Readonly<Record<string, unknown>>;

/** A scheduler with a run that has failed, one that goes on, and one that was skipped. */
async function past(): Promise<ApiRig & { readonly ids: Readonly<Record<string, string>> }> {
  const one = await rig({ job: { when: 'every 10s' } }, { at: '2026-01-01T00:00:01Z', store: fileStore() });
  onTestFinished(async () => void (await one.stop()));
  // The bookkeeping is on a real disk, which takes its own time.
  const reach = (status: string) =>
    expect.poll(async () => (await one.runs()).map((run) => run.status)).toContain(status);
  await one.time.advance(10_000);
  await reach('running');
  await one.executor.finish({ status: 'failed', reason: 'exit-code', exitCode: 3 });
  await reach('failed');
  await expect.poll(() => one.engine.live()).toEqual([]);
  await one.time.advance(10_000);
  await reach('running');
  await one.time.advance(10_000);
  await reach('skipped');
  const runs = await one.runs();
  return { ...apiOf(one), ids: Object.fromEntries(runs.map(({ id, status }) => [status, id])) };
}

const at = (run: string | undefined, verb: string): string => `/namespaces/test/runs/${run}/${verb}`;

it('a run that has ended is marked, in the name of who asks', async () => {
  const { post, get, ids } = await past();
  const marked = await post(at(ids['failed'], 'mark'), { status: 'succeeded', note: 'by hand' });
  expect(marked).toMatchObject({
    status: 200,
    body: { kind: 'marked', run: { status: 'succeeded', marked: { by: 'ada', note: 'by hand' } } },
  });
  expect((await get(`/namespaces/test/runs/${ids['failed']}`)).body).toEqual((marked.body as Named)['run']);
  expect((await post(at(ids['failed'], 'mark'), { status: 'succeeded' })).body).toMatchObject({
    kind: 'unchanged',
  });
});

it('a run is run again, and what became of it stands in both', async () => {
  const { post, ids } = await past();
  // The other one is going: the policy of the job counts.
  const again = await post(at(ids['failed'], 'rerun'), { note: 'once more', exact: false });
  expect(again).toMatchObject({
    status: 201,
    body: {
      kind: 'skipped',
      run: { trigger: 'rerun', cause: { run: ids['failed'], kind: 'rerun' }, by: 'ada' },
    },
  });
});

it.each([
  ['failed', 'mark', {}, 400, 'USAGE'],
  ['failed', 'mark', { status: 'skipped' }, 400, 'USAGE'],
  ['failed', 'mark', { status: 'failed', note: 'x'.repeat(1_001) }, 400, 'USAGE'],
  ['running', 'mark', { status: 'failed' }, 409, 'CONFLICT'],
  ['skipped', 'mark', { status: 'failed' }, 409, 'CONFLICT'],
  ['none', 'mark', { status: 'failed' }, 404, 'ID_UNKNOWN'],
  ['running', 'rerun', {}, 409, 'CONFLICT'],
  ['none', 'rerun', {}, 404, 'ID_UNKNOWN'],
  ['failed', 'rerun', { args: [] }, 400, 'USAGE'],
  ['failed', 'rerun', { args: { day: 1 } }, 400, 'ARGS_INVALID'],
  ['failed', 'rerun', { args: {}, exact: true }, 400, 'USAGE'],
  // What it was is not known: the jobs of this rig have no digests.
  ['failed', 'rerun', { exact: true }, 409, 'CONFLICT'],
])('of a run that is %s: %s %j is refused', async (which, verb, body, status, code) => {
  const { post, ids, bugs } = await past();
  const answer = await post(at(ids[which] ?? '0191-none', verb), body);
  expect(answer).toMatchObject({ status, body: { code } });
  expect(bugs).toEqual([]);
});

it('how an id begins is enough, where only one begins so', async () => {
  const { post, ids } = await past();
  const [failed = '', running = ''] = [ids['failed'], ids['running']];
  const shared = [...failed].findIndex((letter, index) => letter !== running[index]);
  expect(await post(at(failed.slice(0, shared), 'mark'), { status: 'succeeded' })).toMatchObject({
    status: 409,
    body: { code: 'ID_AMBIGUOUS' },
  });
  expect(await post(at(failed.slice(0, -1), 'mark'), { status: 'succeeded' })).toMatchObject({ status: 200 });
});
