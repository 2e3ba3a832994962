import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, runCli, startCli, startCommand } from '../support/cli.ts';

/** A command line of supertask whose standard output is a full pipe soon. */
function unread(...args: string[]): string[] {
  return ['sh', '-c', 'mkfifo f; exec 7<>f; exec "$@" >&7', 'sh', process.execPath, BIN, ...args];
}

async function lastRun(): Promise<unknown> {
  return JSON.parse((await runCli(['list-runs', '--json'])).stdout)[0];
}

describe('a run, once', () => {
  it.each([
    ["the README's first command", ['run', '--', 'cmd:echo hello'], 'hello\n'],
    ['words after the line', ['run', '--', 'cmd:echo', 'a b', '$HOME'], 'a b $HOME\n'],
    ['no scheme', ['run', '--', 'echo', 'hello'], 'hello\n'],
    ['a shell line', ['run', '--', 'cmd:echo a; echo b | tr b c'], 'a\nc\n'],
    ['--command', ['run', '--command', 'python:print("hello")'], 'hello\n'],
    ['--when=once', ['run', '--when=once', '--', 'python:print("hello")'], 'hello\n'],
    [
      'a snippet with the promised names',
      ['run', '-c', 'python:print(math.floor(math.pi), task.job)'],
      '3 print-math.floor-math.pi-task.job\n',
    ],
    ['--exec', ['run', '--exec', '--', 'printf', '%s\\n', 'a b', '*'], 'a b\n*\n'],
    ['exec:', ['run', '--', 'exec:printf "%s-" a "b c"'], 'a-b c-'],
    ['a JavaScript snippet', ['run', '--', 'node:console.log(6 * 7)'], '42\n'],
    ['--env', ['run', '--env', 'A=1=2', '-e', 'B=', '--', 'cmd:echo "$A[$B]"'], '1=2[]\n'],
  ])('%s', async (_, args, stdout) => {
    expect(await runCli(args)).toMatchObject({ stdout, stderr: '', exitCode: 0 });
  });

  it.each([
    ["the child's code", ['run', '--', 'cmd:exit 3'], { exitCode: 3 }],
    ['127 for an unknown command', ['run', '--', 'cmd:no-such-command-here'], { exitCode: 127 }],
    ['127 for an unknown program', ['run', '--exec', '--', 'no-such-program-here'], { exitCode: 127 }],
    ['126 for a directory', ['run', '--exec', '--', '/tmp'], { exitCode: 126 }],
    ['124 for a timeout', ['run', '--timeout', '200ms', '--', 'cmd:sleep 30'], { exitCode: 124 }],
    ['death by SIGTERM', ['run', '--', 'cmd:kill -TERM $$'], { exitCode: null, signal: 'SIGTERM' }],
    ['128 + 9 for SIGKILL', ['run', '--', 'cmd:kill -KILL $$'], { exitCode: 137 }],
  ])('ends with %s', async (_, args, expected) => {
    expect(await runCli(args)).toMatchObject(expected);
  });

  it('passes every byte of both streams through', async () => {
    const { stdoutBytes, stderr } = await runCli([
      'run',
      '--',
      "cmd:printf '\\377\\000\\n' ; printf err >&2",
    ]);
    expect([...stdoutBytes]).toEqual([0xff, 0, 0x0a]);
    expect(stderr).toBe('err');
  });

  it('reads variables from a file and runs in a directory', async () => {
    const { work } = place();
    mkdirSync(join(work, 'sub'));
    writeFileSync(join(work, '.env'), 'GREETING="good morning" # a comment\n');
    const result = await runCli([
      'run',
      '--env-file=.env',
      '--cwd=sub',
      '--',
      'cmd:echo $GREETING; basename "$PWD"',
    ]);
    expect(result).toMatchObject({ stdout: 'good morning\nsub\n', exitCode: 0 });
  });

  it('reads its own --env-file, not Node, also when started by its name', async () => {
    const result = await startCommand([BIN, 'run', '--env-file=missing', '--', 'true']).exit;
    expect(result.stderr).toMatch(/there is no file .*missing \[FILE_NOT_FOUND\]/);
    expect(result.exitCode).toBe(2);
  });

  it('says which run it is in the environment', async () => {
    const { stdout } = await runCli(['run', '--name', 'My job', '--', 'cmd:env | grep ^SUPERTASK_ | sort']);
    const names = stdout
      .split('\n')
      .flatMap((line) => (line.includes('STATE') ? [] : (line.split('=')[0] ?? [])));
    expect(names.filter((name) => name !== 'SUPERTASK_TEST_MARK' && name !== '')).toEqual([
      'SUPERTASK_ATTEMPT',
      'SUPERTASK_JOB',
      'SUPERTASK_NAMESPACE',
      'SUPERTASK_OUTPUT',
      'SUPERTASK_RUN_ID',
      'SUPERTASK_SCHEDULED_AT',
      'SUPERTASK_STARTED_AT',
      'SUPERTASK_TRIGGER',
    ]);
    expect(stdout).toContain('SUPERTASK_JOB=My-job\n');
  });

  it('keeps what it names in the file SUPERTASK_OUTPUT', async () => {
    await runCli(['run', '--name=size', '--', 'cmd:echo "bytes=42" >> "$SUPERTASK_OUTPUT"']);
    const { stdout } = await runCli(['list-runs', '--job=size', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([{ status: 'succeeded', outputs: { bytes: '42' } }]);
  });

  it('tells programs what happens, as one JSON object per line', async () => {
    const { stdout, exitCode } = await runCli(['run', '--json', '--', 'cmd:echo hi; exit 4']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.type)).toEqual(['run-started', 'run-output', 'run-finished']);
    expect(events[1]).toMatchObject({ stream: 'stdout', text: 'hi\n' });
    expect(events[2].run).toMatchObject({
      status: 'failed',
      reason: 'exit-code',
      exitCode: 4,
      trigger: 'once',
    });
    expect(exitCode).toBe(4);
  });

  it('is forwarded the signal it gets, and ends as its child did', async () => {
    const running = startCli([
      'run',
      '--',
      "cmd:trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done",
    ]);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ stdout: 'up\nbye\n', exitCode: 7 });
  });

  it.each([
    ['once', [], { signal: 'SIGTERM' }],
    ['on a schedule', ['--when=every 1h from start'], { exitCode: 0 }],
  ])('%s ends when it is told to though nobody reads what it prints', async (_, flags, end) => {
    const running = startCommand(unread('run', ...flags, '--', 'yes'));
    await expect.poll(lastRun, { timeout: 10_000 }).toMatchObject({ status: 'running' });
    running.signal('SIGTERM');
    await expect.poll(lastRun, { timeout: 10_000 }).toMatchObject({ status: 'failed', reason: 'stopped' });
    expect(await running.exit).toMatchObject(end);
  });

  it('runs out of time though nobody reads what it prints, and waits for a reader then', async () => {
    const running = startCommand(unread('run', '--timeout=100ms', '--', 'yes'));
    await expect.poll(lastRun, { timeout: 10_000 }).toMatchObject({ status: 'failed', reason: 'timeout' });
    running.signal('SIGTERM');
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 124 });
  });

  it('says so when it is told to end and nobody has read all that was printed', async () => {
    const { work } = place();
    const running = startCommand(unread('run', '--', 'seq 1 20000; touch printed'));
    await expect.poll(() => existsSync(join(work, 'printed')), { timeout: 10_000 }).toBe(true);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({
      exitCode: 125,
      stderr: 'error: standard output cannot be written: nobody reads it\n',
    });
    expect(await lastRun()).toMatchObject({ status: 'succeeded' });
  });

  it('goes on with its schedule though nobody reads what it prints (P18)', async () => {
    const running = startCommand(unread('run', '--when=every 1s', '--', 'seq 1 60000'));
    const count = async () => {
      const runs: { status: string }[] = JSON.parse((await runCli(['list-runs', '--json'])).stdout);
      return runs.filter(({ status }) => status === 'succeeded').length;
    };
    await expect.poll(count, { timeout: 25_000, interval: 500 }).toBeGreaterThan(2);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });

  it('ends by SIGINT after Ctrl-C', async () => {
    const running = startCli(['run', '--', 'cmd:echo up; exec sleep 60']);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ signal: 'SIGINT' });
  });

  it('ends when nobody reads its output any more', async () => {
    const { exitCode } = await runCli([
      'run',
      '--',
      `cmd:${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')} run -- yes | head -n 1 > /dev/null`,
    ]);
    expect(exitCode).toBe(0);
  });

  it('does not mind when only the first line of its help is read', async () => {
    const program = `${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')}`;
    const { stderr, stdout } = await startCommand(['sh', '-c', `${program} run --help | head -n 1`]).exit;
    expect({ stderr, stdout }).toEqual({
      stderr: '',
      stdout: 'Usage: supertask run [options] [target...]\n',
    });
  });

  it.each([['run -- echo hi'], ['run --json -- true'], ['list-namespaces'], ['list-runs --json']])(
    '%s says that its output got lost on a full disk',
    async (line) => {
      const program = `${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')}`;
      const { stderr, exitCode } = await startCommand(['sh', '-c', `exec ${program} ${line} > /dev/full`])
        .exit;
      expect(stderr).toBe('error: standard output cannot be written: ENOSPC\n');
      expect(exitCode).toBe(125);
    },
  );

  it('has its exit code where nobody reads its errors any more', async () => {
    const program = `${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')}`;
    writeFileSync(join(place().work, 'wrong.yaml'), 'a: 1\n');
    // A pipe that has been opened for reading, and is not any more.
    const line = `mkfifo p; exec 4<>p 2>p 4<&-; ${program} run --file wrong.yaml; echo $?`;
    const { stdout } = await startCommand(['sh', '-c', line]).exit;
    expect(stdout).toBe('2\n');
  });

  it('works with its own streams closed', async () => {
    const result = await runCli(['run', '--', 'cmd:echo hi; exit 5'], {
      closed: ['stdin', 'stdout', 'stderr'],
    });
    expect(result).toMatchObject({ exitCode: 5, stdout: '' });
  });
});

