/** Parameters, templates and steps of a timetable, as a user meets them. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';
import { mistakes } from '../support/schema.ts';

type Shown = {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly [key: string]: unknown;
};

/** Write a timetable and run it to its end. */
async function run(text: string, args: readonly string[] = []) {
  writeFileSync(join(place().work, 't.yaml'), text);
  const result = await runCli(['run', '--file', 't.yaml', ...args]);
  const { stdout } = await runCli(['list-runs', '--json']);
  const runs = JSON.parse(stdout) as readonly Shown[];
  expect(mistakes('list-runs', runs)).toEqual([]);
  return { ...result, runs };
}

describe('arguments', () => {
  const TEXT = `
tasks:
  greet:
    params: {who: {required: true}, api_token: abcdefgh-canary}
    run: [exec: [printf, '%s|', '\${{ params.who }}'], 'node:console.log(JSON.stringify(task.params.who), process.env.SUPERTASK_ARG_WHO)']
`;

  it('reach every kind of target exactly, and the record', async () => {
    const who = `it's "$(id)"\n../x`;
    const { stdout, exitCode, runs } = await run(TEXT, ['--arg', `who=${who}`]);
    expect([stdout, exitCode]).toEqual([`${who}|${JSON.stringify(who)} ${who}\n`, 0]);
    expect(runs).toMatchObject([{ task: 'greet', args: { who, api_token: '***' }, status: 'succeeded' }]);
    expect(runs[0]?.job).toMatch(/^greet@who=it-s----id---\.\.-x~[0-9a-f]{6}$/);
  });

  it.each([
    [[], 't.yaml:3:3: task "greet" needs an argument for "who" [ARGS_INVALID]'],
    [['--arg', 'whom=x'], 'no task has a parameter "whom" [ARGS_INVALID]\nhint: Did you mean who?'],
    [['--arg', 'who'], '--arg "who" is not NAME=value [USAGE]'],
  ])('%j are refused when wrong', async (args, message) => {
    const { stderr, exitCode, runs } = await run(TEXT, args);
    expect(stderr).toContain(message);
    expect([exitCode, runs]).toEqual([2, []]);
  });

  it('are for files only', async () => {
    const { stderr, exitCode } = await runCli(['run', '--arg', 'a=b', '--', 'cmd:echo']);
    expect([stderr.split('\n')[0], exitCode]).toEqual([
      'error: --arg is for the parameters of a file [USAGE]',
      2,
    ]);
  });

  it('make jobs that are listed, forecast and simulated each by itself', async () => {
    const text = `
tables: {zone: {US: America/New_York, DE: Europe/Berlin}}
tasks:
  close:
    params: {country: }
    when:
      - {daily: '17:00', tz: '\${{ tables.zone[params.country] }}', args: {country: US}}
      - {daily: '17:00', tz: '\${{ tables.zone[params.country] }}', args: {country: DE}}
    run: "true"`;
    writeFileSync(join(place().work, 't.yaml'), text);
    const next = await runCli(['next', 't.yaml', '--from=2026-01-01T00:00Z', '--json']);
    expect(JSON.parse(next.stdout)).toEqual([
      { job: 'close@country=US', tz: 'America/New_York', next: ['2026-01-01T22:00:00.000Z'] },
      { job: 'close@country=DE', tz: 'Europe/Berlin', next: ['2026-01-01T16:00:00.000Z'] },
    ]);
    const span = ['--from=2026-01-01T00:00Z', '--to=2026-01-02T00:00Z', '--json'];
    const simulated = await runCli(['simulate', 't.yaml', ...span]);
    expect(simulated.stdout).toMatch(/close@country=DE[\s\S]*close@country=US/);
  });
});

