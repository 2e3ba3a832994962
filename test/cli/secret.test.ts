import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Options, place, type Result, runCli, startCli } from '../support/cli.ts';

/** Of each kind of character that some form of writing changes, and 24 bytes long. */
const CANARY = 'c4nary/+ "v&lue"=%ü-8741';
const BASE64 = ['', 'x', 'xx'].map((before) =>
  Buffer.from(`${before}${CANARY}`)
    .toString('base64')
    .slice(before.length * 2, -4),
);
const FORMS = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), ...BASE64];

/** What a task does that must not become known: it prints the value in every form, cut in two, on both streams. */
const TELL = [
  'printf %s "$V" | cut -c1-10 | tr -d "\\n"; sleep 0.05; printf "%s\\n" "$V" | cut -c11-',
  'echo "err $V" >&2',
  'printf %s "$V" | base64; printf "user:%s" "$V" | base64; printf "x%s" "$V" | base64',
  'echo "out=$V" >> "$SUPERTASK_OUTPUT"',
  `test "$(printf %s "$V" | wc -c)" = ${Buffer.byteLength(CANARY)}`,
].join('\n');
const tell = (name: string): string => TELL.replaceAll('$V', `$${name}`);

let told: string[] = [];

beforeEach(() => {
  told = [];
});

/** Run a command and note all that it said. */
async function say(args: readonly string[], options: Options = {}): Promise<Result> {
  const cache = join(place().home, '.cache');
  const result = await runCli(args, { ...options, env: { XDG_CACHE_HOME: cache, ...options.env } });
  told.push(`$ ${args.join(' ').replaceAll(CANARY, '…')}\n${result.stdout}\n${result.stderr}`);
  return result;
}

