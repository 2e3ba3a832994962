import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import { createInterpreters } from '../../src/executor/python-interpreter.js';
import type { Json } from '../../src/model/json.js';
import type { Target } from '../../src/model/target.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe } from '../support/execution.js';

const executor = createExecutor();
const place = mkdtempSync(join(tmpdir(), 'supertask-python-'));
const bin = join(import.meta.dirname, '../fixtures/executor/bin');
/** The interpreter itself: a shim costs each test ten times as much. */
const PATH = `/usr/bin:${process.env['PATH']}`;

afterEach(expectNoSurvivors);
afterAll(() => rmSync(place, { recursive: true }));

async function run(target: Target, changes: Parameters<typeof observe>[2] = {}) {
  const env = { PATH, ...changes.env };
  const { outcome, stdout, stderr } = await observe(executor, target, {
    cwd: place,
    ...changes,
    env,
  }).result();
  return { outcome, stdout: String(stdout), stderr: String(stderr) };
}

const snippet = (code: string, words: string[] = []) => parseTarget(`python:${code}`, words);

function file(text: string, kwargs: Record<string, Json> = {}, args: Json[] = []): Target {
  writeFileSync(join(place, 'job.py'), text);
  return { kind: 'python-file', path: 'job.py', func: undefined, words: [], call: { args, kwargs } };
}

describe('a Python snippet', () => {
  it.each([
    ['print(math.cos(0), time.time() > 0, re.sub("a", "b", "a"))', '1.0 True b\n'],
    ['print(json.dumps([os.sep, sys.argv]), datetime.date(2026, 1, 2))', '["/", ["-c"]] 2026-01-02\n'],
    ['print(random.random() < 1, pathlib.Path("x").suffix == "")', 'True True\n'],
    ['def inner():\n  return [math.pi for _ in "x"]\nprint(inner())', '[3.141592653589793]\n'],
    ['math = 3\nprint(math)', '3\n'],
    ['print("ü", "\\U0001f600", chr(10) in """\n""")', 'ü 😀 True\n'],
    ['print(__name__, "job" in globals())', '__main__ False\n'],
    ['import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())).__class__.__name__)', 'A\n'],
  ])('%s', async (code, expected) => {
    const result = await run(snippet(code), { env: { PYTHONUTF8: '1' } });
    expect(result).toEqual({ outcome: { status: 'succeeded', exitCode: 0 }, stdout: expected, stderr: '' });
  });

  it('knows its run as task', async () => {
    const code =
      'print(task.job, task.namespace, task.attempt, task.trigger, task.run_id, task.params, ' +
      'task.scheduled_at.isoformat(), task.started_at.tzinfo, task.elapsed.total_seconds() >= 0)';
    const { stdout } = await run(snippet(code), { runId: 'run-1' });
    expect(stdout).toBe('job tests 1 once run-1 {} 2026-01-02T03:04:05.678000+00:00 UTC True\n');
  });

  it('gets its words', async () => {
    const { stdout } = await run(snippet('print(sys.argv[1:])', ['a b', '-c', '"']));
    expect(stdout).toBe("['a b', '-c', '\"']\n");
  });

  it('works under a locale that is not UTF-8', async () => {
    const { stdout } = await run(snippet('print(ascii("ü😀"))'), { env: { LC_ALL: 'C', PYTHONUTF8: '0' } });
    expect(stdout).toBe("'\\xfc\\U0001f600'\n");
  });

  it('shows the author their own lines when it fails', async () => {
    const { outcome, stderr } = await run(snippet('def f():\n  return 1 / 0\nf()'));
    expect(outcome).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 1 });
    expect(stderr.replace(/^ *[~^]+\n/gm, '')).toBe(`Traceback (most recent call last):
  File "<python>", line 3, in <module>
    f()
  File "<python>", line 2, in f
    return 1 / 0
ZeroDivisionError: division by zero
`);
  });

  it('shows a mistake in the syntax without our frames', async () => {
    const { stderr } = await run(snippet('print('));
    expect(stderr).toMatch(/^ {2}File "<python>", line 1\n {4}print\(\n/);
  });

  it('is not buffered, unless the author says so', async () => {
    const unbuffered = await run(snippet('print(os.environ["PYTHONUNBUFFERED"])'));
    expect(unbuffered.stdout).toBe('1\n');
    const chosen = await run(snippet('print(os.environ["PYTHONUNBUFFERED"] == "")'), {
      env: { PYTHONUNBUFFERED: '' },
    });
    expect(chosen.stdout).toBe('True\n');
  });
});