describe('a run by hand', () => {
  const TEXT = `
tasks:
  greet:
    params: {who: {required: true}, lang: en}
    when: {at: '2099-01-01T00:00', args: {who: Jo}}
    run: 'echo \${{ params.who }} \${{ params.lang }} \${{ date.format("yyyy") }}'
`;
  const request = (...words: string[]) => runCli(['trigger', ...words]);

  it('brings its arguments, and needs no scheduler', async () => {
    writeFileSync(join(place().work, 't.yaml'), TEXT);
    const file = '--file=t.yaml';
    expect((await request('greet', file, '--arg=who=$x', '--arg=lang=fr')).stdout).toMatch(
      /^\$x fr 20\d\d$/m,
    );
    expect((await request('greet@who=Jo', file)).stdout).toMatch(/^Jo en 20/m);
    expect((await request('greet@who=Jo', file, '--arg=lang=de')).stdout).toMatch(/^Jo de 20/m);
    const { stdout } = await runCli(['list-runs', '--json']);
    expect((JSON.parse(stdout) as readonly Shown[]).map(({ job, task, args }) => [job, task, args])).toEqual([
      ['greet@lang=de,who=Jo', 'greet', { who: 'Jo', lang: 'de' }],
      ['greet@who=Jo', 'greet', { who: 'Jo', lang: 'en' }],
      [expect.stringMatching(/^greet@lang=fr,who=-x~/), 'greet', { who: '$x', lang: 'fr' }],
    ]);
    for (const args of [['greet'], ['greet', '--arg=whom=x'], ['greet@who=Al']]) {
      const { stderr, exitCode } = await request(...args, file);
      expect(stderr).toMatch(/needs an argument for "who"|no parameter "whom"|no job "greet@who=Al"/);
      expect(exitCode).toBe(2);
    }
  });

  it('is asked of the scheduler by job or by task', async () => {
    writeFileSync(join(place().work, 't.yaml'), `meta: {namespace: shop}\n${TEXT}`);
    const scheduler = startCli(['run', '--file', 't.yaml']);
    await scheduler.waitForLine('stderr', /1 job in namespace/);
    const links = join(place().state, 'namespaces/shop/control');
    while (!existsSync(links) || readdirSync(links).length === 0) await sleep(20);
    const asked = [
      await request('greet@who=Jo', '--wait', '--json'),
      await request('greet', '--arg=who=Al', '--wait', '--json'),
    ];
    const runs = asked.map(({ stdout }) => (JSON.parse(stdout) as { readonly run: Shown }).run);
    expect(runs).toMatchObject([
      { job: 'greet@who=Jo', status: 'succeeded' },
      { job: 'greet@who=Al', task: 'greet', args: { who: 'Al', lang: 'en' }, status: 'succeeded' },
    ]);
    const listed = JSON.parse((await runCli(['list-jobs', '--json'])).stdout) as readonly Shown[];
    expect(listed.map((job) => [job.id, job['task'], job['schedules']]).sort()).toEqual([
      ['greet@who=Al', 'greet', []],
      ['greet@who=Jo', 'greet', ['at 2099-01-01T00:00']],
    ]);
    expect((await runCli(['logs', 'greet@who=Al'])).stdout).toMatch(/^Al en 20/);
    const { stderr, exitCode } = await request('greet', '--wait');
    expect([stderr.split('\n')[0], exitCode]).toEqual([
      'error: task "greet" needs an argument for "who" [ARGS_INVALID]',
      2,
    ]);
    scheduler.signal('SIGTERM');
    await scheduler.exit;
  });
});

it('a planned attempt of a run by hand is found by the next scheduler, with its arguments', async () => {
  const text = `
meta: {namespace: shop}
tasks:
  greet:
    params: {who: {required: true}, lang: en}
    when: {at: '2099-01-01T00:00', args: {who: Jo}}
    retry: {attempts: 2, delay: 1h}
    run: exit 3
  hush:
    params: {code: }
    secrets: [code]
    retry: {attempts: 2, delay: 1h}
    run: exit 3`;
  writeFileSync(join(place().work, 't.yaml'), text);
  const links = join(place().state, 'namespaces/shop/control');
  const start = async () => {
    const scheduler = startCli(['run', '--file', 't.yaml']);
    while (!existsSync(links) || readdirSync(links).length === 0) await sleep(20);
    return scheduler;
  };
  const runsOf = async (job: string) =>
    JSON.parse((await runCli(['list-runs', '--json', '--job', job])).stdout) as readonly Shown[];
  const first = await start();
  expect((await runCli(['trigger', 'greet', '--arg=who=Al'])).exitCode).toBe(0);
  expect((await runCli(['trigger', 'hush', '--arg=code=canary-4711'])).exitCode).toBe(0);
  while ((await runsOf('hush')).length < 2) await sleep(20);
  first.signal('SIGTERM');
  await first.exit;
  const second = await start();
  while ((await runsOf('hush'))[0]?.status !== 'skipped') await sleep(20);
  expect(await runsOf('hush')).toMatchObject([
    { attempt: 2, evidence: { cause: 'its arguments are secret, so they were not kept' } },
    { attempt: 1, status: 'failed' },
  ]);
  expect(await runsOf('greet@who=Al')).toMatchObject([
    { attempt: 2, status: 'waiting', task: 'greet', args: { who: 'Al', lang: 'en' } },
    { attempt: 1, status: 'failed' },
  ]);
  second.signal('SIGTERM');
  await second.exit;
});

