/** What can be seen and steered of a scheduler from another terminal. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Options, place, type Running, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

const TABLE = `
meta: {namespace: shop}
tasks:
  slow: {when: every 1h, run: "echo begin; while :; do sleep 0.1; done", stop: {grace: 20s}}
  deaf: {when: every 1h, run: "trap '' TERM; echo begin; while :; do sleep 0.1; done", stop: {grace: 60s}}
  twice: {when: every 1h, run: ./twice.sh, stop: {grace: 60s}}
  quick: {when: every 1h, run: "echo quick; exit 3"}
  line: {when: every 1h, overlap: queue, run: "echo begin; while ! test -e go; do sleep 0.1; done"}
`;

/** Ends as soon as it was told so twice. Its shell would die of telling on stderr, which nobody reads, that sleep was ended. */
const TWICE = `#!/bin/sh
exec 2>/dev/null
n=0
trap 'n=$((n + 1)); [ $n = 2 ] && echo $n >ended && exit 0' TERM INT
echo begin
touch ready
while :; do sleep 0.1; done
`;

/** A scheduler that can be asked. */
async function schedule(options: Options = {}): Promise<Running> {
  writeFileSync(join(place().work, 'shop.yaml'), TABLE);
  writeFileSync(join(place().work, 'twice.sh'), TWICE, { mode: 0o755 });
  const scheduler = startCli(['run', '--file=shop.yaml'], options);
  await scheduler.waitForLine('stderr', /next /);
  const links = join(place().state, 'namespaces/shop/control');
  await until(() => namesIn(links).length > 0);
  return scheduler;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

async function json(...args: string[]): Promise<Named & Named[]> {
  return JSON.parse((await runCli([...args, '--json'])).stdout) as Named & Named[];
}

async function trigger(job: string): Promise<string> {
  const { run } = (await json('trigger', job)) as unknown as { run: { id: string } };
  await until(async () => (await json('show', run.id))['status'] !== 'starting');
  return run.id;
}

async function shutdown(scheduler: Running): Promise<void> {
  expect(await runCli(['shutdown'])).toMatchObject({ stderr: '', exitCode: 0 });
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
}

describe('ps and status', () => {
  it('show schedulers and runs that live', async () => {
    const scheduler = await schedule();
    const run = await trigger('slow');
    const { schedulers, runs } = (await json('ps')) as unknown as { schedulers: Named[]; runs: Named[] };
    expect(schedulers).toMatchObject([
      { namespace: 'shop', pid: scheduler.pid, jobs: 5, running: 1, terminal: null, directory: place().work },
    ]);
    expect(runs).toMatchObject([{ id: run, job: 'slow', status: 'running', trigger: 'manual' }]);
    const { stdout } = await runCli(['status', 'sh']);
    expect(stdout).toMatch(new RegExp(`^scheduler  pid ${scheduler.pid} since .* in ${place().work}$`, 'm'));
    expect(stdout).toMatch(/^running {4}slow run [0-9a-f-]{18} for \d/m);
    await shutdown(scheduler);
    expect(await json('ps')).toEqual({ schedulers: [], runs: [] });
    expect((await runCli(['status', 'shop'])).stdout).toMatch(/^scheduler {2}none is running$/m);
  });

  it('leave nothing of the socket behind', async () => {
    const scheduler = await schedule();
    const links = join(place().state, 'namespaces/shop/control');
    const socket = readlinkSync(join(links, readdirSync(links)[0] ?? ''));
    expect(socket).toContain(place().state);
    await shutdown(scheduler);
    expect([namesIn(links), namesIn(join(place().state, 'control'))]).toEqual([[], []]);
  });

  it('see through the death of a scheduler, and the next one clears up', async () => {
    const first = await schedule();
    first.signal('SIGKILL');
    await first.exit;
    expect(await json('ps')).toMatchObject({ schedulers: [] });
    const second = await schedule();
    await until(() => namesIn(join(place().state, 'control')).length === 1);
    await shutdown(second);
  });
});

describe('trigger', () => {
  it('has the scheduler run a job, waits for it and ends as it did', async () => {
    const scheduler = await schedule();
    const { stdout, exitCode } = await runCli(['trigger', 'qui', '--wait', '--note=because']);
    expect(stdout).toMatch(/^quick run [0-9a-f-]{18} failed: exit code 3 after \d+ms\n$/);
    expect(exitCode).toBe(3);
    const [run] = await json('list-runs');
    expect(run).toMatchObject({ job: 'quick', trigger: 'manual', note: 'because' });
    expect(run?.['by']).toMatch(/^.+@.+ pid \d+$/);
    expect(await runCli(['trigger', 'quick', '--follow'])).toMatchObject({ stdout: 'quick\n', exitCode: 3 });
    await shutdown(scheduler);
  });

  it('says when another run is in the way, or it has to wait for its turn', async () => {
    const scheduler = await schedule();
    await trigger('slow');
    const skipped = await runCli(['trigger', 'slow']);
    expect(skipped.stdout).toMatch(/^slow run \S+ skipped: another run of it is going \(\S+\)\n$/);
    expect(skipped.exitCode).toBe(75);
    await trigger('line');
    expect(await json('trigger', 'line')).toMatchObject({ kind: 'waiting', run: { status: 'waiting' } });
    await shutdown(scheduler);
    const [waited] = await json('list-runs', '--job=line', '--status=skipped');
    expect(waited).toMatchObject({ reason: 'operator' });
  });

  it('runs the task here where no scheduler is running', async () => {
    await shutdown(await schedule());
    const { stdout, stderr, exitCode } = await runCli(['trigger', 'quick']);
    expect([stdout, stderr, exitCode]).toEqual(['quick\n', '', 3]);
    expect(await json('list-runs')).toMatchObject([{ job: 'quick', namespace: 'shop', trigger: 'manual' }]);
  });

  it('runs the task of a file here, beside a scheduler too, and keeps to its overlap policy', async () => {
    const scheduler = await schedule();
    expect(await runCli(['trigger', 'quick', '--file=shop.yaml'])).toMatchObject({
      stdout: 'quick\n',
      exitCode: 3,
    });
    await trigger('slow');
    const { stderr, exitCode } = await runCli(['trigger', 'slow', '--file=shop.yaml']);
    expect(stderr).toMatch(/slow skipped/);
    expect(exitCode).toBe(75);
    await shutdown(scheduler);
  });

  it('leaves what the file says about the job in the listings', async () => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    await runCli(['trigger', 'quick', '--file=shop.yaml']);
    expect(await json('list-jobs')).toMatchObject([{ id: 'quick', schedules: ['every 1h'] }]);
  });

  it.each([
    [
      ['trigger', 'quik', '--file=shop.yaml'],
      2,
      /has no task "quik" \[ID_UNKNOWN\]\nhint: Did you mean "quick"\?/,
    ],
    [['trigger', 'none'], 2, /no job is called "none" \[ID_UNKNOWN\]/],
    [
      ['trigger', 'tick', '--ns=inline'],
      1,
      /no scheduler that has the job "tick" is running \[NOT_RUNNING\]\nhint: It comes from a command line: it was given variables/,
    ],
    [['trigger', 'quick', '--file=shop.yaml', '--arg', 'day'], 2, /--arg "day" is not NAME=value \[USAGE\]/],
  ])('%j ends with %i', async (args, code, message) => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    await runCli([
      'run',
      '--ns=inline',
      '--name=tick',
      '--env=A=1',
      '--when=every 1s',
      '--times=1',
      '--',
      'true',
    ]);
    const { stderr, exitCode } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});

describe('stop and kill', () => {
  it('end a run, say how it ended, and the record says who asked', async () => {
    const scheduler = await schedule();
    const run = await trigger('slow');
    expect((await runCli(['stop', 'slow', '--dry-run'])).stdout).toMatch(
      /^would stop slow run \S+ \(running\)\n$/,
    );
    const { stdout, exitCode } = await runCli(['stop', run.slice(0, 30)]);
    expect(stdout).toMatch(/^slow run \S+ failed: stopped with SIGTERM after /);
    expect(exitCode).toBe(0);
    expect(await json('show', run)).toMatchObject({ reason: 'stopped', sent: ['SIGTERM'] });
    const again = await runCli(['stop', run]);
    expect(again.stdout).toMatch(/^slow run \S+ had ended: failed: stopped with SIGTERM/);
    expect(again.exitCode).toBe(1);
    const none = await runCli(['stop', 'slow']);
    expect(none.stderr).toMatch(/^error: no run of slow is going \[NOT_RUNNING\]/);
    expect(none.exitCode).toBe(1);
    await shutdown(scheduler);
  });

  it('take another signal and grace, and make an end of what does not listen', async () => {
    const scheduler = await schedule();
    const run = await trigger('deaf');
    await runCli(['stop', 'deaf', '--grace=200ms']);
    expect(await json('show', run)).toMatchObject({ reason: 'stopped', sent: ['SIGTERM', 'SIGKILL'] });
    const next = await trigger('deaf');
    await runCli(['kill', 'shop']);
    expect(await json('show', next)).toMatchObject({ reason: 'stopped', sent: ['SIGKILL'] });
    const last = await trigger('slow');
    await runCli(['stop', 'slow', '--signal=hup']);
    expect(await json('show', last)).toMatchObject({ reason: 'stopped', sent: ['SIGHUP'] });
    await shutdown(scheduler);
  });

  it.each(['stop', 'attach'])(
    'end a run whose scheduler is killed after it was asked, by %s',
    async (verb) => {
      const scheduler = await schedule();
      const run = await trigger('twice');
      await until(() => namesIn(place().work).includes('ready'));
      const stopping = startCli([verb, 'twice']);
      if (verb === 'attach') {
        await stopping.waitForLine('stdout', /begin/);
        stopping.signal('SIGINT');
      }
      await until(async () => (await json('show', run))['status'] === 'stopping');
      scheduler.signal('SIGKILL');
      await scheduler.exit;
      const { stdout, exitCode } = await stopping.exit;
      if (verb === 'stop') expect(stdout).toMatch(/^twice run \S+ errored: the supertask that started it /);
      expect(exitCode).toBe(verb === 'stop' ? 0 : 125);
      expect(readFileSync(join(place().work, 'ended'), 'utf8')).toBe('2\n');
    },
  );

  it('end a run that no scheduler has', async () => {
    const oneShot = startCli([
      'run',
      '--ns=alone',
      '--name=job',
      '--',
      'echo begin; while :; do sleep 0.1; done',
    ]);
    await oneShot.waitForLine('stdout', /begin/);
    const [stopped] = await json('stop', 'job');
    expect(stopped).toMatchObject({ answer: 'signalled', run: { status: 'failed', signal: 'SIGTERM' } });
    expect(await oneShot.exit).toMatchObject({ signal: 'SIGTERM' });
  });
});

describe('wait', () => {
  it('ends as the run does, or after so long', async () => {
    const scheduler = await schedule();
    expect(await runCli(['wait', 'line', '--timeout=100ms'])).toMatchObject({ exitCode: 124 });
    const run = await trigger('line');
    const waiting = startCli(['wait', 'line']);
    const running = await runCli(['wait', run, '--status=running']);
    expect(running).toMatchObject({ stdout: `line run ${run.slice(0, 18)} is running\n`, exitCode: 0 });
    writeFileSync(join(place().work, 'go'), '');
    expect(await waiting.exit).toMatchObject({ exitCode: 0 });
    const next = startCli(['wait', 'quick', '--status=failed']);
    await runCli(['trigger', 'quick']);
    expect(await next.exit).toMatchObject({ exitCode: 0 });
    const stopped = await trigger('slow');
    await runCli(['stop', 'slow']);
    expect((await runCli(['wait', stopped])).exitCode).toBe(143);
    await shutdown(scheduler);
    expect((await runCli(['wait', 'slow'])).stderr).toMatch(/\[NOT_RUNNING\]/);
  });
});

describe('shutdown', () => {
  it('waits for the runs that are going where it is told to', async () => {
    const scheduler = await schedule();
    const run = await trigger('line');
    const { stdout } = await runCli(['shutdown', '--drain', '--no-wait']);
    expect(stdout).toMatch(/^the scheduler of shop \(pid \d+\) is ending\n$/);
    const refused = await runCli(['trigger', 'quick']);
    expect([refused.exitCode, refused.stderr]).toEqual([75, expect.stringMatching(/\[REFUSED\]/)]);
    writeFileSync(join(place().work, 'go'), '');
    expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
    expect(await json('show', run)).toMatchObject({ status: 'succeeded' });
  });

  it('asks which one is meant where several are running', async () => {
    const scheduler = await schedule();
    const other = startCli(['run', '--ns=other', '--when=every 1h', '--', 'true']);
    await other.waitForLine('stderr', /next /);
    const { stderr, exitCode } = await runCli(['shutdown']);
    expect([stderr, exitCode]).toEqual([
      expect.stringMatching(/ID_AMBIGUOUS.*\nhint: Name one of (?:shop, other|other, shop)\./s),
      2,
    ]);
    await runCli(['shutdown', 'other']);
    expect(await other.exit).toMatchObject({ exitCode: 0 });
    await shutdown(scheduler);
  });

  it('says so when the scheduler is there and does not answer', async () => {
    const scheduler = await schedule();
    const links = join(place().state, 'namespaces/shop/control');
    const path = readlinkSync(join(links, readdirSync(links)[0] ?? ''));
    const { unlinkSync } = await import('node:fs');
    unlinkSync(path);
    const deaf = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => deaf.listen(path, resolve));
    const { stderr, exitCode } = await runCli(['shutdown', 'shop']);
    expect([stderr, exitCode]).toEqual([
      expect.stringMatching(/^error: the scheduler .*\[UNANSWERED\]/),
      125,
    ]);
    deaf.close();
    scheduler.signal('SIGTERM');
    expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
  });
});
