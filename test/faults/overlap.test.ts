/** Schedulers side by side, and those that were killed: who may run while a run of the job is going. */
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { type RunRecord, recordsOf, startedIn, untilRecords } from '../support/record.ts';
import { end, expectUnique, start, table } from '../support/schedule-run.ts';

type Span = { readonly from: number; readonly to: number };

function spansOf(records: readonly RunRecord[]): Span[] {
  return startedIn(records).map(({ startedAt, endedAt }) => ({
    from: Date.parse(startedAt ?? ''),
    to: endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt),
  }));
}

/** The highest number of runs that lived at the same time. */
function mostAtOnce(records: readonly RunRecord[]): number {
  const spans = spansOf(records);
  return Math.max(
    ...spans.map(({ from }) => spans.filter((span) => span.from <= from && from < span.to).length),
  );
}

async function three(
  policy: string,
): Promise<{ all: readonly Running[]; records: () => Promise<RunRecord[]> }> {
  const flags = ['run', '--file=table.yaml', `--ns=${policy}`, '--join', `--overlap=${policy}`];
  const all = [0, 1, 2].map(() => startCli(flags));
  for (const each of all) await each.waitForLine('stderr', /next /);
  return { all, records: () => recordsOf(undefined, { SUPERTASK_NS: policy }) };
}

async function stopAll(all: readonly Running[]): Promise<void> {
  for (const each of all) each.signal('SIGTERM');
  for (const each of all) expect(await each.exit).toMatchObject({ exitCode: 0 });
}

describe('three schedulers of one timetable, and a job that takes longer than its period', () => {
  it('P7: keep to each overlap policy over all of them', async () => {
    table('tasks: {long: {when: every 1s, run: "exec:sleep 2.5"}}');
    const policies = ['skip', 'queue', 'parallel', 'replace'] as const;
    const crews = await Promise.all(policies.map(async (policy) => ({ policy, ...(await three(policy)) })));
    await expect
      .poll(
        async () =>
          Math.min(
            ...(await Promise.all(
              crews.map(
                async ({ records }) =>
                  startedIn(await records()).filter(({ endedAt }) => endedAt !== null).length,
              ),
            )),
          ),
        { timeout: 40_000, interval: 500 },
      )
      .toBeGreaterThanOrEqual(3);
    const told = Object.fromEntries(
      await Promise.all(crews.map(async ({ policy, records }) => [policy, await records()] as const)),
    );
    await stopAll(crews.flatMap(({ all }) => all));
    for (const policy of policies) {
      const records = told[policy] ?? [];
      expectUnique(records);
      const moments = records.map(({ scheduledAt }) => scheduledAt);
      expect(new Set(moments).size, policy).toBe(moments.length);
    }
    const most = policies.map((policy) => mostAtOnce(told[policy] ?? []));
    expect(most[0]).toBe(1);
    expect(most[1]).toBe(1);
    expect(most[2]).toBeGreaterThanOrEqual(2);
    expect(most[3]).toBe(1);
    const ends = (policy: string) =>
      new Set((told[policy] ?? []).map(({ status, reason }) => `${status} ${reason}`));
    expect(ends('skip')).toContain('skipped overlap');
    expect(ends('queue')).toContain('skipped overlap');
    expect(ends('parallel')).not.toContain('skipped overlap');
    expect(ends('replace')).toContain('failed stopped');
    expect(ends('replace')).not.toContain('failed signal');
    const waited = startedIn(told['queue'] ?? []).filter(
      ({ startedAt, scheduledAt }) => Date.parse(startedAt ?? '') - Date.parse(scheduledAt) > 1_000,
    );
    expect(waited.length).toBeGreaterThan(0);
  }, 90_000);
});

describe('a run that outlives its scheduler', () => {
  it('P17: is in the way of the next ones until it ends, and then the job goes on', async () => {
    table('tasks: {long: {when: every 1s, run: "exec:sleep 5"}}');
    const first = start(undefined);
    await first.waitForLine('stderr', /long started/);
    const [orphan] = await untilRecords((all) => all.some(({ status }) => status === 'running'));
    first.signal('SIGKILL');
    await first.exit;
    const second = start(undefined);
    const records = await untilRecords((all) => startedIn(all).length >= 2);
    const next = startedIn(records).at(-1);
    const between = records.filter(
      ({ scheduledAt }) =>
        scheduledAt > (orphan?.scheduledAt ?? '') && scheduledAt < (next?.scheduledAt ?? ''),
    );
    const isInTheWay = ({ status, evidence }: RunRecord): boolean =>
      status === 'skipped' && evidence?.['run'] === orphan?.id;
    expect(between.filter(isInTheWay).length).toBeGreaterThanOrEqual(2);
    expect(records.find(({ id }) => id === orphan?.id)).toMatchObject({ status: 'errored', reason: 'lost' });
    await end(second);
  });

  it('P15: is ended when it is to be replaced', async () => {
    table(`tasks: {long: {when: every 2s, overlap: replace, run: 'cmd:sleep 300 & sleep 300'}}`);
    const first = start(undefined);
    await first.waitForLine('stderr', /long started/);
    const [orphan] = await untilRecords((all) => all.some(({ status }) => status === 'running'));
    first.signal('SIGKILL');
    await first.exit;
    const second = start(undefined);
    const records = await untilRecords((all) => startedIn(all).some(({ id }) => id !== orphan?.id));
    expect(records.find(({ id }) => id === orphan?.id)?.status).toMatch(/errored|running|stopping/);
    await end(second);
    const { stdout } = await runCli(['list-runs', '--json', '--status=errored'], { cwd: place().work });
    expect(JSON.parse(stdout)).toMatchObject([{ id: orphan?.id, reason: 'lost' }]);
  });
});