describe('templates', () => {
  it('see the run, the host and the environment that is listed', async () => {
    const { stdout } = await run(`
tasks:
  t:
    read-env: HOME
    env: {WHERE: '\${{ env.HOME }}/x', PATH: '/nowhere:\${{ env.PATH }}'}
    cwd: '\${{ env.HOME }}/work'
    run: >-
      echo "$SUPERTASK_RUN_ID" = "\${{ run.id }}"; echo "$SUPERTASK_SCHEDULED_AT" = \${{ run.scheduled_at }};
      echo \${{ env.WHERE }} "$PATH" \${{ run.attempt }} \${{ run.trigger }} \${{ job.id }} \${{ namespace }}; pwd`);
    const { home } = place();
    const [id, at, rest, cwd] = stdout.split('\n');
    expect(id).toMatch(/^([0-9a-f-]{36}) = \1$/);
    expect(at).toMatch(/^(\S{24}) = \1$/);
    expect(rest).toMatch(new RegExp(`^${home}/x /nowhere:/.* 1 once t [0-9a-f]{32}$`));
    expect(cwd).toBe(`${home}/work`);
  });

  it('that cannot be evaluated end the run before anything of it runs, and say so in the listing', async () => {
    const { runs, stderr } = await run(`
tasks:
  t:
    read-env: NOT_SET
    run: ['touch ran', 'echo \${{ env.NOT_SET }}']`);
    expect(runs).toMatchObject([
      {
        status: 'errored',
        reason: 'template',
        message: '${{ env.NOT_SET }}: the variable NOT_SET is not set',
      },
    ]);
    expect(existsSync(join(place().work, 'ran'))).toBe(false);
    expect(stderr).toContain('the variable NOT_SET is not set');
    expect((await runCli(['list-runs'])).stdout).toContain('errored (template)');
  });

  it('are no matter of flags', async () => {
    const args = ['--env', 'A=${{ x }} $${{ y }}'];
    const { stdout } = await run(`tasks: {t: {run: 'echo "$A" \${{ env.A }}'}}`, args);
    expect(stdout).toBe('');
    const literal = await run(`tasks: {t: {env: {A: x}, run: 'echo "$A" \${{ env.A }}'}}`, args);
    expect(literal.stdout).toBe('${{ x }} $${{ y }} ${{ x }} $${{ y }}\n');
  });

  it('hide what is secret', async () => {
    const { stdout, runs } = await run(`
tasks:
  t: {params: {code: canary-4711}, secrets: [code], run: 'echo \${{ params.code }}; false'}`);
    expect(stdout).toBe('***\n');
    expect(JSON.stringify(runs)).not.toContain('canary');
  });
});