describe('a file', () => {
  it('is found here or in a directory above', async () => {
    const { work } = place();
    mkdirSync(join(work, 'a/b'), { recursive: true });
    writeFileSync(join(work, 'supertask.yaml'), 'tasks:\n  hi: {run: basename "$PWD"}\n');
    expect(await runCli(['run'], { cwd: join(work, 'a/b') })).toMatchObject({
      stdout: 'work\n',
      exitCode: 0,
    });
  });

  it('may come from standard input', async () => {
    const input = JSON.stringify({ tasks: { hi: { run: 'echo from stdin' } } });
    expect(await runCli(['run', '--file', '-'], { input })).toMatchObject({
      stdout: 'from stdin\n',
      exitCode: 0,
    });
  });

  it('of Python cannot come from standard input', async () => {
    const result = await runCli(['run', '--file=-'], { input: '# /// task\n# ///\nprint(1)\n' });
    expect(result.stderr).toMatch(/only timetables can come from there \[FILE_UNREADABLE\]\nhint: Save it/);
    expect(result.exitCode).toBe(2);
  });

  it('may come from a web server', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/week.yaml') return response.end('tasks:\n  hi:\n    run: echo from afar\n');
      response.statusCode = 404;
      return response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const found = await runCli(['run', '--file', `${base}/week.yaml`]);
      expect(found).toMatchObject({ stdout: 'from afar\n', exitCode: 0 });
      const lost = await runCli(['run', '--file', `${base}/none.yaml`]);
      expect(lost.stderr).toContain('answered 404 Not Found [FILE_NOT_FOUND]');
      expect(lost.exitCode).toBe(2);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('from a web server keeps the secrets of its address to itself', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.statusCode = request.url?.includes('token=canary-8741') ? 200 : 401;
      response.end('tasks:\n  hi:\n    run: echo from afar\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { work } = place();
      const once = (query: string) => runCli(['run', '--file', `${base}/w.yaml?${query}`], { cwd: work });
      expect(await once('env=a&token=canary-8741')).toMatchObject({ stdout: 'from afar\n', exitCode: 0 });
      expect(await once('env=a&token=canary-8741-new')).toMatchObject({ exitCode: 0 });
      expect(asked[0]).toBe('/w.yaml?env=a&token=canary-8741');
      const [namespace, ...others] = JSON.parse((await runCli(['list-namespaces', '--json'])).stdout);
      expect(namespace).toMatchObject({ source: `${base}/w.yaml?env=a&token=***`, runs: 2 });
      expect(others).toEqual([]);
      const refused = await once('env=b&token=wrong');
      expect(refused.stderr).toContain('/w.yaml?env=b&token=*** answered 401 Unauthorized [FILE_UNREADABLE]');
      const again = await runCli(['trigger', 'hi']);
      expect(again.stderr).toMatch(/token=\*\*\* cannot be read: the secret in it is not kept .*\nhint: /);
      expect(again.exitCode).toBe(2);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('of Python is called at run(**options) with its own environment', async () => {
    const { work } = place();
    writeFileSync(
      join(work, 'task.py'),
      '# /// task\n# [env]\n# GREETING = "hello"\n# [options]\n# names = ["a", "b"]\n# ///\nimport os\ndef run(names):\n    print(os.environ["GREETING"], *names)\n',
    );
    expect(await runCli(['run', '--file', 'task.py'])).toMatchObject({ stdout: 'hello a b\n', exitCode: 0 });
  });

  it.each([
    ['task.py', [], 'task.py:3'],
    ['python:./task.py', [], './task.py:3'],
    ['task.py:run', ['--when=once'], 'task.py:3'],
    ['task.py', ['--cwd=b c', '--env-file=odd.env'], ''],
  ])('of Python is run without its block as the target %s %j, which is said', async (target, flags, at) => {
    const { work } = place();
    mkdirSync(join(work, 'b c'));
    writeFileSync(join(work, 'odd.env'), 'nothing\n');
    for (const file of ['task.py', 'b c/task.py'])
      writeFileSync(
        join(work, file),
        '"x"\n\n# /// task\n# cron = "0 0 1 1 *"\n# ///\ndef run(): print("ran")\n',
      );
    const { stdout, stderr, exitCode } = await runCli(['run', ...flags, '--', target]);
    expect({ stdout, exitCode }).toEqual({ stdout: 'ran\n', exitCode: 0 });
    const elsewhere = join(work, 'b c/task.py');
    const file = at === '' ? `'${elsewhere}'` : at.slice(0, -2);
    expect(stderr.split('\n')[0]).toBe(
      `warning: ${at || `${elsewhere}:3`}: the block "# /// task" is passed over, since the file is a target; to run by it: supertask run --file ${file}`,
    );
    expect(stderr.match(/the block/g)).toHaveLength(1);
    expect(stderr.includes('odd.env:1:1: ')).toBe(at === '');
  });

  it.each([
    ['of a file without a block', ['run', '--', 'plain.py'], 'ran\n', ''],
    ['with --file', ['run', '--file', 'task.py'], 'ran\n', ''],
    ['with --quiet', ['run', '--quiet', '--', 'task.py'], 'ran\n', ''],
    ['of what is no target', ['run', '--', 'cmd:python3 task.py'], 'ran\n', ''],
    ['of what is not there', ['run', '--', 'gone.py'], '', expect.stringContaining('gone.py')],
  ])('of Python is not warned of %s', async (_, args, stdout, stderr) => {
    const { work } = place();
    writeFileSync(join(work, 'plain.py'), '# /// script\n# ///\nprint("ran")\n');
    writeFileSync(join(work, 'task.py'), '# /// task\n# ///\nprint("ran")\n');
    const result = await runCli(args);
    expect(result).toMatchObject({ stdout, stderr });
    expect(result.stderr).not.toContain('warning');
  });

  it('keeps the environment of one task from another', async () => {
    const { work } = place();
    writeFileSync(
      join(work, 't.yaml'),
      'tasks:\n  a: {env: {SECRET: "1"}, run: "echo a=$SECRET"}\n  b: {run: "echo b=$SECRET"}\n',
    );
    const { stdout } = await runCli(['run', '--file', 't.yaml']);
    expect(stdout.split('\n').sort()).toEqual(['', 'a | a=1', 'b | b=']);
  });

  it('runs its steps in order, passes over those that are switched off, and stops at the first failure', async () => {
    const { work } = place();
    writeFileSync(
      join(work, 't.yaml'),
      'tasks:\n  a:\n    run:\n      - echo one\n      - {if: false, run: echo never}\n      - {name: Break, run: exit 3}\n      - echo late\n',
    );
    const result = await runCli(['run', '--file', 't.yaml']);
    expect(result).toMatchObject({ stdout: 'one\n', exitCode: 3 });
  });
});

describe('a schedule', () => {
  it('tells what it will do, runs until SIGTERM, and ends with 0', async () => {
    const running = startCli(['run', '--when=every 1s', '--name=tick', '--', 'cmd:echo tock']);
    await running.waitForLine('stderr', /tick succeeded in/);
    running.signal('SIGTERM');
    const { exitCode, stderr } = await running.exit;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/tick: every second/);
    expect(stderr).toMatch(/next \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, \d{4}/);
    expect(stderr).toMatch(/tick succeeded in/);
  });

  it('ends with 130 after Ctrl-C and leaves no process behind', async () => {
    const running = startCli([
      'run',
      '--when=every 1h from start',
      '--',
      'cmd:echo up; (sleep 300 &) ; sleep 300',
    ]);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ exitCode: 130 });
  });

  it('kills at the second signal what ignores the first', async () => {
    const running = startCli([
      'run',
      '--when=every 1h from start',
      '--',
      "cmd:trap '' INT TERM; echo up; while :; do sleep 0.1; done",
    ]);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGINT');
    await running.waitForLine('stderr', /SIGINT, waiting for 1 run/);
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ exitCode: 130 });
  });

  it('waits for its runs with --on-stop=drain', async () => {
    const { work } = place();
    const running = startCli([
      'run',
      '--when=every 1h from start',
      '--on-stop=drain',
      '--',
      'cmd:echo up; while ! test -e go; do sleep 0.05; done; echo done',
    ]);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGTERM');
    await running.waitForLine('stderr', /waiting for 1 run/);
    writeFileSync(join(work, 'go'), '');
    expect(await running.exit).toMatchObject({ exitCode: 0, stdout: 'up\ndone\n' });
  });

  it('marks each line with its job when there are several', async () => {
    const { work } = place();
    writeFileSync(
      join(work, 't.yaml'),
      'tasks:\n  a: {when: in 10ms, run: "printf no-newline"}\n  b: {when: in 10ms, run: "echo x; echo y"}\n',
    );
    const { stdout, exitCode } = await runCli(['run', '--file', 't.yaml']);
    expect(stdout.split('\n').sort()).toEqual(['', 'a | no-newline', 'b | x', 'b | y']);
    expect(exitCode).toBe(0);
  });

  it('says with 1 that a run of a finite one failed', async () => {
    expect(await runCli(['run', '--when=in 10ms', '--', 'cmd:exit 3'])).toMatchObject({ exitCode: 1 });
  });
});

