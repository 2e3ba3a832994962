import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

function write(name: string, text: string): void {
  writeFileSync(join(place().work, name), text);
}

const WRONG = `tasks:
  backup:
    when: "*/7 * * * *"
    run: [no-such-program, 'echo "']
    timout: 5m
`;

describe('check', () => {
  it('tells what is wrong as a compiler does', async () => {
    write('supertask.yaml', WRONG);
    const { stdout, stderr, exitCode } = await runCli(['check']);
    // How the shell words it is the shell's own.
    expect(stdout.replace(/(cannot read this line: ).*?( \[)/, '$1…$2')).toMatchInlineSnapshot(`
      "warning: supertask.yaml:3:11: "*/7 * * * *": */7 starts again with each hour, so the step after 56 is 4m long; for a steady pace write: every 7m [SURPRISE]
         3 |     when: "*/7 * * * *"
           |           ^^^^^^^^^^^^^

      error: supertask.yaml:4:11: the program "no-such-program" is not on PATH [PROGRAM_MISSING]
         4 |     run: [no-such-program, 'echo "']
           |           ^^^^^^^^^^^^^^^
      hint: Install it, or write its path. PATH is the one of this shell; a service may have another.

      error: supertask.yaml:4:28: the shell cannot read this line: … [SHELL_SYNTAX]
         4 |     run: [no-such-program, 'echo "']
           |                            ^^^^^^^^
      hint: Is a quote or a bracket not closed? Within YAML, a whole line is best put after run: |

      error: supertask.yaml:5:5: "timout" is not a key of a task [TIMETABLE_INVALID]
         5 |     timout: 5m
           |     ^^^^^^
      hint: Did you mean "timeout"?

      3 errors, 1 warning; 1 task in 1 file
      "
    `);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
  });

  it.each([
    ['a clean file', 'tasks: {a: {run: ls}}', [], 0],
    ['an error', 'tasks: {a: {run: no-such-program}}', [], 1],
    ['a warning', 'tasks: {a: {when: "*/7 * * * *", run: ls}}', [], 0],
    ['a warning that counts', 'tasks: {a: {when: "*/7 * * * *", run: ls}}', ['--strict'], 1],
    [
      'a note, which never counts',
      'tasks: {a: {when: "30 2 * * *", run: ls}}',
      ['--strict', '--tz=Europe/Berlin'],
      0,
    ],
    ['the file alone', 'tasks: {a: {run: no-such-program}}', ['--static'], 0],
    ['a broken file', 'tasks: {', [], 1],
    ['an empty file', '', [], 1],
  ])('%s', async (_, text, flags, exitCode) => {
    write('week.yaml', text);
    expect(await runCli(['check', 'week.yaml', ...flags])).toMatchObject({ exitCode, stderr: '' });
  });

  it.each([
    ['no file at all', ['check'], /nothing to check.*\[USAGE\]\nhint: .*supertask init/],
    ['a file that is not there', ['check', 'gone.yaml'], /there is no file .*gone\.yaml \[FILE_NOT_FOUND\]/],
    ['a directory without timetables', ['check', '.'], /there is no timetable in .* \[FILE_NOT_FOUND\]/],
    ['a URL', ['check', 'https://localhost/x.yaml'], /is a URL.*\[USAGE\]\nhint: .*supertask check -/],
    ['a script', ['check', 'x.ts'], /holds no schedule.*\[USAGE\]/],
    ['a zone', ['check', '--tz=Mars/Base', '-'], /"Mars\/Base" is not a time zone name \[ZONE_UNKNOWN\]/],
    ['a flag', ['check', '--strikt'], /check has no flag --strikt \[USAGE\]\nhint: Did you mean --strict\?/],
  ])('%s is wrong usage', async (_, args, stderr) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(stderr);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('reads standard input, relative to the working directory', async () => {
    const { stdout, exitCode } = await runCli(['check', '-'], { input: 'tasks: {a: {run: gone.py}}' });
    expect(stdout).toContain(`error: <stdin>:1:18: the file ${join(place().work, 'gone.py')} does not exist`);
    expect(exitCode).toBe(1);
  });

  it('looks where it is told to, in several places', async () => {
    mkdirSync(join(place().work, 'jobs'));
    write('jobs/a.yaml', 'tasks: {a: {run: no-such-program}}');
    write('b.yaml', 'tasks: {a: {run: ls}}');
    const { stdout } = await runCli(['check', 'jobs', 'b.yaml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      clean: false,
      files: ['jobs/a.yaml', 'b.yaml'],
      tasks: 2,
      findings: [
        { severity: 'error', code: 'PROGRAM_MISSING', file: 'jobs/a.yaml', line: 1, column: 18, task: 'a' },
      ],
    });
  });

  it('runs nothing, and leaves nothing behind', async () => {
    write('week.yaml', "tasks: {a: {run: touch ran}, b: {run: \"python:open('ran', 'w')\"}}");
    await runCli(['check', 'week.yaml']);
    expect(existsSync(join(place().work, 'ran'))).toBe(false);
    expect(existsSync(place().state)).toBe(false);
  });

  it('says nothing of what is clean when it is to be quiet', async () => {
    write('week.yaml', 'tasks: {a: {run: ls}}');
    expect((await runCli(['check', 'week.yaml', '--quiet'])).stdout).toBe('');
    expect((await runCli(['check', 'week.yaml'])).stdout).toBe('clean: 1 task in 1 file\n');
  });

  it('cannot be made to write to the terminal what is in the file', async () => {
    write('week.yaml', 'tasks: {a: {run: "\u001b[31mx", "\\u001b]0;owned\\u0007": 1}}');
    const { stdout } = await runCli(['check', 'week.yaml']);
    expect(stdout).not.toMatch(/[\u001b\u0007]/);
    expect(stdout).toContain('\\x1b');
  });

  it.each([
    ['tabs', '\t\ttasks: [', '        tasks: ['],
    [
      'letters that take two columns',
      'tasks: {a: {name: 日本語, run: ls, timout: 1}}',
      'tasks: {a: {name: 日本語, run: ls, timout: 1}}',
    ],
  ])('points at the right part behind %s', async (_, text, line) => {
    write('week.yaml', `${text}\n`);
    const { stdout } = await runCli(['check', 'week.yaml']);
    const [source, caret] = stdout.split('\n').slice(1);
    expect(source).toBe(`   1 | ${line}`);
    const width = [...line.slice(0, line.search(/\[|timout/))].reduce(
      (sum, c) => sum + (c > '\u1100' ? 2 : 1),
      0,
    );
    expect(caret?.indexOf('^')).toBeGreaterThanOrEqual(7 + (text.startsWith('\t') ? 0 : width));
  });

  it('shows of a long line the part that is meant', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `"t${index}":{"run":"echo ${index}"}`);
    write('week.json', `{"tasks":{${names.join(',')},"last":{"run":"ls","timout":"5m"}}}`);
    const { stdout } = await runCli(['check', 'week.json']);
    const [, source = '', caret = ''] = stdout.split('\n');
    expect(source.length).toBeLessThanOrEqual(120);
    expect(source.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('"timout"');
  });

  it('is in colour when it is asked to be', async () => {
    write('week.yaml', 'tasks: {a: {run: no-such-program}}');
    expect((await runCli(['check', 'week.yaml', '--color=always'])).stdout).toContain('\u001b[31m');
  });
});

describe('schema', () => {
  it('prints that of timetables', async () => {
    const { stdout, exitCode } = await runCli(['schema']);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'supertask timetable, version 1', type: 'object' });
    expect(exitCode).toBe(0);
  });

  it('prints that of another thing, and names them all', async () => {
    const { stdout } = await runCli(['schema', '--list']);
    const names = stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(' ')[0] ?? '');
    expect(names).toEqual(expect.arrayContaining(['timetable', 'check', 'journal', 'list-runs']));
    for (const name of ['check', 'journal']) {
      const schema = JSON.parse((await runCli(['schema', name])).stdout);
      expect(schema).toEqual(
        JSON.parse(readFileSync(join(import.meta.dirname, `../../schema/${name}.schema.json`), 'utf8')),
      );
    }
  });

  it.each([
    [['schema', 'jurnal'], /there is no schema "jurnal" \[USAGE\]\nhint: Did you mean journal\?/],
    [['schema', '../package'], /there is no schema "\.\.\/package" \[USAGE\]/],
    [['schema', 'check', '--list'], /\[USAGE\]/],
  ])('%j is wrong usage', async (args, stderr) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(stderr);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('init', () => {
  it('writes a timetable that is clean and runs at once', async () => {
    expect(await runCli(['init'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'wrote supertask.yaml; try: supertask run\n',
    });
    expect(await runCli(['check', '--strict', '--tz=Europe/Berlin'])).toMatchObject({
      exitCode: 0,
      stdout: 'clean: 3 tasks in 1 file\n',
    });
    const running = startCli(['run', '--times=1']);
    await running.waitForLine('stdout', /hello from hello, due \d{4}-/);
    running.signal('SIGTERM');
    await running.exit;
  }, 30_000);

  it('names the schema to editors, where it lies', async () => {
    const { stdout } = await runCli(['init', '-']);
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(stdout) ?? [];
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ title: 'supertask timetable, version 1' });
  });

  it('replaces nothing unless it is told to', async () => {
    write('supertask.yaml', 'mine');
    const { stderr, exitCode } = await runCli(['init']);
    expect(stderr).toMatch(/supertask\.yaml is there already \[FILE_EXISTS\]\nhint: .*--force/);
    expect(exitCode).toBe(2);
    expect(readFileSync(join(place().work, 'supertask.yaml'), 'utf8')).toBe('mine');
    expect((await runCli(['init', '--force'])).exitCode).toBe(0);
    expect(readFileSync(join(place().work, 'supertask.yaml'), 'utf8')).toContain('tasks:');
  });

  it('does not write through a link to nowhere', async () => {
    symlinkSync('elsewhere.yaml', join(place().work, 'supertask.yaml'));
    expect((await runCli(['init'])).stderr).toMatch(/\[FILE_EXISTS\]/);
    expect(existsSync(join(place().work, 'elsewhere.yaml'))).toBe(false);
  });

  it('goes into a directory, or another file', async () => {
    mkdirSync(join(place().work, 'jobs'));
    expect((await runCli(['init', 'jobs'])).stderr).toBe(
      'wrote jobs/supertask.yaml; try: supertask run --file jobs/supertask.yaml\n',
    );
    expect((await runCli(['init', 'jobs/night.yml'])).exitCode).toBe(0);
  });

  it.each([
    [['init', 'gone/x.yaml'], /there is no directory .*gone \[FILE_NOT_FOUND\]\nhint: .*mkdir -p/],
    [['init', 'x.json'], /init writes YAML, and .*x\.json ends in \.json \[USAGE\]/],
    [['init', '/dev/full.d/x.yaml'], /\[FILE_NOT_FOUND\]/],
  ])('%j is refused', async (args, stderr) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(stderr);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