describe('steps', () => {
  it('hand values on, and are each on record', async () => {
    const { stdout, exitCode, runs } = await run(`
tasks:
  t:
    run:
      - {name: count, run: 'echo rows=3 >> "$SUPERTASK_OUTPUT"'}
      - {name: big, if: steps.count.outputs.rows > 10, run: echo big}
      - {name: small, if: '\${{ steps.count.outputs.rows <= 10 }}', run: 'echo small; echo rows=4 > "$SUPERTASK_OUTPUT"'}
      - echo \${{ steps.count.outputs.rows }} \${{ steps.small.outputs.rows }} \${{ steps.big.status }}`);
    expect([stdout, exitCode]).toEqual(['small\n3 4 skipped\n', 0]);
    expect(runs).toMatchObject([
      {
        status: 'succeeded',
        outputs: { rows: '4' },
        steps: [
          { name: 'count', status: 'succeeded', exitCode: 0, outputs: { rows: '3' } },
          { name: 'big', status: 'skipped' },
          { name: 'small', status: 'succeeded', outputs: { rows: '4' } },
          { name: 'step 4', status: 'succeeded' },
        ],
      },
    ]);
  });

  it('stand apart in what was printed, of which a pipe gets nothing but their bytes', async () => {
    const { runs } = await run(`
tasks:
  t:
    run:
      - {name: fetch, run: 'printf begun; echo oops >&2'}
      - echo second
      - {name: never, if: false, run: echo no}
      - {name: load, run: 'echo third; exit 3'}`);
    const ask = async (...words: string[]) => (await runCli([...words])).stdout;
    const [id = ''] = runs.map((each) => each.id);
    expect(await ask('logs', 't', '--stdout')).toBe('begunsecond\nthird\n');
    expect(await ask('logs', 't', '--step=fetch', '--stdout')).toBe('begun');
    expect(await ask('logs', id, '--step', '4', '--tail=1')).toBe('third\n');
    const { stderr, exitCode } = await runCli(['logs', id, '--step=lode']);
    expect([stderr, exitCode]).toEqual([
      `error: run ${id.slice(0, 18)} has no step "lode" [ID_UNKNOWN]\nhint: It has fetch, 2, never, load.\n`,
      2,
    ]);
    const shown = await ask('show', id);
    expect(shown.slice(shown.indexOf('STEP')).replaceAll(/\d+ms/g, '…ms')).toMatch(
      /^STEP {2}NAME {3}STATUS {5}EXIT {2}TOOK\n1 {5}fetch {2}succeeded {2}0 {5}…ms *\n2 {12}succeeded {2}0 .*\n3 {5}never {2}skipped\n4 {5}load {3}failed {5}3 /,
    );
    expect(shown).not.toContain('"name"');
  });

  it('behind one that failed run only where they ask for it, and the run says which it was', async () => {
    const { stdout, exitCode, runs } = await run(`
tasks:
  t:
    run:
      - {name: shaky, run: exit 3, continue-on-error: true}
      - {name: broken, run: exit 4}
      - {name: passed over, run: echo no}
      - {name: also, if: 'true', run: echo no}
      - {name: alarm, if: failure() && steps.broken.status == "failed", run: 'echo alarm'}
      - {name: cleanup, if: always(), run: 'echo clean; exit 5'}`);
    expect([stdout, exitCode]).toEqual(['alarm\nclean\n', 4]);
    expect(runs).toMatchObject([{ status: 'failed', exitCode: 4, message: 'step 2 (broken)' }]);
    const statuses = ['failed', 'failed', 'skipped', 'skipped', 'succeeded', 'failed'];
    expect(runs).toMatchObject([{ steps: statuses.map((status) => ({ status })) }]);
  });

  it('that name an output which is not there end the run, and take too long on their own', async () => {
    const { runs } = await run(`
tasks:
  a:
    run: [{name: one, run: echo}, 'echo \${{ steps.one.outputs.rows }}', {if: failure(), run: echo after}]
  b:
    run: [{name: slow, run: sleep 60, timeout: 100ms}, echo no]
  c:
    timeout: 1500ms
    run: [{name: first, run: sleep 0.2}, {name: last, run: sleep 60, timeout: 30s}]`);
    const [a, b, c] = [...runs].sort((left, right) => (left.job < right.job ? -1 : 1));
    expect(a).toMatchObject({
      status: 'errored',
      reason: 'template',
      message: 'step 2: ${{ steps.one.outputs.rows }}: step "one" has not named "rows"',
      steps: [{ status: 'succeeded' }, { status: 'errored', reason: 'template' }, { status: 'succeeded' }],
    });
    expect(b).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(b?.['message']).toContain('step 1 (slow): it took longer than its timeout of 100 ms');
    expect(c?.['message']).toBe('step 2 (last): the run took longer than its timeout of 1500 ms');
  });

  it('are not begun when the time of the run is up, and whatever goes on then has failed', async () => {
    const { stdout, runs } = await run(`
tasks:
  a:
    timeout: 500ms
    run: [{run: sleep 60, continue-on-error: true}, {name: two, if: always(), run: echo no}]
  b:
    timeout: 500ms
    run: ['true', {name: two, run: sleep 60, continue-on-error: true}]`);
    expect(stdout).toBe('');
    const [a, b] = [...runs].sort((left, right) => (left.job < right.job ? -1 : 1));
    const ended = { status: 'failed', reason: 'timeout' };
    expect(a).toMatchObject({ ...ended, steps: [ended] });
    expect(a?.['message']).toBe('step 1: the run took longer than its timeout of 500 ms');
    expect(b).toMatchObject({ ...ended, steps: [{ status: 'succeeded' }, ended] });
    expect(b?.['message']).toBe('step 2 (two): the run took longer than its timeout of 500 ms');
  });

  it("whose failure is not the run's do not hide that somebody has stopped it", async () => {
    const { signal, runs } = await run(`
tasks:
  a:
    run: ['true', {run: 'kill -TERM $PPID; sleep 60', continue-on-error: true}]`);
    expect(signal).toBe('SIGTERM');
    expect(runs).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
  });

  it('may fail without the run also where there is one only', async () => {
    const { exitCode, runs } = await run(`
tasks:
  a: {run: [{run: exit 3, continue-on-error: true}]}`);
    expect([exitCode, runs[0]?.['status']]).toEqual([0, 'succeeded']);
  });
});

