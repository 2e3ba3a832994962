/** The file of a running scheduler changes: real files, a real server, real signals. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { mistakes } from '../support/schema.ts';

/** A timetable with one task for each id; none is ever due. */
function timetable(...ids: readonly string[]): string {
  return `tasks:\n${ids.map((id) => `  ${id}: {when: '@yearly', run: echo ${id}}\n`).join('')}`;
}

const RELOADED = /timetable reloaded: (.*)/;

type Event = { readonly type: string; readonly [key: string]: unknown };

function eventsOf(running: Running): Event[] {
  const lines = running.output('stdout').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Event);
}

async function stop(running: Running): Promise<void> {
  running.signal('SIGTERM');
  expect((await running.exit).exitCode).toBe(0);
}

describe('a timetable that is changed while it runs', () => {
  /** Each puts `text` in the place of the file that it wrote to begin with. */
  const WAYS: Readonly<Record<string, (path: string) => (text: string) => void>> = {
    'written in place': (path) => {
      writeFileSync(path, timetable('old', 'same'));
      return (text) => writeFileSync(path, text);
    },
    'moved over the old one': (path) => {
      writeFileSync(path, timetable('old', 'same'));
      return (text) => {
        writeFileSync(`${path}.tmp`, text);
        renameSync(`${path}.tmp`, path);
      };
    },
    'saved as vim does, the old one moved away': (path) => {
      writeFileSync(path, timetable('old', 'same'));
      return (text) => {
        renameSync(path, `${path}~`);
        writeFileSync(path, text);
        rmSync(`${path}~`);
      };
    },
    'behind a link that is swapped, as Kubernetes does': (path) => {
      const directory = join(path, '..');
      mkdirSync(join(directory, '..v1'));
      writeFileSync(join(directory, '..v1/t.yaml'), timetable('old', 'same'));
      symlinkSync('..v1', join(directory, '..data'));
      symlinkSync('..data/t.yaml', path);
      return (text) => {
        mkdirSync(join(directory, '..v2'));
        writeFileSync(join(directory, '..v2/t.yaml'), text);
        symlinkSync('..v2', join(directory, '..data_tmp'));
        renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
      };
    },
    'truncated, then written': (path) => {
      writeFileSync(path, timetable('old', 'same'));
      return (text) => {
        truncateSync(path);
        appendFileSync(path, text);
      };
    },
  };

  it.each(Object.entries(WAYS))('%s', async (_, begin) => {
    const change = begin(join(place().work, 't.yaml'));
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stderr', /2 jobs in namespace/);
    change(timetable('same', 'fresh'));
    const [, told] = await running.waitForLine('stderr', RELOADED);
    expect(told).toBe('1 added (fresh), 1 removed (old), 1 as before');
    const jobs = JSON.parse((await runCli(['list-jobs', '--json'])).stdout) as { id: string }[];
    expect(jobs.map(({ id }) => id).sort()).toEqual(['fresh', 'same']);
    await stop(running);
  });

  it('is told of once when it is wrong, and again when it is wrong in another way', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, timetable('job'));
    const running = startCli(['run', '--json', '--file', 't.yaml']);
    await running.waitForLine('stdout', /scheduler-started/);
    writeFileSync(path, 'tasks:\n  job: {when: sometimes, run: echo job}\n');
    await running.waitForLine('stdout', /timetable-rejected.*sometimes/);
    utimesSync(path, 1, 1);
    writeFileSync(path, 'tasks:\n  job: {when: never, run: echo job}\n');
    await running.waitForLine('stdout', /timetable-rejected.*never/);
    rmSync(path);
    await running.waitForLine('stdout', /timetable-rejected.*there is no file/);
    writeFileSync(path, timetable('job', 'more'));
    await running.waitForLine('stdout', /timetable-reloaded/);
    const told = eventsOf(running).filter(({ type }) => type.startsWith('timetable-'));
    expect(told.flatMap((event) => mistakes('run', event))).toEqual([]);
    expect(told.map(({ type, problems }) => [type, problems])).toEqual([
      ['timetable-rejected', [expect.objectContaining({ file: path, line: 2, column: 15 })]],
      ['timetable-rejected', [expect.objectContaining({ file: path, line: 2, column: 15 })]],
      ['timetable-rejected', [expect.objectContaining({ code: 'FILE_NOT_FOUND' })]],
      ['timetable-reloaded', undefined],
    ]);
    await stop(running);
  });

  it('runs by its new definition, while a run that is going keeps its own', async () => {
    const path = join(place().work, 't.yaml');
    const task = (run: string) => `tasks:\n  job: {when: every 1h from start, run: '${run}'}\n`;
    writeFileSync(path, task('echo old; read x < go; echo old to the end'));
    writeFileSync(join(place().work, 'Makefile'), '');
    await runCli(['run', '--', 'mkfifo go']);
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stdout', /^old$/);
    writeFileSync(path, 'tasks:\n  job: {when: every 2h from start, run: echo new}\n');
    await running.waitForLine('stderr', /1 changed \(job\)/);
    // It is due by its new schedule at once, and the old run is in the way.
    await running.waitForLine('stderr', /job skipped/);
    await runCli(['run', '--', 'echo > go']);
    await running.waitForLine('stdout', /^old to the end$/);
    await stop(running);
  });

  it('with calendars in a file of their own, is watched there, too', async () => {
    const { work } = place();
    const ics = (day: string) =>
      `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:${day}\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    writeFileSync(join(work, 'days.ics'), ics('20300101'));
    writeFileSync(
      join(work, 't.yaml'),
      "calendars: {days: {ics: days.ics}}\ntasks:\n  job: {when: {daily: '09:30', calendar: days}, run: echo}\n  other: {when: '@yearly', run: echo}\n",
    );
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stderr', /2 jobs/);
    writeFileSync(join(work, 'days.ics'), ics(`${new Date().getUTCFullYear() + 1}0301`));
    const [, told] = await running.waitForLine('stderr', RELOADED);
    expect(told).toBe('1 changed (job), 1 as before');
    await stop(running);
  });

  it('waits for another change where nothing is scheduled any more', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, timetable('job'));
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stderr', /1 job in/);
    writeFileSync(path, 'tasks:\n  job: {run: echo by hand}\n');
    await running.waitForLine('stderr', /nothing is scheduled any more/);
    writeFileSync(path, 'tasks:\n  job: {when: every 1h from start, run: echo again}\n');
    await running.waitForLine('stdout', /^again$/);
    expect(running.output('stdout')).not.toContain('by hand');
    await stop(running);
  });

  it('is watched by nobody with --no-watch, and read again at SIGHUP', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, timetable('job'));
    const running = startCli(['run', '--no-watch', '--file', 't.yaml']);
    await running.waitForLine('stderr', /1 job in/);
    running.signal('SIGHUP');
    await running.waitForLine('stderr', /timetable reloaded: 1 as before/);
    writeFileSync(path, timetable('job', 'more'));
    running.signal('SIGHUP');
    await running.waitForLine('stderr', /timetable reloaded: 1 added \(more\), 1 as before/);
    await stop(running);
  });

  it('leaves on record which definition held when', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, 'tasks:\n  job: {when: every 1s, run: echo one}\n');
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stdout', /^one$/);
    writeFileSync(path, "tasks:\n  job: {when: '@yearly', run: echo one}\n");
    await running.waitForLine('stderr', /1 changed/);
    const [run] = JSON.parse((await runCli(['list-runs', '--json'])).stdout) as { scheduledAt: string }[];
    const { stdout } = await runCli(['why', 'job', run?.scheduledAt ?? '']);
    expect(stdout).toMatch(/succeeded.*; a reload changed the job at .*: until then it was due every 1s/);
    const [job] = JSON.parse((await runCli(['list-jobs', '--json'])).stdout) as { since: string }[];
    expect(new Date(job?.since ?? '') > new Date(run?.scheduledAt ?? '')).toBe(true);
    await stop(running);
  });

  it('hides what has become secret', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, timetable('job'));
    const running = startCli(['run', '--file', 't.yaml']);
    await running.waitForLine('stderr', /1 job in/);
    writeFileSync(
      path,
      'tasks:\n  job: {when: every 1h from start, env: {PIN: tulip-4711}, secrets: [PIN], run: echo "<$PIN>"}\n',
    );
    const [line] = await running.waitForLine('stdout', /^<.*>$/);
    expect(line).toBe('<***>');
    await stop(running);
  });
});

describe('a timetable from a URL', () => {
  const servers: { close(): void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('is asked for by its ETag, and taken over when it is another', async () => {
    const asked: (string | undefined)[] = [];
    let text = timetable('job');
    const url = await serve((request, response) => {
      const etag = `"${text.length}"`;
      asked.push(request.headers['if-none-match']);
      const isKnown = request.headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : text);
      // The third time it is another one.
      if (asked.length === 2) text = timetable('job', 'more');
    });
    const running = startCli(['run', '--poll=1s', '--file', `${url}/t.yaml`]);
    const [, told] = await running.waitForLine('stderr', RELOADED);
    expect(told).toBe('1 added (more), 1 as before');
    expect(asked).toEqual([undefined, `"${timetable('job').length}"`, `"${timetable('job').length}"`]);
    await stop(running);
  });

  it('goes on with the last good one while the server fails, and says so once', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      const isBroken = asked > 1 && asked < 4;
      response
        .writeHead(isBroken ? 503 : 200)
        .end(isBroken ? 'down' : timetable('job', ...(asked > 1 ? ['more'] : [])));
    });
    const running = startCli(['run', '--poll=1s', '--file', `${url}/t.yaml`]);
    await running.waitForLine('stderr', RELOADED);
    expect(running.output('stderr').match(/warning: .*/g)).toEqual([
      `warning: ${url}/t.yaml answered 503 Service Unavailable; the last good timetable goes on`,
    ]);
    await stop(running);
  });

  it('goes on with the last good one while it has bytes that are no UTF-8', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      const text = asked === 1 ? timetable('job') : `# caf\xe9\n${timetable('job', 'more')}`;
      response.end(Buffer.from(text, asked === 2 ? 'latin1' : 'utf8'));
    });
    const running = startCli(['run', '--poll=1s', '--file', `${url}/t.yaml`]);
    const [, told] = await running.waitForLine('stderr', RELOADED);
    expect(told).toBe('1 added (more), 1 as before');
    expect(running.output('stderr').match(/warning: .*/g)).toEqual([
      `warning: ${url}/t.yaml:1:6 cannot be read: there is a byte that is no UTF-8; the last good timetable goes on`,
    ]);
    await stop(running);
  });

  it('is not asked more than once a second', async () => {
    expect(await runCli(['run', '--poll=10ms', '--', 'true'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--poll is "10ms"'),
    });
  });
});

