import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runEnvironment } from '../../src/engine/environment.js';
import { containerArgs, containerVariables } from '../../src/executor/docker.js';
import { createEngines, reapContainers } from '../../src/executor/engine.js';
import { createExecutor } from '../../src/executor/local.js';
import type { Target } from '../../src/model/target.js';
import { createContainerRig } from '../support/container.js';
import { gone, observe } from '../support/execution.js';

const place = mkdtempSync(join(tmpdir(), 'supertask-engines-'));
const rig = createContainerRig();
const reason = typeof rig === 'string' ? rig : undefined;

afterAll(() => {
  if (typeof rig !== 'string') rig.dispose();
  rmSync(place, { recursive: true });
});

/** A PATH with engines that answer as they are told. */
function engines(programs: Record<string, string>): string {
  const folder = mkdtempSync(join(place, 'bin-'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

const docker = 'case $1 in --version) echo Docker version 28;; *) echo 28.2.2;; esac';
const clientOnly = 'case $1 in --version) echo Docker version 28;; *) echo no daemon >&2; exit 1;; esac';
const podman = 'echo podman version 4.3.1';

describe('the container engine', () => {
  it.each([
    ['docker', { docker, podman }, 'whose daemon answers'],
    ['podman', { docker: clientOnly, podman }, 'where the docker daemon does not answer'],
    ['docker', { docker: clientOnly }, 'where there is nothing else'],
    ['podman', { podman }, 'where there is nothing else'],
  ] as [string, Record<string, string>, string][])('is %s from %j, %s', async (name, programs, _why) => {
    const PATH = engines(programs);
    expect(await createEngines().find({ PATH })).toMatchObject({ program: join(PATH, name) });
  });

  it('is the one that SUPERTASK_DOCKER names', async () => {
    const PATH = engines({ docker, mine: podman });
    const found = await createEngines().find({ PATH, SUPERTASK_DOCKER: 'mine' });
    expect(found).toMatchObject({ program: join(PATH, 'mine') });
    expect(await createEngines().find({ PATH, SUPERTASK_DOCKER: 'none' })).toContain(
      '"none", which was not found',
    );
  });

  it('is asked once', async () => {
    const PATH = engines({ docker: `echo asked >&2; echo >> ${place}/tally; ${docker}`, podman });
    const known = createEngines();
    const first = await known.find({ PATH });
    rmSync(join(PATH, 'docker'));
    writeFileSync(join(PATH, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await known.find({ PATH })).toBe(first);
  });
});

describe('a container', () => {
  it('is told of its run and its task, not of the host', () => {
    const host = { PATH: '/bin', HOME: '/root', LANG: 'C' };
    const env = { ...host, SUPERTASK_RUN_ID: 'r', SUPERTASK_DOCKER: 'podman', LANG: 'C', KEY: 'secret' };
    expect(containerVariables(env, undefined, host)).toEqual(['SUPERTASK_RUN_ID', 'KEY']);
    expect(containerVariables(env, ['LANG', 'GONE'], host)).toEqual(['SUPERTASK_RUN_ID', 'LANG']);
  });

  it('is told all that a run is told, but where to write outputs: that file is not in it', () => {
    const instant = new Date('2026-01-02T03:04:05.678Z');
    const run = {
      id: 'r',
      namespace: 'n',
      job: 'j',
      scheduledAt: instant,
      startedAt: instant,
      attempt: 1,
      attempts: 3,
      trigger: 'schedule',
      status: 'running',
    } as const;
    const env = runEnvironment({}, {}, { SUPERTASK_ARG_A: 'x' }, run, '/tmp/outputs');
    const told = Object.keys(env).filter((name) => name !== 'SUPERTASK_OUTPUT');
    expect(told).toContain('SUPERTASK_ATTEMPTS');
    expect(containerVariables(env, ['SUPERTASK_ARG_A'], {}).sort()).toEqual(told.sort());
  });

  it('is named and labelled after its run, and its values stay out of the arguments', () => {
    const engine = { program: 'docker', init: ['--init'] };
    const container = {
      runId: 'r',
      namespace: 'n',
      job: 'j',
      variables: ['KEY'],
      image: 'alpine',
      words: ['ls', '-l'],
    };
    expect(containerArgs(engine, container).join(' ')).toBe(
      'run --rm --init --name supertask-r --label supertask.run=r --label supertask.namespace=n ' +
        '--label supertask.job=j -e KEY -- alpine ls -l',
    );
  });
});

describe.skipIf(reason)(`a real container${reason ? ` [skipped: ${reason}]` : ''}`, () => {
  if (typeof rig === 'string') return;
  const executor = createExecutor();
  const env = { ...process.env, ...rig.env };
  const start = (words: string[], changes: Parameters<typeof observe>[2] = {}) => {
    const target: Target = { kind: 'docker', image: rig.image, words };
    return observe(executor, target, { ...changes, env: { ...rig.env, ...changes.env } });
  };
  const containers = () => rig.podman('ps', '--all', '--quiet');

  it('gets the environment of its task and no more', async () => {
    const { stdout } = await start(['env'], { env: { GREETING: 'hi there', SUPERTASK_JOB: 'job' } }).result();
    const text = String(stdout);
    expect(text).toContain('GREETING=hi there\n');
    expect(text).toContain('SUPERTASK_JOB=job\n');
    expect(text).not.toContain('SUPERTASK_DOCKER');
    expect(text).not.toContain('VITEST');
  });

  it('that cannot be started is errored, and the engine says why', async () => {
    const target: Target = { kind: 'docker', image: 'localhost/no-such-image', words: [] };
    const { outcome, stderr } = await observe(executor, target, { env: rig.env }).result();
    expect(outcome).toMatchObject({ status: 'errored', reason: 'spawn', exitCode: 125 });
    expect(String(stderr)).toContain('no-such-image');
  });

  it('is removed when its client is killed', async () => {
    const going = start(['sh', '-c', 'echo up; sleep 300']);
    await going.seen('up');
    process.kill((await going.started)?.pid ?? 0, 'SIGKILL');
    expect(await going.execution.ended).toEqual({ status: 'failed', reason: 'signal', signal: 'SIGKILL' });
    expect(containers()).toBe('');
    await gone(going.runId);
  });

  it('is called off before it exists', async () => {
    const going = start(['sleep', '300'], { stop: { signal: 'SIGTERM', graceMs: 1_000 } });
    await going.started;
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ status: 'failed', reason: 'stopped' });
    expect(containers()).toBe('');
    await gone(going.runId);
  });

  it('is reaped when its supertask died, unless its run is live', async () => {
    const [dead, live, foreign] = [randomUUID(), randomUUID(), randomUUID()];
    for (const [runId, namespace] of [
      [dead, 'ours'],
      [live, 'ours'],
      [foreign, 'theirs'],
    ] as const) {
      const engine = { program: 'podman', init: [] };
      const about = { runId, namespace, job: 'j', variables: [], image: rig.image, words: ['sleep', '300'] };
      rig.podman('run', '--detach', ...containerArgs(engine, about).slice(1));
    }
    const removed = await reapContainers({ env, namespace: 'ours', isLive: (runId) => runId === live });
    expect(removed).toEqual([dead]);
    const left = rig.podman('ps', '--format', '{{.Names}}').trim().split('\n').sort();
    expect(left).toEqual([`supertask-${live}`, `supertask-${foreign}`].sort());
    await reapContainers({ env, namespace: 'ours', isLive: () => false });
    await reapContainers({ env, namespace: 'theirs', isLive: () => false });
    expect(containers()).toBe('');
  });
});
