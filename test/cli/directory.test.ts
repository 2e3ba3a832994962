/** Directories and files that execute themselves, with the built program. */
import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BIN, place, runCli, startCli, startCommand } from '../support/cli.ts';

function write(files: Readonly<Record<string, string>>): void {
  const { work } = place();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), text);
  }
}

describe('a directory', () => {
  beforeEach(() =>
    write({
      'jobs/db/backup.yaml':
        "tasks:\n  dump: {when: '@yearly', run: pwd}\n  copy: {when: '@yearly', run: echo copied, after: dump}\n",
      'jobs/db/clean.py': '# /// task\n# cron = "0 0 1 1 *"\n# ///\nprint("clean")\n',
    }),
  );

  it('is planned, drawn and checked as one timetable', async () => {
    const next = await runCli(['next', 'jobs', '--json']);
    expect(next.stdout.match(/"(?:job|id)": ?"[^"]*"/g)).toEqual([
      expect.stringContaining('"db.backup.dump"'),
      expect.stringContaining('"db.backup.copy"'),
      expect.stringContaining('"db.clean"'),
    ]);
    const graph = await runCli(['graph', 'jobs']);
    expect(graph.stdout).toBe(
      'db.backup.dump  [@yearly]\n└─ db.backup.copy  [@yearly]\ndb.clean  [0 0 1 1 *]\n',
    );
    const simulated = await runCli(['simulate', 'jobs', '--from', '2030-12-31', '--to', '2d']);
    expect(simulated.stdout).toContain('db.clean');
    expect(await runCli(['check', 'jobs'])).toMatchObject({ exitCode: 0 });
  });

  it('has tasks that are run by hand, where their files lie', async () => {
    const result = await runCli(['trigger', 'db.backup.dump', '--file', 'jobs', '--wait']);
    expect(result).toMatchObject({ stdout: `${join(place().work, 'jobs/db')}\n`, exitCode: 0 });
  });

  it('with broken files is refused, with all that is wrong', async () => {
    write({ 'jobs/a.yaml': 'tasks: {x: {runn: 1}}\n', 'jobs/b.yaml': 'tasks:\n  x: {run: 5}\n' });
    const { stdout, stderr, exitCode } = await runCli(['run', '--file', 'jobs']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/jobs\/a\.yaml:1:13: "runn"/);
    expect(stderr).toMatch(/jobs\/b\.yaml:2:\d+: /);
  });

  it('takes over files that come, change and go while it runs, and keeps the last good state', async () => {
    const running = startCli(['run', '--file', 'jobs']);
    await running.waitForLine('stderr', /db\.clean/);
    write({ 'jobs/new/er/x.yaml': "tasks:\n  a: {when: '@yearly', run: echo}\n" });
    await running.waitForLine('stderr', /timetable reloaded: .*new\.er\.x\.a/);
    appendFileSync(join(place().work, 'jobs/new/er/x.yaml'), "  b: {when: 'sometimes', run: echo}\n");
    await running.waitForLine('stderr', /x\.yaml:3:\d+: .*sometimes/);
    write({ 'jobs/new/er/x.yaml': "tasks:\n  c: {when: '@yearly', run: echo}\n" });
    await running.waitForLine('stderr', /timetable reloaded: .*new\.er\.x\.c/);
    rmSync(join(place().work, 'jobs/db/clean.py'));
    await running.waitForLine('stderr', /timetable reloaded: .*db\.clean/);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });
});

describe('#!/usr/bin/env -S supertask run --file', () => {
  const SHEBANG = '#!/usr/bin/env -S supertask run --file\n';

  it.each([
    ['job.yaml', 'tasks: {a: {run: echo from yaml}}\n', 'from yaml\n'],
    ['job', 'tasks:\n  a: {run: echo from yaml}\n', 'from yaml\n'],
    ['job.py', '# /// task\n# name = "x"\n# ///\nprint("from python")\n', 'from python\n'],
    ['job', '# /// task\n# name = "x"\n# ///\nprint("from python")\n', 'from python\n'],
  ])('executes %s with %j', async (name, text, stdout) => {
    const { work, home } = place();
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'supertask'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    writeFileSync(join(work, name), SHEBANG + text);
    for (const path of [join(bin, 'supertask'), join(work, name)]) chmodSync(path, 0o755);
    const result = await startCommand([`./${name}`], {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    }).exit;
    expect(result).toMatchObject({ stdout, exitCode: 0 });
  });
});