describe('a Python file', () => {
  it('is called at run with its options', async () => {
    const text = 'def run(schemas, limit=1):\n  print(__name__, schemas, limit)\n  return 5\n';
    const { outcome, stdout } = await run(file(text, { schemas: ['foo', null, true], limit: 0.42 }));
    expect(stdout).toBe("job ['foo', None, True] 0.42\n");
    expect(outcome).toEqual({ status: 'succeeded', exitCode: 0 });
  });

  it('may have an async run', async () => {
    const { stdout } = await run(file('import asyncio\nasync def run(*a):\n  print(a)\n', {}, [1, 'x']));
    expect(stdout).toBe("(1, 'x')\n");
  });

  it.each([
    ['import sys\nfrom subprocess import run\nif __name__ == "__main__":\n  print(__file__, sys.argv)\n'],
    ['"""\ndef run():\n"""\nimport sys\nprint(__file__, sys.argv)\n'],
  ])('is executed where it defines no run: %j', async (text) => {
    const { stdout } = await run({ ...file(text), words: ['a b'] } as Target);
    expect(stdout).toBe(`${place}/job.py ['${place}/job.py', 'a b']\n`);
  });

  it('imports its neighbours, links followed', async () => {
    writeFileSync(join(place, 'neighbour.py'), 'name = "next door"\n');
    writeFileSync(join(place, 'real.py'), 'import neighbour\ndef run():\n  print(neighbour.name)\n');
    const elsewhere = mkdtempSync(join(place, 'elsewhere-'));
    symlinkSync(join(place, 'real.py'), join(elsewhere, 'link.py'));
    const { stdout } = await run(parseTarget('python:link.py'), { cwd: elsewhere });
    expect(stdout).toBe('next door\n');
  });

  it('refuses options that nothing takes', async () => {
    const { outcome } = await run(file('print(1)\n', { a: 1 }));
    expect(outcome).toMatchObject({ status: 'errored', reason: 'spawn' });
    expect(outcome.message).toContain('defines no function run');
  });

  it('says which argument is wrong, and nothing of ours', async () => {
    const { outcome, stderr } = await run(file('def run(a):\n  pass\n', { b: 1 }));
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 });
    expect(stderr).toMatch(/TypeError: run\(\) got an unexpected keyword argument 'b'/);
    expect(stderr).not.toContain('<string>');
  });

  it('says that it has no such function', async () => {
    const target = { ...file('def run():\n  pass\n'), func: 'other' } as Target;
    expect((await run(target)).stderr).toBe(`supertask: ${place}/job.py has no function 'other'\n`);
  });

  it('ends with the status it exits with', async () => {
    const { outcome } = await run(file('import sys\ndef run():\n  sys.exit(7)\n'));
    expect(outcome).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 7 });
  });
});

