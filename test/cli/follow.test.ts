/** What runs print, across the runs of a job, and runs that are asked for at a later time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { endShop, startShop } from '../support/shop.ts';

/** Each command takes a while where many do. */
const PATIENCE_MS = 180_000;

type Named = Readonly<Record<string, unknown>>;

const TABLE = `
meta: {namespace: shop}
tasks:
  say:
    when: every 1d
    params: {word: {default: none}}
    run: 'echo begin; echo WARN $SUPERTASK_ARG_WORD; echo end'
`;

function schedule(): Promise<Running> {
  writeFileSync(join(place().work, 'shop.yaml'), TABLE);
  return startShop();
}

async function json(...args: string[]): Promise<Named & Named[]> {
  return JSON.parse((await runCli([...args, '--json'])).stdout) as Named & Named[];
}

describe('logs of a job', { timeout: PATIENCE_MS }, () => {
  it('go on with its next runs with -f, and end with its scheduler', async () => {
    const scheduler = await schedule();
    const following = startCli(['logs', 'say', '-f', '--grep=^(WARN|end)']);
    await runCli(['trigger', 'say', '--wait']);
    await following.waitForLine('stdout', /end/);
    await runCli(['trigger', 'say', '--wait']);
    await endShop(scheduler);
    const { stdout, stderr, exitCode } = await following.exit;
    expect([stdout, stderr, exitCode]).toEqual(['WARN none\nend\n'.repeat(2), '', 0]);
  });

  it('are those of all its runs since an instant, and only lines that fit', async () => {
    for (let run = 0; run < 2; run++) await runCli(['run', '--name=twice', '--', 'echo one; echo two']);
    expect((await runCli(['logs', 'twice'])).stdout).toBe('one\ntwo\n');
    expect((await runCli(['logs', 'twice', '--since=1h'])).stdout).toBe('one\ntwo\none\ntwo\n');
    expect((await runCli(['logs', 'twice', '--since=1h', '--grep=w'])).stdout).toBe('two\ntwo\n');
    expect((await runCli(['logs', 'twice', '--since=2999-01-01'])).stdout).toBe('');
    expect((await runCli(['logs', 'twice', '--since=1h', '--grep=o$', '--tail=1'])).stdout).toBe('two\n');
  });

  it.each([
    ['--grep=(', /--grep "\(" is not a regular expression: .+ \[USAGE\]\nhint: /],
    ['--since=soon', /--since "?soon|"soon" is not a duration/],
  ])('with %s are a clear error', async (flag, message) => {
    const { stderr, exitCode } = await runCli(['logs', 'any', flag]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

describe('trigger --at', { timeout: PATIENCE_MS }, () => {
  it('has a run wait for an instant, also over a restart, until it is stopped', async () => {
    const scheduler = await schedule();
    const dry = await runCli(['trigger', 'say', '--at=2999-01-01T09:00', '--tz=Asia/Tokyo', '--dry-run']);
    expect(dry.stdout).toMatch(/^would ask the scheduler with pid \d+ to run say at 2999-01-01 00:00:00\n$/);
    const { kind, run } = (await json(
      'trigger',
      'say',
      '--at=2999-01-01T00:00',
      '--note=new',
    )) as unknown as {
      kind: string;
      run: { id: string };
    };
    expect(kind).toBe('waiting');
    expect(run).toMatchObject({ status: 'waiting', note: 'new', trigger: 'manual' });
    expect(run).toMatchObject({ evidence: { plannedFor: '2999-01-01T00:00:00.000Z' } });
    await endShop(scheduler);
    const next = await schedule();
    expect(await json('show', run.id)).toMatchObject({ status: 'waiting' });
    await runCli(['stop', run.id]);
    expect(await json('show', run.id)).toMatchObject({ status: 'skipped', reason: 'operator' });
    const soon = new Date(Date.now() + 1_500).toISOString();
    await runCli(['trigger', 'say', `--at=${soon}`, '--arg=word=later', '--wait']);
    const [last] = await json('list-runs', '--status=succeeded');
    expect(last).toMatchObject({ args: { word: 'later' }, trigger: 'manual', scheduledAt: soon });
    await endShop(next);
  });

  it('leaves the last run of the job the last one', async () => {
    const scheduler = await schedule();
    await runCli(['trigger', 'say', '--wait']);
    const [last] = await json('list-runs');
    const { run } = (await json('trigger', 'say', '--at=2999-01-01T00:00')) as unknown as {
      run: { id: string };
    };
    const planned = { run: run.id, at: '2999-01-01T00:00:00.000Z' };
    expect(await json('list-jobs')).toMatchObject([{ id: 'say', lastRun: last, planned }]);
    const shown = (await runCli(['show', 'say'])).stdout.split('\n')[0];
    expect(shown).toMatch(/^say last: succeeded in \S+, run \S+; planned for \S+, run \S+$/);
    expect(shown?.match(/run \S+(?=;)|for .*/g)).toEqual([
      `run ${last?.['id']}`,
      `for ${planned.at}, run ${run.id}`,
    ]);
    expect((await runCli(['why', 'say'])).stdout).toContain(`(run ${last?.['id']})`);
    const row = new RegExp(`^${run.id.slice(0, 18)} +say +waiting until 2999-01-01 00:00:00 +shop$`, 'm');
    expect((await runCli(['ps'])).stdout).toMatch(row);
    await runCli(['stop', run.id]);
    expect((await runCli(['why', 'say'])).stdout).toContain(`(run ${last?.['id']})`);
    await endShop(scheduler);
  });

  it.each([
    [['--at=2001-01-01T00:00'], 2, /--at "2001-01-01T00:00" is \S+ \S+, which has passed \[USAGE\]/],
    [['--at=noon'], 2, /--at: .*noon.*\[USAGE\]/],
    [['--at=12:00', '--file=shop.yaml'], 2, /both --file and --at are given \[USAGE\]/],
    [['--at=2999-01-01T00:00'], 1, /no scheduler that has the job "say" is running \[NOT_RUNNING\]/],
  ])('%j ends with %i', async (args, code, message) => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    await runCli(['trigger', 'say', '--file=shop.yaml']);
    const { stderr, exitCode } = await runCli(['trigger', 'say', ...args]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});
