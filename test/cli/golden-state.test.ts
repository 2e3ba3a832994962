/** State directories of released formats, which must load for ever, and one that is newer than this version. */
import { chmodSync, cpSync, lstatSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';
import { place, runCli } from '../support/cli.ts';

/** Later than the last record: files of a fresh checkout look as if a writer had just touched them. */
const LONG_AGO = new Date('2025-06-01T09:00:00Z');

let state: string;

/** Every file and directory below, with what would change if it were written to. */
function tree(): string[] {
  return ['', ...readdirSync(state, { recursive: true, encoding: 'utf8' })].sort().map((name) => {
    const path = join(state, name);
    const { mode, mtimeMs, size } = lstatSync(path);
    const isFile = lstatSync(path).isFile();
    return `${name} ${mode.toString(8)} ${mtimeMs} ${size} ${isFile ? readFileSync(path, 'base64') : ''}`;
  });
}

async function say(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runCli(args, { env: { SUPERTASK_STATE_DIR: state } });
  return `${stdout}${stderr}${exitCode === 0 ? '' : `exit code ${exitCode}\n`}`;
}

async function ask(...args: string[]): Promise<Readonly<Record<string, unknown>>[]> {
  return JSON.parse(await say(...args, '--json'));
}

beforeEach(() => {
  state = join(place().home, 'golden');
  cpSync(join(ROOT, 'test/fixtures/state/v1'), state, { recursive: true });
  // What git does not keep.
  for (const name of ['', ...readdirSync(state, { recursive: true, encoding: 'utf8' })]) {
    const path = join(state, name);
    chmodSync(path, lstatSync(path).isDirectory() ? 0o700 : 0o600);
    utimesSync(path, LONG_AGO, LONG_AGO);
  }
});

describe('a state of format 1', () => {
  it('shows its namespaces, jobs and runs', async () => {
    expect(await say('list-namespaces')).toMatchInlineSnapshot(`
      "NAMESPACE     KIND    JOBS  RUNS  UPDATED              HOST    USER  SOURCE
      night         inline  2     9     2025-06-01 08:00:08  golden  ann   /srv/work cmd:echo $$ > /srv/run; exec sleep 30
      7c91e891220b  inline  1     1     2025-06-01 08:00:01  golden  ann   /srv/work cmd:echo $API_TOKEN
      c21edcd36b1e  inline  1     1     2025-06-01 08:00:01  golden  ann   /srv/work exec:/not/there
      7b6ff8e5fc7a  inline  1     2     2025-06-01 08:00:01  golden  ann   /srv/work cmd:echo 'hello world'
      9db167557184  file    5     8     2025-06-01 08:00:01  golden  ann   /srv/shop/supertask.yaml
      "
    `);
    expect(await say('list-jobs')).toMatchInlineSnapshot(`
      "JOB               SCHEDULE  ZONE  NEXT DUE  LAST RUN             STATUS                   NAMESPACE     TARGET
      echo-hello-world  once      UTC             2025-06-01 08:00:01  succeeded                7b6ff8e5fc7a  cmd:echo 'hello world'
      masked            once      UTC             2025-06-01 08:00:01  succeeded                7c91e891220b  cmd:echo $API_TOKEN
      Daily report      once      UTC             2025-06-01 08:00:01  succeeded                9db167557184  cmd:echo rows=42 >> "$SUPERTASK_OUTPUT"; echo done; echo note >&2
      broken            once      UTC             2025-06-01 08:00:01  failed (exit-code 3)     9db167557184  cmd:exit 3
      slow              once      UTC             2025-06-01 08:00:01  failed (timeout)         9db167557184  cmd:sleep 60
      killed            once      UTC             2025-06-01 08:00:01  failed (signal SIGKILL)  9db167557184  cmd:kill -9 $$
      silent            disabled  UTC                                                           9db167557184  cmd:true
      gone              once      UTC             2025-06-01 08:00:01  errored (spawn)          c21edcd36b1e  exec:/not/there
      tick              once      UTC             2025-06-01 08:00:08  failed (exit-code 1)     night         cmd:false
      cut               once      UTC             2025-06-01 08:00:08  errored (lost)           night         cmd:echo $$ > /srv/run; echo begun; exec sleep 30
      "
    `);
    expect(await say('list-runs', '--limit=100')).toMatchInlineSnapshot(`
      "RUN                 JOB               STATUS                   DUE                  TOOK   TRIGGER   NAMESPACE
      01972a81-5371-7401  cut               errored (lost)           2025-06-01 08:00:08         once      night
      01972a81-5343-7fd9  tick              failed (exit-code 1)     2025-06-01 08:00:08  8ms    once      night
      01972a81-52e6-7715  tick              succeeded                2025-06-01 08:00:07  23ms   once      night
      01972a81-4f58-8769  tick              succeeded                2025-06-01 08:00:07  43ms   schedule  night
      01972a81-4b70-8774  tick              missed (down)            2025-06-01 08:00:06         schedule  night
      01972a81-4788-8ebf  tick              skipped (overlap)        2025-06-01 08:00:05         schedule  night
      01972a81-43a0-8836  tick              errored (lost)           2025-06-01 08:00:04         schedule  night
      01972a81-3fb8-8697  tick              skipped (overlap)        2025-06-01 08:00:03         schedule  night
      01972a81-3bd0-83c1  tick              failed (stopped)         2025-06-01 08:00:02  1.0s   schedule  night
      01972a81-3abe-7bb3  masked            succeeded                2025-06-01 08:00:01  16ms   once      7c91e891220b
      01972a81-3a43-7e66  gone              errored (spawn)          2025-06-01 08:00:01  5ms    once      c21edcd36b1e
      01972a81-3a01-7bd3  echo-hello-world  succeeded                2025-06-01 08:00:01  24ms   once      7b6ff8e5fc7a
      01972a81-398b-7e2f  echo-hello-world  succeeded                2025-06-01 08:00:01  17ms   once      7b6ff8e5fc7a
      01972a81-3895-7f12  report            succeeded                2025-06-01 08:00:01  52ms   once      9db167557184
      01972a81-3895-7a98  slow              failed (timeout)         2025-06-01 08:00:01  119ms  once      9db167557184
      01972a81-3895-7397  killed            failed (signal SIGKILL)  2025-06-01 08:00:01  39ms   once      9db167557184
      01972a81-3895-70e5  broken            failed (exit-code 3)     2025-06-01 08:00:01  23ms   once      9db167557184
      01972a81-3748-7c68  report            succeeded                2025-06-01 08:00:00  43ms   once      9db167557184
      01972a81-3748-7472  slow              failed (timeout)         2025-06-01 08:00:00  106ms  once      9db167557184
      01972a81-3748-71d7  broken            failed (exit-code 3)     2025-06-01 08:00:00  15ms   once      9db167557184
      01972a81-3748-714a  killed            failed (signal SIGKILL)  2025-06-01 08:00:00  24ms   once      9db167557184
      "
    `);
  });

  it('shows all of a run, folded or not', async () => {
    const [report] = await ask('list-runs', '--job=report', '--limit=1');
    expect(report).toMatchInlineSnapshot(`
      {
        "attempt": 1,
        "durationMs": 52,
        "endedAt": "2025-06-01T08:00:01.230Z",
        "exitCode": 0,
        "id": "01972a81-3895-7f12-b9cd-58338fe41b0d",
        "job": "report",
        "message": null,
        "namespace": "9db167557184f9e0a7cb45990a6bddd4",
        "outputs": {
          "rows": "42",
        },
        "pid": 46,
        "reason": null,
        "scheduledAt": "2025-06-01T08:00:01.173Z",
        "signal": null,
        "startedAt": "2025-06-01T08:00:01.176Z",
        "status": "succeeded",
        "stderrBytes": 5,
        "stdoutBytes": 5,
        "trigger": "once",
        "truncated": false,
      }
    `);
    const [missed] = await ask('list-runs', '--status=missed');
    expect(missed).toMatchInlineSnapshot(`
      {
        "attempt": 1,
        "count": 1,
        "durationMs": null,
        "endedAt": "2025-06-01T08:00:07.646Z",
        "evidence": {
          "until": "2025-06-01T08:00:07.646Z",
        },
        "exitCode": null,
        "firstAt": "2025-06-01T08:00:06.000Z",
        "id": "01972a81-4b70-8774-a071-5eba90ca608b",
        "job": "tick",
        "lastAt": "2025-06-01T08:00:06.000Z",
        "message": null,
        "namespace": "night",
        "pid": null,
        "reason": "down",
        "scheduledAt": "2025-06-01T08:00:06.000Z",
        "signal": null,
        "startedAt": null,
        "status": "missed",
        "stderrBytes": null,
        "stdoutBytes": null,
        "trigger": "schedule",
        "truncated": false,
      }
    `);
  });

  it('shows what its runs printed', async () => {
    expect(await say('logs', 'report')).toMatchInlineSnapshot(`
      "done
      note
      "
    `);
    expect(await say('logs', 'echo-hello-world')).toMatchInlineSnapshot(`
      "hello world
      "
    `);
    expect(await say('logs', 'masked')).toMatchInlineSnapshot(`
      "***
      "
    `);
    expect(await say('logs', 'cut')).toMatchInlineSnapshot(`
      "begun
      "
    `);
  });

  it('is found to be damaged where it is, and is mended', async () => {
    const found = async (...flags: string[]): Promise<string> =>
      (await say('fsck', ...flags))
        .replaceAll(state, '…')
        .replaceAll(/(quarantine\/)[0-9a-f]+-[0-9a-f]+-/g, '$1…-');
    expect(await found()).toMatchInlineSnapshot(`
      "problem: …/namespaces/night/journal/mbddexrm-267-0ded4c94.0.jsonl: 2 lines cannot be read, the first at byte 1506: torn by a kill or a full disk, or damaged; the other lines are whole.
      problem: …/namespaces/night/journal: 1 run whose supertask is gone; the next scheduler of the namespace records the end.
      2 problems; supertask fsck --repair mends what can be mended
      exit code 1
      "
    `);
    const ends = async () =>
      (await ask('list-runs', '--limit=100')).map(({ id, status, reason }) => ({ id, status, reason }));
    const before = await ends();
    expect(await found('--repair')).toMatchInlineSnapshot(`
      "repaired: …/namespaces/night/journal/mbddexrm-267-0ded4c94.0.jsonl: handed on without 2 lines that are no record; what it was is put aside as …/namespaces/night/quarantine/…-mbddexrm-267-0ded4c94.0.jsonl
      repaired: …/namespaces/night/journal: recorded run 01972a81-5371-7401-b9d4-63ebf9656561 of cut as lost
      note: …/namespaces/night/quarantine: 1 file that could not be read, put aside and kept. When you need nothing of it, remove it.
      clean
      "
    `);
    expect(await found()).toMatchInlineSnapshot(`
      "note: …/namespaces/night/quarantine: 1 file that could not be read, put aside and kept. When you need nothing of it, remove it.
      clean
      "
    `);
    expect(await ends()).toEqual(before);
  });

  it('is not changed by being read', async () => {
    const before = tree();
    for (const command of ['list-namespaces', 'list-jobs', 'list-runs']) await say(command);
    await say('show', 'report');
    await say('fsck');
    await say('du');
    expect(tree()).toEqual(before);
  });

  it('goes on where it was left, and keeps all that it had', async () => {
    const before = await ask('list-runs', '--limit=100');
    expect(await say('run', '--ns=night', '--name=tick', '--', 'cmd:echo again')).toBe('again\n');
    const after = await ask('list-runs', '--limit=100');
    expect(after).toHaveLength(before.length + 1);
    expect(after.slice(1)).toEqual(before);
    expect(await say('logs', 'tick')).toBe('again\n');
  });
});

describe('a state of a newer format', () => {
  beforeEach(() => {
    const path = join(state, 'format.json');
    writeFileSync(path, '{"format":99,"minWriter":99,"more":true}\n');
    chmodSync(path, 0o600);
  });

  it('can be read', async () => {
    expect(await ask('list-namespaces')).toHaveLength(5);
    expect(await ask('list-runs', '--limit=100')).toHaveLength(21);
    expect(await say('logs', 'report')).toContain('done');
  });

  it.each([
    ['once', ['run', '--', 'echo never']],
    ['on a schedule', ['run', '--ns=night', '--when=every 1s', '--', 'echo never']],
  ])('is not written to by a run %s, which does not start', async (_, args) => {
    const before = tree();
    expect(await say(...args)).toBe(
      [
        `error: the state in ${state} has format 99, this version writes 1 [STATE_NEWER]`,
        'hint: It can be read, not written: update supertask, or set SUPERTASK_STATE_DIR to another directory.',
        'exit code 125',
        '',
      ].join('\n'),
    );
    expect(tree()).toEqual(before);
  });

  it('is written to where it says that this version may', async () => {
    writeFileSync(join(state, 'format.json'), '{"format":99,"minWriter":1}\n');
    expect(await say('run', '--', 'echo yes')).toBe('yes\n');
  });
});