describe('a Python file with dependencies', () => {
  const head =
    '# /// script\n# requires-python = ">=3.8"\n# dependencies = ["requests[socks]<3", "rich"]\n# ///\n';
  const log = join(place, 'uv.log');
  const env = { PATH: `${bin}:${PATH}`, UV_LOG: log };

  it('is executed by uv', async () => {
    const { stdout } = await run(
      { ...file(`${head}import sys\nprint(sys.argv)\n`), words: ['w'] } as Target,
      { env },
    );
    expect(stdout).toBe(`['${place}/job.py', 'w']\n`);
    expect(readFileSync(log, 'utf8')).toBe(`run\n--script\n${place}/job.py\nw\n`);
  });

  it('is called in an environment that uv makes', async () => {
    const { stdout } = await run(file(`${head}def run(a):\n  print(a)\n`, { a: 1 }), { env });
    expect(stdout).toBe('1\n');
    expect(readFileSync(log, 'utf8')).toContain(
      'run\n--no-project\n--python\n>=3.8\n--with\nrequests[socks]<3\n--with\nrich\n--\npython\n-c\n',
    );
  });

  it('says plainly that uv is missing', async () => {
    const { outcome } = await run(file(head), { env: { PATH: place } });
    expect(outcome).toMatchObject({ status: 'errored', reason: 'spawn', exitCode: 127 });
    expect(outcome.message).toContain('job.py lists dependencies (PEP 723), which uv brings: install uv');
  });

  it('needs no uv where the list is empty', async () => {
    const text = '# /// script\n# dependencies = [\n#   # none yet\n# ]\n# ///\nprint("plain")\n';
    expect((await run(file(text), { env: { PATH: '/usr/bin' } })).stdout).toBe('plain\n');
  });
});

describe('uv itself', () => {
  const isMissing = spawnSync('uv', ['--version']).error !== undefined;

  it.skipIf(isMissing)(
    `runs what it is told${isMissing ? ' [skipped: uv is not installed]' : ''}`,
    async () => {
      const { outcome, stdout } = await run(parseTarget('uv:--no-project python -c "print(6 * 7)"'));
      expect({ outcome, stdout }).toEqual({ outcome: { status: 'succeeded', exitCode: 0 }, stdout: '42\n' });
    },
  );
});

describe('a Python entry point', () => {
  it('is called with its arguments, from the working directory', async () => {
    writeFileSync(
      join(place, 'pkg.py'),
      'class Job:\n  @staticmethod\n  def go(*a, **k):\n    print(a, k)\n',
    );
    const call = { args: [1, 'two'], kwargs: { jitter: 0.42 } };
    const { stdout } = await run({ kind: 'python-entrypoint', entrypoint: 'pkg:Job.go', call });
    expect(stdout).toBe("(1, 'two') {'jitter': 0.42}\n");
  });

  it('has to have both parts', async () => {
    const call = { args: [], kwargs: {} };
    const { outcome } = await run({ kind: 'python-entrypoint', entrypoint: 'pkg.mod', call });
    expect(outcome).toMatchObject({ status: 'errored', reason: 'spawn' });
    expect(outcome.message).toContain('write package.module:function');
  });
});

describe('a shim in the place of python3', () => {
  const shims = mkdtempSync(join(place, 'shims-'));
  const tally = join(shims, 'tally');
  const env = { PATH: `${shims}:/usr/bin` };
  writeFileSync(join(shims, 'python3'), `#!/bin/sh\necho asked >> ${tally}\nexec /usr/bin/python3 "$@"\n`, {
    mode: 0o755,
  });

  it('is asked once what it stands for, and not for the first run', async () => {
    const interpreters = createInterpreters();
    expect(interpreters.pick(env, place)).toBe('python3');
    await interpreters.idle();
    expect(existsSync(tally)).toBe(false);
    expect(interpreters.pick(env, place)).toBe('python3');
    await interpreters.idle();
    expect(interpreters.pick(env, place)).toBe('/usr/bin/python3');
    await interpreters.idle();
    expect(readFileSync(tally, 'utf8')).toBe('asked\n');
    // Elsewhere it may stand for another version.
    expect(interpreters.pick(env, shims)).toBe('python3');
  });

  it('is not looked behind where there is none', async () => {
    const interpreters = createInterpreters();
    const plain = { PATH: '/usr/bin' };
    for (let round = 0; round < 3; round++) {
      expect(interpreters.pick(plain, place)).toBe('python3');
      await interpreters.idle();
    }
  });
});
