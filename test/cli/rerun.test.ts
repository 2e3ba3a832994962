/** Running again what has run, by its scheduler and without one. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';
import { endShop, startShop } from '../support/shop.ts';

type RunRecord = Readonly<Record<string, unknown>> & { readonly id: string };

const PATIENCE_MS = 90_000;

function table(line: string): string {
  return `
meta: {namespace: shop}
tasks:
  say:
    when: every 1d
    params: {word: {default: none}}
    run: '${line} $SUPERTASK_ARG_WORD $DAY'
    env: {DAY: '\${{ run.scheduled_at.format("HH:mm:ss.SSS") }}'}
`;
}

function write(line = 'echo'): void {
  writeFileSync(join(place().work, 'shop.yaml'), table(line));
}

async function list(): Promise<RunRecord[]> {
  return JSON.parse((await runCli(['list-runs', '--json'])).stdout) as RunRecord[];
}

/** A program that edits a file in the place of somebody. */
function editor(script: string): { readonly EDITOR: string } {
  const path = join(place().home, 'editor');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return { EDITOR: path };
}

describe('rerun', { timeout: PATIENCE_MS }, () => {
  it('has the scheduler run the job again, with its arguments and its instant', async () => {
    write();
    const scheduler = await startShop(['--no-watch']);
    await runCli(['trigger', 'say', '--arg=word=one', '--wait']);
    const [first] = await list();
    const { stdout, exitCode } = await runCli(['rerun', first?.id ?? '', '--note=again', '--follow']);
    expect(stdout).toBe((await runCli(['logs', first?.id ?? ''])).stdout);
    expect(stdout).toMatch(/^one \d\d:/);
    expect(exitCode).toBe(0);
    const [second, ...others] = await list();
    expect(others).toEqual([first]);
    expect(second).toMatchObject({
      job: first?.['job'],
      args: { word: 'one' },
      trigger: 'rerun',
      cause: { run: first?.id, kind: 'rerun' },
      note: 'again',
      scheduledAt: first?.['scheduledAt'],
      status: 'succeeded',
    });
    expect((await runCli(['show', first?.id ?? ''])).stdout).toContain(`Led to:\n  ${second?.id}`);
    expect((await runCli(['show', second?.id ?? ''])).stdout).toContain(`Led by:\n  ${first?.id}`);
    const same = await runCli(['rerun', second?.id ?? '', '--exact', '--wait']);
    expect(same.stderr).toMatch(/is not kept \[CONFLICT\]\nhint: /);
    expect(same.exitCode).toBe(1);
    await endShop(scheduler);
  });

  it('runs only what is as it was with --exact', async () => {
    write();
    const scheduler = await startShop(['--no-watch']);
    await runCli(['trigger', 'say', '--wait']);
    const [first] = await list();
    expect(await runCli(['rerun', first?.id ?? '', '--exact', '--wait'])).toMatchObject({ exitCode: 0 });
    await endShop(scheduler);
    expect((await runCli(['rerun', first?.id ?? '', '--exact'])).stdout).toMatch(/^none /);
    write('echo new');
    const changed = await runCli(['rerun', first?.id ?? '', '--exact']);
    expect(changed.stderr).toMatch(
      /^error: say has been changed since run \S+ began \[CONFLICT\]\nhint: Only its words are kept: it ran cmd:echo /,
    );
    expect(changed.exitCode).toBe(1);
    expect((await runCli(['rerun', first?.id ?? ''])).stdout).toMatch(/^new none /);
    expect(await list()).toHaveLength(4);
  });

  it('takes what is saved in an editor, and runs nothing where that is nothing', async () => {
    write();
    await runCli(['trigger', 'say', '--file=shop.yaml', '--arg=word=one']);
    const [first] = await list();
    const id = first?.id ?? '';
    for (const script of [':', ': > "$1"']) {
      const { stdout, exitCode } = await runCli(['rerun', id, '--edit'], { env: editor(script) });
      expect(stdout).toBe('nothing was run: the file was left as it was, or empty\n');
      expect(exitCode).toBe(1);
    }
    const failed = await runCli(['rerun', id, '--edit'], { env: editor('exit 3') });
    expect(failed.stderr).toMatch(/the editor ended with 3, and nothing was run: \S+ \[CONFLICT\]/);
    const wrong = await runCli(['rerun', id, '--edit'], { env: editor('echo "arguments: {}" > "$1"') });
    expect(wrong.stderr).toMatch(/there is no key "arguments" \[USAGE\]/);
    expect(await list()).toHaveLength(1);
    const edited = await runCli(['rerun', id, '--edit'], { env: editor('sed -i s/one/two/ "$1"') });
    expect(edited.stdout).toMatch(/^two /);
    expect((await list())[0]).toMatchObject({ args: { word: 'two' }, cause: { run: id } });
  });

  it('is refused for what goes on, and where there is nothing to run it from', async () => {
    const going = startCli(['run', '--name=long', '--', 'echo go; sleep 600']);
    await going.waitForLine('stdout', /go/);
    const [run] = await list();
    const live = await runCli(['rerun', run?.id ?? '']);
    expect(live.stderr).toMatch(/^error: run \S+ of long is running \[CONFLICT\]\nhint: /);
    going.signal('SIGTERM');
    await going.exit;
    await runCli(['run', '--file=-'], { input: 'tasks: {piped: {run: "true"}}' });
    const gone = await runCli(['rerun', (await list())[0]?.id ?? '']);
    expect(gone.stderr).toMatch(/no scheduler that has the job "piped" is running \[NOT_RUNNING\]\nhint: /);
    const both = await runCli(['rerun', run?.id ?? '', '--edit', '--exact']);
    expect([live.exitCode, gone.exitCode, both.exitCode]).toEqual([1, 1, 2]);
  });
});

