import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCommand } from '../support/cli.ts';
import { serve } from '../support/loopback.ts';

describe('bad input', () => {
  it.each([
    [
      'unknown scheme',
      ['run', '--', 'foo:bar'],
      /"foo:" is not a known kind of target \[TARGET_INVALID\]\nhint: /,
      2,
    ],
    ['empty target', ['run', '--', 'cmd:'], /the target "cmd:" is empty \[TARGET_INVALID\]/, 2],
    ['empty word', ['run', '--', ''], /is empty \[TARGET_INVALID\]/, 2],
    ['no target at all', ['run'], /there is nothing to run.*\[USAGE\]\nhint: /s, 2],
    ['missing file', ['run', '--file', 'none.yaml'], /there is no file .*none\.yaml \[FILE_NOT_FOUND\]/, 2],
    [
      'a URL of another scheme',
      ['run', '--file', 'ftp://me:secret@host/t.yaml'],
      /error: ftp:\/\/host\/t\.yaml cannot be read: "ftp:" is not fetched.* \[FILE_UNREADABLE\]\nhint: /,
      2,
    ],
    [
      'a file as a URL',
      ['check', 'file:///tmp/t.yaml'],
      /"file:" is not fetched.* \[FILE_UNREADABLE\]\nhint: Save it to a file, and name that by its path/,
      2,
    ],
    ['a directory without timetables', ['run', '--file', '.'], /\[[A-Z_]+\]\nhint: /, 2],
    [
      'target and file',
      ['run', '--file', 'x.yaml', '--', 'true'],
      /both a target and --file \S* ?are given \[USAGE\]/,
      2,
    ],
    [
      'cron with 4 fields',
      ['run', '--when=* * * *', '--', 'true'],
      /\* \* \* \*.*\[SCHEDULE_INVALID\]\nhint: /s,
      2,
    ],
    [
      'cron with 8 fields',
      ['run', '--when=* * * * * * * *', '--', 'true'],
      /\[SCHEDULE_INVALID\]\nhint: /,
      2,
    ],
    ['no schedule', ['run', '--when=sometimes', '--', 'true'], /sometimes.*\[SCHEDULE_INVALID\]\nhint: /s, 2],
    ['never', ['run', '--when=0 0 30 2 *', '--', 'true'], /0 0 30 2 \*.*\[SCHEDULE_INVALID\]/s, 2],
    ['unknown zone', ['run', '--tz=Mars/Olympus', '--', 'true'], /Mars\/Olympus.*\[ZONE_UNKNOWN\]/s, 2],
    [
      'timeout without a unit',
      ['run', '--timeout', '5', '--', 'true'],
      /"?5"?.*unit.*\[DURATION_INVALID\]/s,
      2,
    ],
    ['a variable without =', ['run', '--env', 'A', '--', 'true'], /--env "A" is not NAME=value \[USAGE\]/, 2],
    [
      'unknown flag',
      ['run', '--tiemout=5s', '--', 'true'],
      /^error: supertask run has no flag --tiemout \[USAGE\]\nhint: Did you mean --timeout\? Flags of the command/,
      2,
    ],
    [
      'unknown command',
      ['rnu', 'x'],
      /there is no command "rnu" \[USAGE\]\nhint: Did you mean "supertask run"/,
      2,
    ],
    [
      'a flag of the command that is run',
      ['run', 'ls', '-l'],
      /has no flag -l \[USAGE\]\nhint: .* go after --: supertask run -- ls/,
      2,
    ],
    [
      'one schedule of two',
      ['run', '--when=@daily', '-w', 'every 1h', '--', 'true'],
      /--when is given twice/,
      2,
    ],
    ['one command of two', ['run', '-c', 'true', '-c', 'false'], /--command is given twice: "true" and /, 2],
    ['one file of two', ['run', '-f', 'a.yaml', '--file=b.yaml'], /--file is given twice.*\nhint: /s, 2],
    [
      'a file without a name',
      ['run', '--file', ''],
      /name of the file is empty \[USAGE\]\nhint: Is a variable/,
      2,
    ],
    ['a directory without a name', ['run', '--cwd', '', '--', 'true'], /--cwd is empty \[USAGE\]/, 2],
    ['a name without letters', ['run', '--name=', '--', 'true'], /--name is empty \[USAGE\]/, 2],
    ['a setting without a value', ['run', '--state-dir=', '--', 'true'], /--state-dir is empty \[SETTING/, 2],
    ['no namespace', ['list-jobs', '--ns', ''], /--ns is empty \[SETTING_INVALID\]/, 2],
    [
      'bad day',
      ['list-runs', '--since=2026-02-31'],
      /--since "2026-02-31" is .* does not exist \[USAGE\]/,
      2,
    ],
    [
      'a choice',
      ['run', '--on-stop=never', '--', 'true'],
      /--on-stop is "never" \[USAGE\]\nhint: Use one of: stop, drain\.\n$/,
      2,
    ],
    [
      'bad namespace',
      ['run', '--ns=../x', '--', 'true'],
      /"\.\.\/x" is not a namespace id \[ID_INVALID\]/,
      2,
    ],
    ['unknown run', ['show', 'nothing'], /no run and no job is called "nothing" \[ID_UNKNOWN\]\nhint: /, 2],
    ['unknown namespace', ['list-jobs', '--ns=beef'], /no namespace is called "beef" \[ID_UNKNOWN\]/, 2],
    ['unknown status', ['list-runs', '--status=meh'], /"meh" is not a status/, 2],
    ['bad since', ['list-runs', '--since=x'], /x/, 2],
  ])('%s is refused', async (_, args, stderr, exitCode) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(stderr);
    expect(result.stderr).not.toMatch(/\bat .*\.(c?js|ts):\d+/);
    expect(result).toMatchObject({ exitCode, stdout: '' });
  });

  it('that is nothing at all is taken for no job, no run and no namespace', async () => {
    await runCli(['run', '--', 'true']);
    for (const command of ['show', 'logs', 'kill', 'pause', 'why', 'rerun', 'shutdown', 'adopt']) {
      const { stderr, exitCode } = await runCli([command, '']);
      expect(`${command} ${exitCode}: ${stderr}`).toMatch(/^\w+ 2: error: .*"" \[ID_UNKNOWN\]|is called ""/);
    }
  });

  it('--since without a zone is a time of day here, as the tables show it', async () => {
    await runCli(['run', '--', 'true']);
    const [run] = JSON.parse((await runCli(['list-runs', '--json'])).stdout);
    // Kiritimati has every day first: its midnight is up to fourteen hours before that of UTC.
    const TZ = 'Pacific/Kiritimati';
    const day = new Date(run.scheduledAt).toLocaleDateString('sv-SE', { timeZone: TZ });
    const since = async (text: string): Promise<number> =>
      JSON.parse((await runCli(['list-runs', '--json', `--since=${text}`], { env: { TZ } })).stdout).length;
    const minute = new Date(run.scheduledAt).toLocaleString('sv-SE', { timeZone: TZ }).slice(0, 16);
    expect([await since(day), await since(minute.replace(' ', 'T'))]).toEqual([1, 1]);
    const next = new Date(new Date(run.scheduledAt).getTime() + 86_400_000);
    expect(await since(next.toLocaleDateString('sv-SE', { timeZone: TZ }))).toBe(0);
  });

  it('in the environment is refused like a flag', async () => {
    const result = await runCli(['run', '--', 'true'], { env: { SUPERTASK_ON_STOP: 'never' } });
    expect(result.stderr).toMatch(/SUPERTASK_ON_STOP is "never" \[SETTING_INVALID\]/);
    expect(result.exitCode).toBe(2);
  });

  it('that is a script of another kind says how to run it', async () => {
    writeFileSync(join(place().work, 'my job.sh'), '#!/bin/sh\necho hi\n');
    const { stderr, exitCode } = await runCli(['run', '--file', 'my job.sh']);
    expect(stderr).toMatch(
      /it is a script, and no timetable \[FILE_.*\nhint: .* supertask run -- '.*my job\.sh'\n/,
    );
    expect(exitCode).toBe(2);
  });

  it('of 50 MB is refused before it is parsed', async () => {
    const { work } = place();
    writeFileSync(join(work, 'big.yaml'), Buffer.alloc(50_000_000, 'a'));
    const result = await runCli(['run', '--file', 'big.yaml']);
    expect(result.stderr).toMatch(
      /big\.yaml cannot be read: it is larger than \d+ bytes \[FILE_UNREADABLE\]/,
    );
    expect(result.exitCode).toBe(2);
  });

  it('of another encoding is refused with its place, and a script is left to its interpreter', async () => {
    const { work } = place();
    writeFileSync(join(work, 'latin.yaml'), Buffer.from('tasks:\n  a: {run: echo caf\xe9}\n', 'latin1'));
    writeFileSync(join(work, 'wide.yaml'), Buffer.from('\ufefftasks: {a: {run: echo hi}}\n', 'utf16le'));
    const latin = await runCli(['run', '--file', 'latin.yaml']);
    expect(latin.stderr).toMatch(
      /latin\.yaml:2:20 cannot be read: there is a byte that is no UTF-8 \[FILE_UNR/,
    );
    const wide = await runCli(['run', '--file', 'wide.yaml']);
    expect(wide.stderr).toMatch(
      /wide\.yaml:1:1 cannot be read: it is UTF-16 \[FILE_UNREADABLE\]\nhint: Save/,
    );
    expect([latin.exitCode, wide.exitCode]).toEqual([2, 2]);
    const script = '# -*- coding: latin-1 -*-\nprint(len("\xe9"))\n';
    writeFileSync(join(work, 'latin.py'), Buffer.from(script, 'latin1'));
    expect(await runCli(['run', '--file', 'latin.py'])).toMatchObject({ stdout: '1\n', exitCode: 0 });
  });

  it('of another encoding is refused with its place, also where it comes from a web server', async () => {
    const text = Buffer.from('tasks:\n  a: {run: echo caf\xe9}\n', 'latin1');
    const { url } = await serve((_, response) => response.end(text));
    const { stdout, stderr, exitCode } = await runCli(['run', '--file', `${url}/t.yaml`]);
    expect(stderr).toContain(
      `error: ${url}/t.yaml:2:20 cannot be read: there is a byte that is no UTF-8 [FILE_UNREADABLE]\nhint: Save`,
    );
    expect([stdout, exitCode]).toEqual(['', 2]);
  });

  it('does not get control sequences to the terminal by its errors', async () => {
    const { work } = place();
    const file = 'wrong\u001b[2J.yaml';
    writeFileSync(
      join(work, file),
      '"\\e[2J\\u009b\\u202e": 1\ntasks: {a: {run: x, timeout: "\\e]0;x\\a"}}\n',
    );
    for (const args of [
      ['run', '--file', file],
      ['show', '\u001b[2J\u202e'],
      ['run', '--timeout=\u009b', '--', 'true'],
    ]) {
      const { stderr, exitCode } = await runCli(args);
      expect(stderr).toMatch(/^error: .*\nhint: /);
      expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(exitCode).toBe(2);
    }
  });

  it('without an end on standard input is not read to the end', async () => {
    const program = `${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')}`;
    const endless = startCommand(['sh', '-c', `yes a | ${program} run --file -`]);
    const { stderr, exitCode } = await endless.exit;
    expect(stderr).toMatch(/standard input cannot be read: it is larger than \d+ bytes \[FILE_UNREADABLE\]/);
    expect(exitCode).toBe(2);
  });

  it('of nine kinds is named at once, and nothing is started', async () => {
    const { work } = place();
    writeFileSync(
      join(work, 'bad.yaml'),
      `metta: {}
tasks:
  ok: {run: touch started}
  a: {wen: once, run: echo}
  b: {when: sometimes, run: echo}
  c: {when: '* * * *', run: echo}
  d: {run: 'foo:bar'}
  e: {run: echo, timeout: 5}
  f: {run: echo, overlap: maybe}
  g: {when: {cron: '0 0 * * *', tz: Mars/Olympus}, run: echo}
  h: {}
`,
    );
    const result = await runCli(['run', '--file', 'bad.yaml']);
    expect(result.exitCode).toBe(2);
    const places = [...result.stderr.matchAll(/^error: .*bad\.yaml:(\d+):\d+: /gm)].map(([, line]) =>
      Number(line),
    );
    expect(places).toEqual([1, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(existsSync(join(work, 'started'))).toBe(false);
  });

  it('an unwritable state directory stops it before anything is run', async () => {
    const { work } = place();
    writeFileSync(join(work, 'file'), '');
    const result = await runCli(['run', '--', 'cmd:touch started'], {
      env: { SUPERTASK_STATE_DIR: join(work, 'file/x') },
    });
    expect(result.stderr).toMatch(/\[STATE_UNAVAILABLE\]\nhint: /);
    expect(result.exitCode).toBe(125);
    expect(existsSync(join(work, 'started'))).toBe(false);
  });

  it('a state directory that is a file is told by listings, too', async () => {
    writeFileSync(join(place().work, 'file'), '');
    for (const command of ['list-runs', 'list-jobs', 'list-namespaces']) {
      const { stderr, exitCode } = await runCli([command, '--state-dir=file']);
      expect(stderr).toMatch(/the state directory \S+file is not a directory \[STATE_UNAVAILABLE\]\nhint: /);
      expect(exitCode).toBe(125);
    }
  });

  it('no HOME at all is survived, and a relative one refused', async () => {
    const env = { HOME: undefined, XDG_STATE_HOME: undefined, XDG_CONFIG_HOME: undefined };
    mkdirSync(join(place().work, 's'));
    const relative = await runCli(['run', '--', 'cmd:echo hi'], { env: { ...env, HOME: 'x' } });
    expect(relative.stderr).toMatch(/there is no home directory.*\[STATE_UNAVAILABLE\]/);
    expect(relative.exitCode).toBe(125);
    const given = await runCli(['run', '--state-dir=s', '--', 'cmd:echo hi'], { env });
    expect(given).toMatchObject({ stdout: 'hi\n', exitCode: 0 });
  });

  it.each([
    ['python3', ['run', '--', 'python:1'], /python3/],
    ['uv', ['run', '--', 'uv:tool'], /uv/],
    ['a container engine', ['run', '--', 'docker:busybox true'], /docker|podman/],
  ])('a missing %s is named, with 127', async (_, args, stderr) => {
    const result = await runCli(args, { env: { PATH: '/nonexistent' } });
    expect(result.stderr).toMatch(stderr);
    expect(result.exitCode).toBe(127);
  });
});
