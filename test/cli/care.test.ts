/** Looking after the bookkeeping: `prune`, `fsck`, `du` and `adopt`. */
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import { writeSegments } from '../../src/store/file/history.ts';
import { dueRun } from '../store/conformance.ts';
import { place, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

async function json(...args: string[]): Promise<Named & Named[]> {
  const result = await runCli([...args, '--json']);
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return JSON.parse(result.stdout) as Named & Named[];
}

/** Three runs that ended long ago. */
function keepOld(): void {
  const runs = [1, 2, 3].map(
    (day): Run => dueRun('old', `2024-05-0${day}T00:00:00Z`, { namespace: 'shop', status: 'succeeded' }),
  );
  writeSegments(join(place().state, 'namespaces/shop/history'), runs);
}

describe('prune', () => {
  it('says what it would remove, then removes it', async () => {
    await runCli(['run', '--ns=shop', '--name=now', '--', 'true']);
    keepOld();
    expect(await json('prune', '--dry-run')).toEqual({ dryRun: true, runs: 3, files: 0, bytes: 0 });
    expect((await runCli(['prune', '--dry-run', '--keep-age=9999d', '--keep-runs=3'])).stdout).toBe(
      'would remove 1 run and 0 files of output (0 B)\n',
    );
    expect(await json('list-runs')).toHaveLength(4);
    expect((await runCli(['prune'])).stdout).toBe('removed 3 runs and 0 files of output (0 B)\n');
    expect((await runCli(['prune', '--ns=shop'])).stdout).toBe('nothing is beyond the limits\n');
    expect(await json('list-runs')).toMatchObject([{ job: 'now' }]);
  });

  it.each([
    ['--keep-runs=0', '--keep-runs: "0" is not a number of runs to keep'],
    ['--keep-age=90', '--keep-age: the duration "90" has no unit'],
    ['--keep-bytes=much', '--keep-bytes: "much" is not an amount of data'],
  ])('refuses %s', async (flag, message) => {
    expect(await runCli(['prune', flag])).toMatchObject({
      stderr: expect.stringContaining(`error: ${message} [USAGE]\nhint: `),
      exitCode: 2,
    });
  });
});

describe('fsck', () => {
  const journal = () => {
    const directory = join(place().state, 'namespaces/shop/journal');
    return join(directory, readdirSync(directory)[0] ?? '');
  };

  it('is content with what is whole, and with nothing at all', async () => {
    expect(await runCli(['fsck'])).toMatchObject({ stdout: 'clean\n', stderr: '', exitCode: 0 });
    await runCli(['run', '--ns=shop', '--', 'true']);
    expect(await runCli(['fsck'])).toMatchObject({ stdout: 'clean\n', stderr: '', exitCode: 0 });
  });

  it('says what is wrong, where, and what mends it; then mends it', async () => {
    await runCli(['run', '--ns=shop', '--name=greet', '--', 'echo hello']);
    const path = journal();
    appendFileSync(path, 'torn{');
    const found = await runCli(['fsck']);
    expect(found.stdout).toMatch(
      new RegExp(
        `^problem: ${path}: 1 line cannot be read, the first at byte \\d+: torn by a kill or a full disk, or damaged; the other lines are whole\\.\n1 problem; supertask fsck --repair mends what can be mended\n$`,
      ),
    );
    expect(found.exitCode).toBe(1);
    const told = await runCli(['fsck', '--json']);
    expect(told.exitCode).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({
      clean: false,
      findings: [{ kind: 'bad-lines', level: 'problem', path, count: 1, offset: expect.any(Number) }],
      repairs: [],
    });
    const mended = await runCli(['fsck', '--repair']);
    expect(mended.stdout).toMatch(
      /^repaired: .*handed on without 1 line that is no record.*\nnote: .*put aside and kept\. When you need nothing of it, remove it\.\nclean\n$/,
    );
    expect(mended.exitCode).toBe(0);
    expect((await runCli(['fsck'])).exitCode).toBe(0);
    expect(await json('list-runs')).toMatchObject([{ job: 'greet', status: 'succeeded' }]);
    expect((await runCli(['logs', 'greet'])).stdout).toBe('hello\n');
  });
});

it('du tells what takes the room, by namespace', async () => {
  await runCli(['run', '--ns=shop', '--', 'printf hello']);
  await runCli(['run', '--ns=mill', '--', 'true']);
  const [mill, shop] = await json('du');
  expect(mill).toMatchObject({ namespace: 'mill', runs: 1, output: { bytes: 0 } });
  expect(shop).toMatchObject({ namespace: 'shop', runs: 1, journals: { files: 1 } });
  const { stdout } = await runCli(['du', '--ns=shop']);
  expect(stdout).toMatch(
    /^NAMESPACE +RUNS +JOURNALS +HISTORY +OUTPUT +OTHERS +TOTAL +ON DISK +FILES +SOURCE\nshop +1 +[\d.]+ \w+ +0 B +\d+ B +/,
  );
});

describe('a source whose host has another name now', () => {
  async function runAs(host: string): Promise<string> {
    const running = startCli(['run', '--host-id', host, '--file=t.yaml']);
    await running.waitForLine('stderr', /succeeded/);
    if (host !== 'c1') await running.waitForLine('stderr', /SUPERTASK_HOST/);
    running.signal('SIGTERM');
    return (await running.exit).stderr;
  }

  it('hears of its past, adopts it, and goes on with it', async () => {
    const { work } = place();
    writeFileSync(join(work, 't.yaml'), 'tasks:\n  beat: {run: echo beat, when: every 1h from start}\n');
    await runAs('c1');
    const [old] = await json('list-namespaces');
    const told = await runAs('c2');
    const prefix = String(old?.['id']).slice(0, 12);
    expect(told).toContain(
      `warning: this source starts anew under the host name c2; its past (1 run since ${new Date().toISOString().slice(0, 10)}) is that of host c1. To take it over: supertask adopt ${prefix}. To keep one name for good: --host-id=c1 or SUPERTASK_HOST=c1\n`,
    );
    const adopted = await runCli(['adopt', prefix, '--host-id=c2']);
    expect(adopted).toMatchObject({ stderr: '', exitCode: 0 });
    expect(adopted.stdout).toMatch(
      new RegExp(
        `^namespace ${prefix} is part of [0-9a-f]{12} now: 1 run of 1 job, with \\d files of output\n$`,
      ),
    );
    expect(await json('list-namespaces')).toMatchObject([
      { host: 'c2', jobs: 1, runs: 2, adopted: [{ id: old?.['id'], host: 'c1' }] },
    ]);
    const runs = await json('list-runs');
    expect(runs).toHaveLength(2);
    for (const { id } of runs) expect((await runCli(['logs', String(id)])).stdout).toBe('beat\n');
    expect((await runCli(['adopt', prefix, '--host-id=c2'])).stdout).toMatch(/ already\n$/);
    expect((await runCli(['fsck'])).stdout).toBe('clean\n');
  });

  it('is not joined with another source by mistake, nor while it is in use', async () => {
    await runCli(['run', '--ns=shop', '--', 'true']);
    const running = startCli(['run', '--ns=busy', '--when=@yearly', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    expect(await runCli(['adopt', 'busy', '--ns=shop'])).toMatchObject({
      stderr: expect.stringContaining(
        `error: a supertask (pid ${running.pid}) uses namespace busy [ALREADY_RUNNING]`,
      ),
      exitCode: 75,
    });
    running.signal('SIGTERM');
    await running.exit;
    writeFileSync(join(place().work, 'supertask.yaml'), 'tasks: {a: {run: "true"}}\n');
    expect(await runCli(['adopt', 'shop'])).toMatchObject({
      stderr: expect.stringMatching(
        /^error: namespace shop is of .* cmd:true, not of .*supertask\.yaml \[USAGE\]\nhint: If its past belongs to this source: supertask adopt shop --ns=[0-9a-f]{32}\n$/,
      ),
      exitCode: 2,
    });
    expect((await runCli(['adopt', 'busy', '--ns=shop'])).exitCode).toBe(0);
    expect((await runCli(['adopt', 'nobody'])).stderr).toContain(
      'no namespace is called "nobody" [ID_UNKNOWN]',
    );
    expect((await runCli(['adopt', 'shop', '--ns=shop'])).stderr).toContain('[USAGE]');
  });
});