describe('a bounded campaign', () => {
  it('waits for a success and lets the next command go on', async () => {
    const line = 'cmd:echo try >> tries; test $(wc -l < tries) -ge 3';
    const result = await runCli([
      'run',
      '--when=every 1s after finish',
      '--until=success',
      '--for=1m',
      '--',
      line,
    ]);
    expect(result.exitCode).toBe(0);
    const { stdout } = await runCli(['list-runs', '--json']);
    expect(JSON.parse(stdout).map(({ status }: { status: string }) => status)).toEqual([
      'succeeded',
      'failed',
      'failed',
    ]);
  });

  it('says with 1 that it did not come', async () => {
    const args = ['run', '--when=every 1s after finish', '--until=success', '--for=1500ms', '--', 'false'];
    expect(await runCli(args)).toMatchObject({ exitCode: 1 });
  });

  it('runs so many times, and now', async () => {
    const args = ['run', '--when=@yearly', '--now', '--times=1', '--', 'cmd:echo now'];
    expect(await runCli(args)).toMatchObject({ stdout: 'now\n', exitCode: 0 });
  });

  it.each([
    [['--times=0'], /--times is "0" \[USAGE\]/],
    [['--for=5'], /\[DURATION_INVALID\]/],
    [['--until=never'], /--until is "never" \[USAGE\]/],
    [['--stop-on-failure=x'], /--stop-on-failure is "x" \[USAGE\]/],
    [['--overlap=maybe'], /"maybe" is not an overlap policy \[SETTING_INVALID\]/],
    [['--missed=al'], /Did you mean all\?/],
    [['--deadline=soon'], /\[DURATION_INVALID\]/],
  ])('refuses %j', async (flags, stderr) => {
    const result = await runCli(['run', ...flags, '--when=every 1s', '--', 'true']);
    expect(result.stderr).toMatch(stderr);
    expect(result.exitCode).toBe(2);
  });
});
