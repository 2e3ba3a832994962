/** Output that is too much, too slow or not text. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { expectWhole, inScene, isFull, makeScene, runIn, type Scene } from './aftermath.ts';

const MIB = 1024 * 1024;

/** The most memory that a process has had, in bytes. */
function peakOf(pid: number): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function outputFiles(scene: Scene): string[] {
  const root = join(scene.state, 'namespaces');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.out'))
    .map((name) => join(root, name));
}

describe('output', () => {
  const jobs = isFull ? 10 : 3;
  const bytes = isFull ? 1024 * MIB : 100 * MIB;

  it(`of ${jobs} jobs at once, ${bytes / MIB} MiB each, is counted, bounded and held back by nobody (P18; row 73)`, async () => {
    const scene = makeScene('much');
    const go = join(scene.work, 'go');
    const tasks = Object.fromEntries(
      Array.from({ length: jobs }, (_, index) => [
        `much-${index}`,
        { when: 'in 10ms', run: `head -c ${bytes} /dev/zero` },
      ]),
    );
    const hold = { when: 'in 10ms', run: `while ! test -e ${go}; do sleep 0.05; done` };
    writeFileSync(join(scene.work, 't.json'), JSON.stringify({ tasks: { ...tasks, hold } }));
    const running = startCli(
      ['run', '--file=t.json', '--quiet'],
      inScene(scene, { redirect: { stdout: '/dev/null' } }),
    );
    const done = async () => {
      const { stdout } = await runIn(scene, ['list-runs', '--status=succeeded', '--json']);
      return JSON.parse(stdout).length;
    };
    await expect.poll(done, { timeout: 280_000, interval: 250 }).toBe(jobs);
    // The shell that redirects has become the program.
    const peak = peakOf(running.pid);
    writeFileSync(go, '');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    expect(peak / MIB).toBeLessThan(200);
    const runs = (await expectWhole(scene)).filter((run) => run.job !== 'hold');
    expect(runs.map((run) => [run.stdoutBytes, run.truncated])).toEqual(runs.map(() => [bytes, true]));
    for (const path of outputFiles(scene)) expect(statSync(path).size).toBeLessThan(16 * MIB + 100);
  }, 300_000);

  it('of 90 MB of zeros before a failure is a failure (P18; row 74)', async () => {
    const scene = makeScene('zeros');
    const args = ['run', '--name=zeros', '--', 'cmd:head -c 90000000 /dev/zero; exit 3'];
    const result = await runIn(scene, args, { redirect: { stdout: '/dev/null' } });
    expect(result).toMatchObject({ exitCode: 3, stderr: '' });
    expect(await expectWhole(scene)).toMatchObject([
      { status: 'failed', exitCode: 3, stdoutBytes: 90_000_000, truncated: true },
    ]);
  });

  it('that is not UTF-8 is kept byte for byte (P18; row 77)', async () => {
    const scene = makeScene('bytes');
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0xfe, 0x00, 0xc3]),
      Buffer.from('crlf\r\nübergrößenträger\u2028\n'),
      Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256)),
      Buffer.from([0xe2, 0x82]),
    ]);
    writeFileSync(join(scene.work, 'bytes'), bytes);
    const passed = await runIn(scene, ['run', '--name=bytes', '--', 'cmd:cat bytes']);
    expect(passed.stdoutBytes.equals(bytes)).toBe(true);
    const kept = await runIn(scene, ['logs', 'bytes', '--stdout']);
    expect(kept.stdoutBytes.equals(bytes)).toBe(true);
    const [path = ''] = outputFiles(scene);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    await expectWhole(scene);
  });

  it('of a byte now and then is shown when it comes (P18; row 75)', async () => {
    const scene = makeScene('slow');
    const job = 'cmd:for b in a b c; do printf $b; while ! test -e go-$b; do sleep 0.02; done; done';
    const running = startCli(['run', '--', job], inScene(scene));
    for (const [index, byte] of ['a', 'b', 'c'].entries()) {
      await expect.poll(() => running.output('stdout'), { timeout: 5000 }).toBe('abc'.slice(0, index + 1));
      writeFileSync(join(scene.work, `go-${byte}`), '');
    }
    expect(await running.exit).toMatchObject({ stdout: 'abc', exitCode: 0 });
  });

  it('that looks like a record stays output (P18; row 79)', async () => {
    const scene = makeScene('record');
    const fake =
      '{"t":"run","at":"2026-01-01T00:00:00Z","w":"x","run":{"id":"01a1fbdf-626b-76dd-9bcd-d94e5f74e7a2"}}';
    await runIn(scene, ['run', '--name=fake', '--', `cmd:printf '\\n%s\\n' '${fake}'`]);
    expect(await expectWhole(scene)).toHaveLength(1);
  });

  it('read by a killed supertask is kept as far as it was read (P18; row 81)', async () => {
    const scene = makeScene('killed');
    const running = startCli(
      ['run', '--name=killed', '--', 'cmd:echo one; echo two; exec sleep 300'],
      inScene(scene),
    );
    await running.waitForLine('stdout', /two/);
    running.signal('SIGKILL');
    await running.exit;
    expect((await runIn(scene, ['logs', 'killed'])).stdout).toBe('one\ntwo\n');
    const [run] = JSON.parse((await runIn(scene, ['list-runs', '--json'])).stdout);
    process.kill(run.pid, 'SIGKILL');
    await expectWhole(scene);
  });
});