async function askEverything(): Promise<void> {
  for (const command of ['list-namespaces', 'list-jobs', 'list-runs']) {
    await Promise.all([say([command]), say([command, '--json'])]);
  }
  const runs = JSON.parse((await say(['list-runs', '--json'])).stdout) as { id: string }[];
  for (const { id } of runs) {
    await Promise.all([say(['show', id]), say(['show', id, '--json']), say(['logs', id])]);
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files that were written below the home, names included, and everything said, that hold the value. */
function leaks(): string[] {
  const { home, work } = place();
  const texts = [
    ...told,
    ...filesBelow(home)
      .filter((path) => !path.startsWith(work))
      .map((path) => `${path}\n${readFileSync(path, 'utf8')}`),
  ];
  return texts.filter((text) => FORMS.some((form) => text.includes(form)));
}

describe('a secret is nowhere to be found afterwards', () => {
  it.each<[string, readonly string[], Options]>([
    ['set by --env, with a name that says so', ['--env', `API_TOKEN=${CANARY}`, '--', tell('API_TOKEN')], {}],
    ['inherited, with a name that says so', ['--', tell('PGPASSWORD')], { env: { PGPASSWORD: CANARY } }],
    ['inherited and declared', ['--secret', 'CODE', '--', tell('CODE')], { env: { CODE: CANARY } }],
    [
      'put into the command line by a shell',
      ['--secret=CODE', '--', 'echo', 'of', CANARY],
      { env: { CODE: CANARY } },
    ],
    ['part of the name', ['--secret=CODE', '--name', CANARY, '--', tell('CODE')], { env: { CODE: CANARY } }],
  ])('%s', async (_, args, options) => {
    const run = await say(['run', ...args], options);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toContain('***');
    await say(['run', '--json', ...args], options);
    await say(['run', '--when=every 1s', '--times=1', '--json', ...args], options);
    await askEverything();
    expect(leaks()).toEqual([]);
  });

  it('from a file of variables and from a timetable, printed in two steps', async () => {
    const { work } = place();
    writeFileSync(join(work, '.env'), `FROM_FILE_SECRET='${CANARY}'\n`);
    const yaml = JSON.stringify({
      defaults: { secrets: ['CODE'] },
      tasks: {
        a: { run: [tell('CODE'), tell('FROM_FILE_SECRET')], env: { CODE: CANARY } },
        b: { run: { run: tell('STEP_PASSWORD'), env: { STEP_PASSWORD: CANARY } }, when: 'once' },
        halves: {
          run: ['printf %s "$FROM_FILE_SECRET" | head -c 9', 'printf %s "$FROM_FILE_SECRET" | tail -c +10'],
        },
      },
    });
    writeFileSync(join(work, 'week.yaml'), yaml);
    const run = await say(['run', '-f', 'week.yaml', '--env-file=.env', '--when=once']);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout.match(/\*\*\*/g)?.length).toBeGreaterThan(10);
    await say(['run', '-f', 'week.yaml', '--env-file=.env', '--when=every 1s', '--times=3', '--json']);
    await askEverything();
    expect(leaks()).toEqual([]);
  });

  it('from a Python file with options', async () => {
    const { work } = place();
    const python = [
      '# /// task',
      '# secrets = ["CODE"]',
      '# [options]',
      '# prefix = "it is "',
      '# ///',
      'import os, sys, urllib.parse',
      'def run(prefix):',
      '    print(prefix + os.environ["CODE"], urllib.parse.quote(os.environ["CODE"], safe=""))',
      '    raise ValueError(os.environ["CODE"])',
    ].join('\n');
    writeFileSync(join(work, 'task.py'), python);
    const run = await say(['run', '-f', 'task.py'], { env: { CODE: CANARY } });
    expect(run.stdout).toBe('it is *** ***\n');
    expect(run.stderr).toContain('ValueError: ***');
    await askEverything();
    expect(leaks()).toEqual([]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a missing program', ['--exec', '--', CANARY], /"\*\*\*" does not exist/],
    [
      'a missing directory',
      ['--cwd', `/nowhere/${CANARY}`, '--', 'true'],
      /directory \/nowhere\/\*\*\* does not/,
    ],
    ['a word that is not closed', ['-c', `exec:'${CANARY}`], /not closed in: '\*\*\* \[/],
    ['an unknown kind', ['--', `nope:${CANARY}`], /is not a known kind/],
    ['a missing file', ['-f', CANARY], /there is no file .*\*\*\* \[/],
    ['a wrong schedule', ['--when', CANARY, '--', 'true'], /\[SCHEDULE_INVALID\]/],
    ['a wrong assignment', ['--env', CANARY.replace('=', ':'), '--', 'true'], /--env is not NAME=value/],
    ['a value in place of a name', ['--secret', CANARY, '--', 'true'], /--secret takes the name/],
  ])('that is in the message about %s', async (_, args, message) => {
    const run = await say(['run', '--secret=CODE', ...args], { env: { CODE: CANARY } });
    expect(run.stderr).toMatch(message);
    await askEverything();
    expect(leaks()).toEqual([]);
  });
});

it('is hidden where it is shown and stays where it is kept, if so wished', async () => {
  const args = ['run', '--ns=shop', '--env', 'API_TOKEN=canary-8741', '--', 'cmd:echo "it is $API_TOKEN"'];
  expect((await say([...args.slice(0, 1), '--mask=shown', ...args.slice(1)])).stdout).toBe('it is ***\n');
  const [run] = JSON.parse((await say(['list-runs', '--json'])).stdout) as { id: string }[];
  expect((await say(['logs', String(run?.id)])).stdout).toBe('it is canary-8741\n');
  expect((await say([...args.slice(0, 1), '--mask=none', ...args.slice(1)])).stdout).toBe(
    'it is canary-8741\n',
  );
});

it('says which declared secrets cannot be hidden', async () => {
  const { stderr } = await say(['run', '--secret=PIN', '--secret=GONE', '--', 'true'], {
    env: { PIN: '1234' },
  });
  expect(stderr).toBe(
    'warning: the secret PIN has fewer than 8 bytes, so it cannot be hidden\n' +
      'warning: the secret GONE is not set, so there is nothing to hide\n',
  );
});

it('leaves the output of a run without secrets byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256));
  writeFileSync(join(place().work, 'bytes'), bytes);
  expect((await say(['run', '--', 'cat bytes'])).stdoutBytes).toEqual(bytes);
  expect((await say(['run', '--env=A_TOKEN=never-printed', '--', 'cat bytes'])).stdoutBytes).toEqual(bytes);
});

it('keeps user and password of a URL out of the bookkeeping', async () => {
  await say(['run', '--', 'cmd:true', 'https://me:canary-8741@example.org/x']);
  const [job] = JSON.parse((await say(['list-jobs', '--json'])).stdout) as { target: string }[];
  expect(job?.target).toBe('cmd:true https://***@example.org/x');
  await askEverything();
  told.shift();
  expect(told.filter((text) => text.includes('canary'))).toEqual([]);
  expect(filesBelow(place().state).filter((path) => readFileSync(path, 'utf8').includes('canary'))).toEqual(
    [],
  );
});

it('arguments that are given to a scheduler are hidden from then on, also after a reload', async () => {
  const text = (more: string): string =>
    `tasks:\n  pin: {params: {pin: none-given}, secrets: [pin], run: 'echo "pin=$SUPERTASK_ARG_PIN"; echo "out=$SUPERTASK_ARG_PIN" >> "$SUPERTASK_OUTPUT"', on: {succeeded: 'echo "act=$SUPERTASK_ARG_PIN"'}}\n  beat: {when: every 1h, run: "true"}\n${more}`;
  writeFileSync(join(place().work, 't.yaml'), text(''));
  const scheduler = startCli(['run', '--file', 't.yaml']);
  await scheduler.waitForLine('stderr', /^supertask: 2 jobs/);
  await expect
    .poll(async () => (await runCli(['trigger', 'pin', '--arg=pin=canary-4711', '--wait'])).exitCode)
    .toBe(0);
  await scheduler.waitForLine('stderr', /pin@on-succeeded succeeded/);
  writeFileSync(join(place().work, 't.yaml'), text('  more: {run: "true"}\n'));
  await scheduler.waitForLine('stderr', /1 added/);
  expect((await runCli(['trigger', 'pin', '--arg=pin=canary-4711', '--wait'])).exitCode).toBe(0);
  scheduler.signal('SIGTERM');
  const { stdout, stderr } = await scheduler.exit;
  expect(stdout + stderr).toMatch(/pin=\*\*\*/);
  expect(stdout + stderr).toMatch(/act=\*\*\*/);
  expect(stdout + stderr).not.toContain('canary-4711');
  for (const file of filesBelow(place().state))
    expect(readFileSync(file, 'latin1')).not.toContain('canary-4711');
});