/** What the only namespace keeps of its jobs. */
function definitions(): unknown[] {
  const namespaces = join(place().state, 'namespaces');
  const [id = ''] = readdirSync(namespaces);
  const directory = join(namespaces, id, 'definitions');
  const [name = ''] = readdirSync(directory);
  const lines = readFileSync(join(directory, name), 'utf8').trim().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

describe('a job that was taken out of its timetable', () => {
  it('keeps its history, which is found by its name', async () => {
    const { work } = place();
    const path = join(work, 't.yaml');
    writeFileSync(path, 'tasks: {gone: {when: every 1s, run: echo out of it}}\n');
    const running = startCli(['run', '--no-watch', '--file', 't.yaml']);
    await running.waitForLine('stderr', /gone succeeded/);
    writeFileSync(path, timetable('stays'));
    running.signal('SIGHUP');
    await running.waitForLine('stderr', /1 removed \(gone\)/);
    expect((await runCli(['list-jobs'])).stdout).not.toContain('gone');
    expect(await runCli(['logs', 'gone'])).toMatchObject({ exitCode: 0, stdout: 'out of it\n' });
    const runs = await runCli(['list-runs', '--job=gone', '--json']);
    const [newest] = JSON.parse(runs.stdout) as { readonly id: string }[];
    const shown: unknown = JSON.parse((await runCli(['show', 'gone', '--json'])).stdout);
    expect(mistakes('show', shown)).toEqual([]);
    expect(shown).toMatchObject({
      id: 'gone',
      removed: true,
      enabled: false,
      target: 'cmd:echo out of it',
      lastRun: { id: newest?.id },
    });
    expect(await runCli(['wait', 'gone'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no scheduler that has it'),
    });
    expect(await runCli(['trigger', 'gone'])).toMatchObject({ exitCode: 2 });
    await stop(running);
    expect((await runCli(['logs', 'gone'])).stdout).toBe('out of it\n');
    expect(await runCli(['logs', 'never-was'])).toMatchObject({ exitCode: 2 });
  });

  it('of one name in two namespaces has to be told apart', async () => {
    const { work } = place();
    for (const ns of ['one', 'other']) {
      for (const id of ['gone', 'stays']) {
        writeFileSync(join(work, 't.yaml'), `tasks: {${id}: {when: every 1s, run: echo out of it}}\n`);
        await runCli(['run', '--times=1', `--ns=${ns}`, '--file', 't.yaml']);
      }
    }
    expect(await runCli(['logs', 'gone'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Name its namespace with --ns'),
    });
    expect((await runCli(['logs', 'gone', '--ns=one'])).stdout).toBe('out of it\n');
  });
});

describe('reload --dry-run', () => {
  const YAML = `tasks:
  same: {when: '@yearly', run: echo same}
  edited: {when: '@yearly', run: echo, timeout: 1m, env: {A: b}}
  gone: {when: '@yearly', run: echo}
`;

  it('says what would change, against the scheduler that runs, and does nothing', async () => {
    const { work } = place();
    writeFileSync(join(work, 't.yaml'), YAML);
    const running = startCli(['run', '--no-watch', '--overlap=queue', '--file', 't.yaml']);
    await running.waitForLine('stderr', /3 jobs/);
    const check = (...args: string[]) => runCli(['reload', '--dry-run', 't.yaml', ...args]);
    expect(await check()).toMatchObject({
      exitCode: 0,
      stdout: 'nothing would change: 3 as before\n',
      stderr: '',
    });
    writeFileSync(
      join(work, 't.yaml'),
      YAML.replace(/ {2}gone/, '  fresh').replace(
        "'@yearly', run: echo, timeout: 1m",
        'every 5m, run: date, timeout: 2m',
      ),
    );
    const { exitCode, stdout } = await check('--json');
    const preview: unknown = JSON.parse(stdout);
    expect(mistakes('reload', preview)).toEqual([]);
    expect([exitCode, preview]).toEqual([
      1,
      [
        {
          namespace: expect.any(String),
          pid: running.pid,
          changes: {
            added: ['fresh'],
            changed: ['edited'],
            removed: ['gone'],
            unchanged: 1,
            parts: { edited: ['when', 'run', 'settings'] },
          },
        },
      ],
    ]);
    expect((await check()).stdout).toMatchInlineSnapshot(`
      "JOB     WOULD BE  IN
      fresh   added
      edited  changed   when, run, settings
      gone    removed
      "
    `);
    await stop(running);
    expect((await check()).stderr).toContain('no scheduler has it now');
  });

  it('reads the timetable with the flags that its scheduler was given, alive or not', async () => {
    const { work } = place();
    const text = `tasks:
  books:
    params: {country: {required: true}, lang: en, api-token: {required: true}}
    when: {cron: '@yearly', args: {lang: fr}}
    deadline: 5m
    run: echo \${{ params.country }}
  plain: {when: '@yearly', run: echo}
`;
    writeFileSync(join(work, 't.yaml'), text);
    const flags = ['--when=every 30d', '--arg=country=FR', '--arg=api-token=hush hush', '--deadline=none'];
    const running = startCli(['run', '--no-watch', ...flags, '--file', 't.yaml']);
    await running.waitForLine('stderr', /2 jobs/);
    const check = () => runCli(['reload', '--dry-run', 't.yaml']);
    expect(await check()).toMatchObject({ exitCode: 0, stdout: 'nothing would change: 2 as before\n' });
    expect(definitions()).toEqual([
      expect.objectContaining({ given: { when: 'every 30d', args: ['country', 'api-token'] } }),
      expect.objectContaining({ given: { when: 'every 30d' } }),
    ]);
    expect(definitions().flatMap((one) => mistakes('definition', one))).toEqual([]);
    writeFileSync(join(work, 't.yaml'), text.replace('run: echo $', 'run: printf $'));
    const changed = await check();
    expect(changed).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^books@country=FR,lang=fr +changed +run, settings$/m),
    });
    await stop(running);
    expect((await check()).stdout).toBe(changed.stdout);
  });

  it('prefers the namespace that has a scheduler, of all in which the timetable was run', async () => {
    writeFileSync(join(place().work, 't.yaml'), YAML);
    const before = startCli(['run', '--no-watch', '--file', 't.yaml']);
    await before.waitForLine('stderr', /3 jobs/);
    await stop(before);
    const running = startCli(['run', '--no-watch', '--file', 't.yaml', '--ns=shop']);
    await running.waitForLine('stderr', /3 jobs/);
    expect(await runCli(['reload', '--dry-run', 't.yaml'])).toMatchObject({ exitCode: 0, stderr: '' });
    await stop(running);
  });

  it('tells what is wrong with the file', async () => {
    writeFileSync(join(place().work, 't.yaml'), 'tasks: {job: {when: sometimes, run: echo}}\n');
    expect(await runCli(['reload', '--dry-run', 't.yaml'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('t.yaml:1:21'),
    });
  });

  it('knows nothing of a timetable that was never run', async () => {
    writeFileSync(join(place().work, 't.yaml'), YAML);
    expect(await runCli(['reload', '--dry-run', 't.yaml'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no scheduler ever had'),
    });
  });
});

describe('reload', () => {
  it('has a scheduler take over what has changed, and says what that was', async () => {
    const path = join(place().work, 't.yaml');
    writeFileSync(path, timetable('job'));
    const running = startCli(['run', '--no-watch', '--file', 't.yaml']);
    await running.waitForLine('stderr', /1 job in/);
    // The control socket opens in the background.
    await expect.poll(async () => (await runCli(['reload', '--json'])).exitCode).toBe(0);
    writeFileSync(path, timetable('job', 'more'));
    const result: unknown = JSON.parse((await runCli(['reload', '--json'])).stdout);
    expect(mistakes('reload', result)).toEqual([]);
    expect(result).toMatchObject([{ pid: running.pid, changes: { added: ['more'], unchanged: 1 } }]);
    writeFileSync(path, 'tasks:\n  job: {when: sometimes, run: echo}\n');
    expect(await runCli(['reload'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('t.yaml:2:15: "sometimes"'),
    });
    await stop(running);
  });
});