describe('a reload', () => {
  it('tells jobs of one task apart, and keeps the arguments that the scheduler was given', async () => {
    const file = join(place().work, 't.yaml');
    const text = (lang: string) => `
meta: {namespace: shop}
tasks:
  close:
    params: {country: , who: nobody, lang: ${lang}}
    when: [{every: 1h, args: {country: US}}, {every: 2h, args: {country: DE, lang: de}}]
    run: 'echo \${{ params.lang }}'`;
    writeFileSync(file, text('en'));
    const scheduler = startCli(['run', '--file', 't.yaml', '--arg', 'who=Jo']);
    await scheduler.waitForLine('stderr', /2 jobs in namespace/);
    writeFileSync(file, text('fr').replace('2h', '3h'));
    await scheduler.waitForLine('stderr', /reloaded|changed/);
    const { stdout } = await runCli(['list-jobs', '--json']);
    const jobs = JSON.parse(stdout) as readonly Shown[];
    expect(jobs.map(({ id, task, schedules }) => [id, task, schedules])).toEqual([
      ['close@country=US,who=Jo', 'close', ['every 1h']],
      ['close@country=DE,lang=de,who=Jo', 'close', ['every 3h']],
    ]);
    scheduler.signal('SIGTERM');
    await scheduler.exit;
  });
});

it('templates of a task without a schedule see the zone of the task, run or triggered', async () => {
  const text =
    "tasks:\n  a: {params: {zone: Asia/Tokyo}, tz: '${{ params.zone }}', run: 'echo ${{ run.scheduled_at.format(\"VV\") }}'}\n";
  expect((await run(text)).stdout).toBe('Asia/Tokyo\n');
  expect((await runCli(['trigger', 'a', '--file', 't.yaml'])).stdout).toBe('Asia/Tokyo\n');
  expect((await run(text, ['--when', 'now', '--arg', 'zone=Europe/Paris'])).stdout).toBe('Europe/Paris\n');
});

it('a task may list its steps under steps, and tells its own time when that is over', async () => {
  const { exitCode, stdout, runs } = await run(
    'tasks:\n  a: {timeout: 400ms, steps: [{name: one, run: echo one}, {name: two, run: sleep 60}, echo three]}\n',
  );
  expect([exitCode, stdout]).toEqual([124, 'one\n']);
  expect(runs[0]?.['message']).toBe('step 2 (two): the run took longer than its timeout of 400 ms');
});
