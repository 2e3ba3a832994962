/** Processes by what lies beneath `node:child_process`. What they write and how they end is the contract suite's to test. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startByHandle } from '../../src/executor/process-handle.ts';
import type { Started } from '../../src/executor/started.ts';

const COMMAND = { program: '/bin/sh', args: ['-c', 'true'], env: {}, cwd: '/' };
const isTwenty = process.versions.node.startsWith('20.');
/** As Node 20 is, whatever this one is: nothing of it may be asked for. */
const TWENTY = {
  versions: { ...process.versions, node: '20.20.2', v8: '11.3.244.8-node.38' },
  env: {},
  execArgv: [],
};

describe('it is left to node:child_process', () => {
  it.each([
    ['Node 22', { versions: { ...TWENTY.versions, node: '22.22.0', v8: '12.4.254.21-node.38' } }],
    ['Node 24', { versions: { ...TWENTY.versions, node: '24.21.0', v8: '13.6.233.17-node.41' } }],
    [
      'something else that calls itself Node 20',
      { versions: { ...TWENTY.versions, v8: '12.4.254.14-node.12' } },
    ],
    ['whoever measures coverage', { env: { NODE_V8_COVERAGE: '/tmp' } }],
    ['whoever wants to be told of what is deprecated', { execArgv: ['--pending-deprecation'] }],
    ['the same by a variable', { env: { NODE_OPTIONS: '--no-warnings --pending-deprecation' } }],
    ['the same by another', { env: { NODE_PENDING_DEPRECATION: '1' } }],
    ['whoever has taken the handles away', {}],
  ])('for %s', (_, node) => {
    expect(startByHandle(COMMAND, { ...TWENTY, ...node })).toBeUndefined();
  });

  it.each([
    ['a program', { program: '/bin/sh\0' }],
    ['an argument', { args: ['-c', 'echo \0'] }],
    ['a variable', { env: { A: '\0' } }],
    ['a directory', { cwd: '/\0tmp' }],
  ])('to refuse a NUL in %s', (_, wrong) => {
    expect(startByHandle({ ...COMMAND, ...wrong })).toBeUndefined();
  });
});

describe.skipIf(!isTwenty)(
  `a process of Node 20${isTwenty ? '' : ' (skipped: this is another Node)'}`,
  () => {
    it.each([
      ['there is not', { program: '/nonesuch' }],
      ['cannot be executed', { program: '/etc/passwd' }],
      ['has too much to be told', { args: ['-c', 'true', 'x'.repeat(200_000)] }],
      ['has no directory to run in', { cwd: '/nonesuch' }],
    ])('that %s is not started, and leaves nothing open', async (_, wrong) => {
      const before = descriptors();
      expect(startByHandle({ ...COMMAND, ...wrong })).toBeUndefined();
      await expect.poll(descriptors).toEqual(before);
    });

    it('is read as fast as it is taken, and its streams end once', async () => {
      const line = 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done';
      const before = descriptors();
      const started = start(line);
      let text = '';
      const tellings: string[] = [];
      started.stdout.on('data', (chunk) => {
        text += chunk;
        started.stdout.pause();
        started.stdout.pause();
        setImmediate(() => started.stdout.resume());
      });
      for (const event of ['end', 'close'] as const) {
        started.stdout.on(event, () => tellings.push(event));
        started.stderr.on(event, () => tellings.push(event));
      }
      const exit = await new Promise((resolve) => started.onExit(resolve));
      await expect.poll(() => tellings).toEqual(['end', 'end']);
      for (const stream of [started.stdout, started.stderr, started.stderr]) stream.destroy();
      await expect.poll(() => tellings).toEqual(['end', 'end', 'close', 'close']);
      for (const stream of [started.stdout, started.stderr]) {
        stream.resume();
        stream.pause();
      }
      expect(exit).toEqual({ code: 0, signal: null });
      expect(text).toBe(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout);
      await expect.poll(descriptors).toEqual(before);
    });

    it('tells by which signal it ended, leads a session, and has just the variables that it is given', async () => {
      const started = start('cut -d " " -f 5,6 /proc/$$/stat; /usr/bin/env | sort; kill -KILL $$', {
        A: '1',
        B: undefined,
        C: '',
      });
      const [text, exit] = await Promise.all([
        textOf(started),
        new Promise((resolve) => started.onExit(resolve)),
      ]);
      expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
      expect(text.split('\n').filter((each) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(each))).toEqual([
        `${started.pid} ${started.pid}`,
        'A=1',
        'C=',
        '',
      ]);
    });
  },
);

function start(line: string, env: Readonly<Record<string, string | undefined>> = {}): Started {
  const started = startByHandle({ program: '/bin/sh', args: ['-c', line], env, cwd: '/' });
  if (started === undefined) throw new Error('it was not started');
  return started;
}

function textOf(started: Started): Promise<string> {
  let text = '';
  started.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    started.stdout.on('end', () => resolve(text));
  });
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
