/** Pids that mean somebody else: used again, of another boot, of another pid namespace; and the dead that stay. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, startCli, startCommand } from '../support/cli.ts';
import { expectWhole, inScene, listRuns, makeScene, runIn, type Scene } from './aftermath.ts';

const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

/** Change the journal that a killed supertask left. */
function edit(scene: Scene, change: (text: string) => string): void {
  const [namespace = ''] = readdirSync(join(scene.state, 'namespaces'));
  const directory = join(scene.state, 'namespaces', namespace, 'journal');
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
}

/** A run that is open in the bookkeeping, and whose supertask and processes are gone. */
async function abandonRun(scene: Scene): Promise<void> {
  const running = startCli(['run', '--name=gone', '--', 'cmd:echo up; exec sleep 300'], inScene(scene));
  await running.waitForLine('stdout', /up/);
  running.signal('SIGKILL');
  await running.exit;
  const [run] = await listRuns(scene);
  expect(run).toMatchObject({ status: 'running' });
  process.kill(run?.pid ?? Number.NaN, 'SIGKILL');
}

function stranger(): ChildProcess {
  return spawn('sleep', ['300'], { stdio: 'ignore' });
}

describe('a recorded pid', () => {
  it('that is a stranger by now does not keep a run alive, and the stranger is left alone (P17; row 39)', async () => {
    const scene = makeScene('reuse');
    await abandonRun(scene);
    const other = stranger();
    try {
      edit(scene, (text) => text.replaceAll(/"pid":\d+/g, `"pid":${other.pid}`));
      await runIn(scene, ['run', '--when=in 10ms', '--name=next', '--', 'true']);
      expect((await expectWhole(scene)).find((run) => run.job === 'gone')).toMatchObject({ reason: 'lost' });
      expect(other.exitCode ?? other.signalCode).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('of another boot is lost, even where everything else fits (P17; row 40)', async () => {
    const scene = makeScene('boot');
    const running = startCli(
      ['run', '--name=gone', '--', 'cmd:echo up; exec env -u SUPERTASK_RUN_ID sleep 300'],
      inScene(scene),
    );
    await running.waitForLine('stdout', /up/);
    const [before] = await listRuns(scene);
    edit(scene, (text) =>
      text.replaceAll(/"boot":"[^"]*"/g, '"boot":"11111111-2222-3333-4444-555555555555"'),
    );
    expect((await expectWhole(scene))[0]).toMatchObject({ reason: 'lost', pid: before?.pid });
    running.signal('SIGKILL');
    await running.exit;
    // Nobody was signalled: it still lives.
    expect(process.kill(before?.pid ?? Number.NaN, 'SIGKILL')).toBe(true);
  });
});

describe.skipIf(!canUnshare)('a pid namespace', () => {
  const inNamespace = (scene: Scene, flags: readonly string[], line: string) =>
    startCommand(['unshare', '--pid', '--fork', '--kill-child', ...flags, 'sh', '-c', line], inScene(scene));
  const program = `${process.execPath} ${BIN}`;

  it.each([
    ['with the /proc of the old one', []],
    ['with a /proc of its own', ['--mount-proc']],
  ])('%s whose init reaps nobody does not hang (P15, P16; row 41)', async (_, flags) => {
    const scene = makeScene('zombie');
    // The shell stays as pid 1 and waits for one child only: whatever is orphaned becomes a zombie for good.
    const job = 'cmd:(sleep 300 & sleep 300 &) ; echo up; sleep 300';
    const line = `${program} run --when="every 1h from start" --name=long -- '${job}' & child=$!; trap 'kill -TERM $child' TERM; echo inner >&2; wait $child; wait $child; echo "ended $?" >&2`;
    const running = inNamespace(scene, flags, line);
    await running.waitForLine('stdout', /up/);
    // The signal reaches pid 1 of the namespace through its only child.
    const [init = ''] = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    process.kill(Number(init), 'SIGTERM');
    expect(await running.exit).toMatchObject({ stderr: expect.stringMatching(/ended 0/) });
    expect(await expectWhole(scene)).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
  });

  it('does not end the runs of another one on the same state (P17; row 42)', async () => {
    const scene = makeScene('two');
    const job = `cmd:echo up; while ! test -e ${scene.work}/go; do sleep 0.05; done; exit 7`;
    const first = inNamespace(
      scene,
      ['--mount-proc'],
      `exec ${program} run --ns=both --name=first -- '${job}'`,
    );
    await first.waitForLine('stdout', /up/);
    const args = `run --ns=both --when="in 10ms" --name=second --join -- true`;
    const second = await inNamespace(scene, ['--mount-proc'], `exec ${program} ${args}`).exit;
    expect(second).toMatchObject({ exitCode: 0 });
    const seen = inNamespace(scene, ['--mount-proc'], `exec ${program} list-runs --job=first --json`);
    expect(JSON.parse((await seen.exit).stdout)).toMatchObject([{ status: 'running' }]);
    expect(await listRuns(scene, ['--job=first'])).toMatchObject([{ status: 'running' }]);
    writeFileSync(join(scene.work, 'go'), '');
    expect(await first.exit).toMatchObject({ exitCode: 7 });
    expect((await expectWhole(scene)).find((run) => run.job === 'first')).toMatchObject({
      status: 'failed',
      exitCode: 7,
    });
    rmSync(join(scene.work, 'go'));
  });
});