describe('rerun of what was given on a command line', { timeout: PATIENCE_MS }, () => {
  const again = async (...args: readonly string[]) => {
    const [first] = await list();
    return runCli(['rerun', first?.id ?? '', ...args], { cwd: place().home });
  };

  it('runs the same words in the same directory, with the same flags', async () => {
    const { work } = place();
    mkdirSync(join(work, 'inner'));
    writeFileSync(join(work, 'vars'), 'COLOUR=red\n');
    const line = 'echo "$PWD $COLOUR $SUPERTASK_JOB"; printf "[%s]"';
    const flags = ['--name=Two words', '--cwd=inner', '--env-file=vars', '--timeout=50s', '--when=once'];
    const first = await runCli(['run', ...flags, '--', line, 'a  b', '$HOME']);
    expect(first.stdout).toBe(`${join(work, 'inner')} red Two-words\n[a  b][$HOME]`);
    expect(await again()).toMatchObject({ stdout: first.stdout, exitCode: 0 });
    const [second, original] = await list();
    expect(second).toMatchObject({
      namespace: original?.['namespace'],
      job: original?.['job'],
      trigger: 'rerun',
      cause: { run: original?.id, kind: 'rerun' },
    });
    expect(await runCli(['trigger', 'Two-words'])).toMatchObject({ stdout: first.stdout, exitCode: 0 });
    expect((await runCli(['shell', 'Two-words', 'pwd'])).stdout).toBe(`${join(work, 'inner')}\n`);
  });

  it.each([
    [['--exec', '--', 'printf', '[%s]', 'a b'], '[a b]'],
    [['-c', 'python:print(math.pi > 3)'], 'True\n'],
    [['--env=minimal', '--', 'echo "${SECOND-gone}"'], 'gone\n'],
  ])('%j', async (args, stdout) => {
    const first = await runCli(['run', ...args], { env: { SECOND: 'there' } });
    expect(first).toMatchObject({ stdout, exitCode: 0 });
    expect(await again()).toMatchObject({ stdout, exitCode: 0 });
  });

  it('keeps its schedule, and is told from another one by --exact', async () => {
    const beat = startCli(['run', '--when=every 1d', '--now', '--name=beat', '--', 'echo beat']);
    await beat.waitForLine('stdout', /beat/);
    beat.signal('SIGTERM');
    await beat.exit;
    expect((await again('--exact')).stdout).toBe('beat\n');
    const [job] = JSON.parse((await runCli(['list-jobs', '--json'])).stdout);
    expect(job.schedules).toEqual(['every 1d']);
    const scheduled = (await list()).find(({ trigger }) => trigger !== 'rerun');
    await runCli(['run', '--name=beat', '--timeout=9s', '--', 'echo beat']);
    const other = await runCli(['rerun', scheduled?.id ?? '', '--exact']);
    expect(other.stderr).toMatch(/^error: beat has been changed since run \S+ began \[CONFLICT\]/);
  });

  it.each([
    [['--env=A=canary-8741', '--', 'echo $A'], 'variables by --env, whose values are not kept'],
    [['--', 'echo canary-8741'], 'there was a secret in it, which is not kept'],
    [['--', 'echo http://me:pw@h/ >/dev/null'], 'there was a secret in it, which is not kept'],
  ])('%j is refused', async (args, why) => {
    await runCli(['run', '--name=say', ...args], { env: { API_TOKEN: 'canary-8741' } });
    const refused = await again();
    expect(refused.stderr).toMatch(/^error: no scheduler that has the job "say" is running \[NOT_RUNNING\]/);
    expect(refused.stderr).toContain(why);
    expect(refused.exitCode).toBe(1);
    const { status } = spawnSync('grep', ['-raq', 'canary-8741', join(place().state, 'namespaces')]);
    expect(status).toBe(1);
  });
});
