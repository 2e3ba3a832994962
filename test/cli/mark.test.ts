/** What somebody says of runs that are over, from the bookkeeping alone and beside a scheduler. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

type RunRecord = Readonly<Record<string, unknown>> & { readonly id: string; readonly status: string };

const PATIENCE_MS = 60_000;

async function list(...args: string[]): Promise<RunRecord[]> {
  return JSON.parse((await runCli(['list-runs', ...args, '--json'])).stdout) as RunRecord[];
}

describe('mark', { timeout: PATIENCE_MS }, () => {
  it('gives a run another outcome, and keeps the one that it had', async () => {
    await runCli(['run', '--name=copy', '--', 'echo no room; exit 3']);
    const [run] = await list();
    const id = run?.id ?? '';
    const dry = await runCli(['mark', id, 'succeeded', '--dry-run']);
    expect(dry.stdout).toMatch(
      /^would mark copy run \S+: succeeded, as \S+ pid \d+ said; by itself it failed: exit/,
    );
    expect(await list()).toEqual([run]);
    const { stdout, exitCode } = await runCli(['mark', id, 'succeeded', '--note=by hand']);
    expect(stdout).toMatch(
      /^copy run \S+: succeeded, as \S+ pid \d+ said \(by hand\); by itself it failed: exit code 3/,
    );
    expect(exitCode).toBe(0);
    const original = { status: 'failed', reason: 'exit-code', exitCode: 3, signal: null, message: null };
    const [marked] = await list('--status=succeeded');
    expect(marked).toMatchObject({
      reason: 'marked',
      marked: { status: 'succeeded', note: 'by hand', original },
    });
    expect(await list('--status=failed')).toEqual([]);
    expect((await runCli(['show', id])).stdout).toMatch(
      /^copy succeeded, as .+; by itself it failed: exit code 3/,
    );
    expect(await runCli(['wait', id])).toMatchObject({ exitCode: 0 });
    expect((await runCli(['logs', id])).stdout).toBe('no room\n');
    expect((await runCli(['mark', id, 'succeeded'])).stdout).toMatch(/ is succeeded already: /);
    await runCli(['mark', id, 'failed', '--note=it was not']);
    expect(await list()).toMatchObject([
      { status: 'failed', durationMs: run?.['durationMs'], marked: { original } },
    ]);
    expect(await runCli(['wait', id])).toMatchObject({ exitCode: 1 });
    expect(await runCli(['fsck'])).toMatchObject({ exitCode: 0 });
  });

  it('lets a task go on that waits for the run', async () => {
    const table = `
meta: {namespace: shop}
tasks:
  first: {when: once, run: exit 1}
  second: {when: once, after: first, wait: {max: 1h, every: 200ms}, run: touch done}
`;
    writeFileSync(join(place().work, 'shop.yaml'), table);
    const scheduler = startCli(['run', '--file=shop.yaml']);
    await expect.poll(() => list('--status=failed'), { timeout: PATIENCE_MS }).toHaveLength(1);
    await expect.poll(() => list('--status=waiting'), { timeout: PATIENCE_MS }).toHaveLength(1);
    const [failed] = await list('--status=failed');
    await runCli(['mark', failed?.id ?? '', 'succeeded']);
    await expect
      .poll(() => list('--job=second', '--status=succeeded'), { timeout: PATIENCE_MS })
      .toHaveLength(1);
    await scheduler.exit;
    expect(readFileSync(join(place().work, 'done'), 'utf8')).toBe('');
  });

  it('is refused while the run goes on, and for what is no run', async () => {
    const going = startCli(['run', '--name=long', '--', 'echo go; sleep 600']);
    await going.waitForLine('stdout', /go/);
    const [run] = await list();
    const refused = await runCli(['mark', run?.id ?? '', 'failed']);
    expect(refused.stderr).toMatch(
      /^error: run \S+ of long is running: it has no outcome yet \[CONFLICT\]\nhint: /,
    );
    expect(refused.exitCode).toBe(1);
    going.signal('SIGTERM');
    await going.exit;
    const job = await runCli(['mark', 'long', 'failed']);
    expect(job.stderr).toMatch(
      /"long" is a job, and one of its runs is meant \[ID_UNKNOWN\]\nhint: Its newest is [0-9a-f-]{36}/,
    );
    const word = await runCli(['mark', run?.id ?? '', 'fine']);
    expect(word.stderr).toMatch(/"fine" is not an outcome that a run can be given \[USAGE\]/);
    expect([job.exitCode, word.exitCode]).toEqual([2, 2]);
  });
});
