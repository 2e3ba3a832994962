/** What completion offers, as shells are told. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../../support/cli.ts';

/** The values and directives for a line whose last word is being typed. */
async function ask(line: string, options: { readonly cwd?: string } = {}): Promise<string[]> {
  const words = line.split(' ');
  const current = words.pop() ?? '';
  const { stdout, stderr, exitCode } = await runCli(
    ['__complete', `--current=${current}`, '--', ...words],
    options,
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((each) => each.replace(/\t.*/, ''));
}

describe('the answer to Tab', () => {
  it.each([
    ['chec', ['check', ':']],
    ['job', ['jobs', ':']],
    ['help chec', ['check', ':']],
    ['list-runs --job', ['--job', ':']],
    ['jobs --st', ['--state-dir', ':']],
    ['run --color=a', ['--color=auto', '--color=always', ':']],
    ['run --color a', ['auto', 'always', ':']],
    ['run --missed l', ['latest', ':']],
    ['runs --status failed,ski', ['failed,skipped', ':']],
    ['stop --signal I', ['INT', ':']],
    ['schema list-r', ['list-runs', ':']],
    ['check ', [':files']],
    ['run --cwd ', [':directories']],
    ['run -- ./prog ', [':files']],
    ['explain --tz=Europe/Berli', ['--tz=Europe/Berlin', ':']],
    ['next --count ', [':']],
    ['no-such-command --x', [':']],
  ])('%s', async (line, answer) => {
    expect(await ask(line)).toEqual(answer);
  });

  it('does not offer a flag again that may be given once', async () => {
    const offered = await ask('run --json --env A=1 -');
    expect([offered.includes('--json'), offered.includes('--env')]).toEqual([false, true]);
  });

  it('never offers what is hidden', async () => {
    expect((await ask('')).filter((word) => word.startsWith('_'))).toEqual([]);
    expect(await ask('_')).toEqual([':']);
  });

  it('offers jobs, runs and namespaces of the bookkeeping', async () => {
    await runCli(['run', '--ns=shop', '--name=backup', '--', 'cmd:true']);
    await runCli(['run', '--ns=other', '--name=report', '--', 'cmd:true']);
    expect((await ask('trigger ')).sort()).toEqual([':', 'backup', 'report']);
    expect(await ask('trigger --ns=shop ')).toEqual(['backup', ':']);
    expect(await ask('list-jobs --ns ')).toEqual(expect.arrayContaining(['shop', 'other']));
    const [run = ''] = await ask('logs --ns=shop 0');
    const { stdout } = await runCli(['show', run, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ job: 'backup' });
    expect(await ask(`logs ${run}0`)).toEqual([':']);
  });

  it('offers to stop what is going', async () => {
    await runCli(['run', '--ns=shop', '--name=over', '--', 'cmd:true']);
    const running = startCli(['run', '--ns=shop', '--name=slow', '--', 'cmd:echo ready; sleep 60']);
    await running.waitForLine('stdout', /ready/);
    expect(await ask('stop ')).toEqual(['slow', expect.stringMatching(/^[0-9a-f-]{18}$/), 'shop', ':']);
    running.signal('SIGTERM');
    await running.exit;
  });

  it('reads the bookkeeping only where an id is wanted', async () => {
    mkdirSync(place().state, { recursive: true });
    writeFileSync(join(place().state, 'namespaces'), 'no directory');
    expect(await ask('chec')).toEqual(['check', ':']);
    expect(await ask('run --ov')).toEqual(['--overlap', ':']);
  });

  it('says nothing where the bookkeeping cannot be read', async () => {
    mkdirSync(join(place().home, '.local/state'), { recursive: true });
    writeFileSync(place().state, 'no directory');
    chmodSync(place().state, 0o600);
    expect((await ask('show ')).at(-1)).toMatch(/^:?$/);
  });
});
