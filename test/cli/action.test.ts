/** Actions through the command line: what follows on runs, and what is left of it after a kill. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { serve } from '../support/loopback.ts';
import { recordsOf, untilRecords } from '../support/record.ts';
import { mistakes } from '../support/schema.ts';

const timetable = (text: string): void => writeFileSync(join(place().work, 't.yaml'), text);
const start = (...flags: string[]): Running => startCli(['run', '--file', 't.yaml', ...flags]);
const shownAs = async (id: string): Promise<Record<string, unknown>> =>
  JSON.parse((await runCli(['show', id, '--json'])).stdout);

describe('a one-shot', () => {
  it('waits for its actions, and ends as its run; what they print is talk', async () => {
    timetable(
      'tasks:\n  job: {run: "echo result; exit 3", on: {failed: [{run: "sleep 0.3; echo told"}, {trigger: other}]}}\n  other: {run: exit 9}\n',
    );
    const { stdout, stderr, exitCode } = await runCli(['run', '--file', 't.yaml']);
    expect({ stdout, exitCode }).toEqual({ stdout: 'result\n', exitCode: 3 });
    expect(stderr).toMatch(/^told$/m);
    expect(stderr).toMatch(/other failed: exit code 9/);
    const records = await recordsOf();
    expect(records.map(({ job, status }) => `${job} ${status}`).sort()).toEqual([
      'job failed',
      'job@on-failed succeeded',
      'other failed',
    ]);
    expect((await runCli(['fsck'])).stdout).toBe('clean\n');
  });

  it('by hand as well, and show tells the chain both ways', async () => {
    timetable(
      'tasks:\n  job: {when: every 1h, run: "exit 3", on: {failed: {trigger: other}}}\n  other: {when: every 1h, run: "true", on: {succeeded: {run: "true", name: End}}}\n',
    );
    expect((await runCli(['trigger', 'job', '--file', 't.yaml'])).exitCode).toBe(3);
    const records = await recordsOf();
    const idOf = (job: string): string => records.find((each) => each.job === job)?.id ?? '';
    const first = await shownAs(idOf('job'));
    expect(mistakes('show', first)).toEqual([]);
    expect(first).toMatchObject({
      ledTo: [
        { job: 'other', status: 'succeeded', kind: 'action', depth: 1 },
        { job: 'other@on-succeeded', depth: 2 },
      ],
    });
    const last = await shownAs(idOf('other@on-succeeded'));
    expect(last).toMatchObject({
      cause: { kind: 'action', run: idOf('other') },
      ledBy: [{ id: idOf('job') }, { id: idOf('other') }],
    });
    const { stdout } = await runCli(['show', idOf('other')]);
    expect(stdout).toMatch(/Led by:\n {2}\S+ {2}job {2}failed/);
    expect(stdout).toMatch(/Led to:\n {2}\S+ {2}other@on-succeeded {2}succeeded/);
  });

  it('by hand tells the time in the zone of its schedule, and so do its actions and what they trigger', async () => {
    const zone = '${{ run.scheduled_at.format("VV") }}';
    timetable(`
tasks:
  job:
    when: {every: 1h, tz: Pacific/Kiritimati}
    run: 'echo ${zone}'
    on:
      succeeded:
        - 'echo action ${zone}'
        - {trigger: other, args: {from: '${zone}'}}
  other: {params: {from: {}}, when: {every: 1h, tz: Asia/Tokyo, args: {from: x}}, run: 'echo \${{ params.from }} ${zone}'}
`);
    const { stdout, stderr } = await runCli(['trigger', 'job', '--file', 't.yaml', '--tz=Asia/Kolkata']);
    expect(stdout).toBe('Pacific/Kiritimati\n');
    expect(stderr).toMatch(/^action Pacific\/Kiritimati$/m);
    expect(stderr).toMatch(/^Pacific\/Kiritimati Asia\/Tokyo$/m);
    const first = (await recordsOf()).find(({ job }) => job === 'job')?.id ?? '';
    expect((await runCli(['rerun', first, '--follow'])).stdout).toBe('Pacific/Kiritimati\n');
  });

  it('brings arguments: its own, and those of the task where the other one has such parameters', async () => {
    timetable(
      'tasks:\n  job: {params: {region: {default: eu}, size: {default: big}}, run: "exit 3", on: {failed: {trigger: other, args: {who: ann}}}}\n  other: {params: {region: {}, who: {}}, run: "echo $SUPERTASK_ARG_REGION $SUPERTASK_ARG_WHO"}\n',
    );
    const { stderr } = await runCli(['run', '--file', 't.yaml', '--arg=region=us']);
    expect(stderr).toMatch(/^us ann$/m);
    expect((await recordsOf()).map(({ job }) => job).sort()).toEqual([
      'job@region=us',
      'other@region=us,who=ann',
    ]);
  });

  it('tells ready-made things what happened, and hides secrets in it', async () => {
    const site = await serve((_, response) => response.end('ok'));
    timetable(
      `tasks:\n  job:\n    name: Backup\n    run: "echo key=$TOKEN; exit 3"\n    env: {TOKEN: 0123456789abcdef}\n    on:\n      failed:\n        - {uses: webhook, with: {kind: generic, url: ${site.url}/hook}}\n        - {uses: healthcheck, with: {url: ${site.url}/ping}}\n`,
    );
    expect((await runCli(['run', '--file', 't.yaml'])).exitCode).toBe(3);
    const hook = site.received.find(({ path }) => path === '/hook');
    expect(hook?.body).toContain('Backup failed (exit 3)');
    expect(hook?.body).toContain('key=***');
    expect(hook?.body).not.toContain('0123456789abcdef');
    expect(site.received.map(({ path }) => path).sort()[1]).toMatch(/^\/ping\/3/);
  });
});

describe('a template in an action', () => {
  it('tells of the run that is reported, and its values are never code', async () => {
    const site = await serve((_, response) => response.end('ok'));
    timetable(
      [
        'tables: {mail: {eu: {to: ops-eu}}}',
        'tasks:',
        '  job:',
        '    params: {region: eu}',
        '    tz: Asia/Tokyo',
        '    run:',
        "      - {name: first, run: 'echo rows=7 > $SUPERTASK_OUTPUT'}",
        '      - {name: second, run: \'echo "$(printf %s \\$)(touch hacked) \\`touch hacked\\`"; exit 3\'}',
        '    on:',
        '      failed:',
        '        - \'echo ${{ job.id }} ${{ run.status }} ${{ run.exit_code }} ${{ run.step }} ${{ run.signal }} ${{ run.outputs.rows }} "${{ run.output }}"\'',
        '        - {exec: [echo, \'${{ run.scheduled_at.format("VV") }} ${{ tables.mail[params.region].to }}\']}',
        `        - {uses: webhook, with: {kind: generic, url: ${site.url}/hook, title: '[shop] \${{ run.title }}', text: 'after \${{ run.failures }}'}}`,
        '        - {run: echo reached, if: run.exit_code == 3 && failure()}',
        '        - {run: echo never, if: run.exit_code != 3}',
        '',
      ].join('\n'),
    );
    const { stderr, exitCode } = await runCli(['run', '--file', 't.yaml']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^job failed 3 second none 7 \$\(touch hacked\) `touch hacked`$/m);
    expect(stderr).toMatch(/^Asia\/Tokyo ops-eu$/m);
    expect(stderr).toMatch(/^reached$/m);
    expect(stderr).not.toContain('never');
    expect(existsSync(join(place().work, 'hacked'))).toBe(false);
    expect(JSON.parse(site.received[0]?.body ?? '{}')).toMatchObject({
      title: expect.stringMatching(/^\[shop\] job failed \(exit 3\) on /),
      text: 'after 1',
      event: { step: 'second', outputs: { rows: '7' } },
    });
  });

  it('fills the arguments of the task that is triggered', async () => {
    timetable(
      "tasks:\n  job: {run: exit 3, on: {failed: {trigger: other, args: {what: '${{ job.id }} ${{ run.exit_code }}'}}}}\n  other: {params: {what: }, run: 'echo ${{ params.what }}'}\n",
    );
    expect((await runCli(['run', '--file', 't.yaml'])).stderr).toMatch(/^job 3$/m);
  });

  it('hides a secret that becomes an argument, and one that is inherited', async () => {
    timetable(
      [
        'tasks:',
        '  job:',
        '    params: {pin: }',
        '    secrets: [pin]',
        '    env: {TOKEN: 0123456789abcdef}',
        '    run: exit 3',
        "    on: {failed: {trigger: other, args: {what: '${{ env.TOKEN }}'}}}",
        '  other: {params: {what: , pin: none}, run: \'test "$SUPERTASK_ARG_WHAT/$SUPERTASK_ARG_PIN" = 0123456789abcdef/canary-4711 && echo "got $SUPERTASK_ARG_PIN"\'}',
        '',
      ].join('\n'),
    );
    const { stderr } = await runCli(['trigger', 'job', '--file', 't.yaml', '--arg=pin=canary-4711']);
    expect(stderr).toMatch(/^got \*\*\*$/m);
    const listed = (await runCli(['list-runs', '--json'])).stdout;
    expect(JSON.parse(listed)[0]).toMatchObject({ job: 'other', args: { what: '***', pin: '***' } });
    expect(listed).not.toMatch(/0123456789abcdef|canary-4711/);
  });
});

describe('an action', () => {
  it('that brings what the other task does not take leaves a run that is errored', async () => {
    timetable(
      'tasks:\n  job: {params: {region: eu}, run: exit 3, on: {failed: {trigger: other}}}\n  other: {params: {region: {choices: [eu]}}, run: "true", on: {errored: echo told}}\n',
    );
    const { stderr, exitCode } = await runCli(['trigger', 'job', '--file', 't.yaml', '--arg=region=us']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^told$/m);
    const other = (await recordsOf()).find(({ job }) => job === 'other');
    expect(other).toMatchObject({ status: 'errored', reason: 'template', args: { region: 'us' } });
    expect((await runCli(['fsck'])).stdout).toBe('clean\n');
  });

  it('is told what happened also where little is inherited', async () => {
    timetable(
      'tasks:\n  job: {inherit: minimal, run: exit 3, on: {failed: \'test -n "$SUPERTASK_EVENT" && echo told\'}}\n',
    );
    expect((await runCli(['run', '--file', 't.yaml'])).stderr).toMatch(/^told$/m);
  });
});

describe('a schedule', () => {
  it('tells the first failure and the recovery, across restarts', async () => {
    const site = await serve((_, response) => response.end('ok'));
    timetable(
      `tasks:\n  job:\n    when: every 1s\n    run: '[ -e up ]'\n    on:\n      failed: {uses: webhook, with: {kind: generic, url: ${site.url}/failed}}\n      recovered: {uses: webhook, with: {kind: generic, url: ${site.url}/recovered}}\n`,
    );
    const failures = (n: number) => untilRecords((all) => all.filter(({ job }) => job === 'job').length >= n);
    const one = start();
    await failures(3);
    one.signal('SIGTERM');
    await one.exit;
    const other = start();
    await failures(6);
    writeFileSync(join(place().work, 'up'), '');
    await untilRecords((all) =>
      all.some(({ job, status }) => job === 'job@on-recovered' && status === 'succeeded'),
    );
    other.signal('SIGTERM');
    await other.exit;
    expect(site.received.map(({ path }) => path)).toEqual(['/failed', '/recovered']);
    expect(JSON.parse(site.received[1]?.body ?? '{}')).toMatchObject({
      event: { recovered: { failures: expect.any(Number) } },
    });
  });

  it('that is told to stop lets actions end, also those on runs that it stops', async () => {
    timetable(
      'tasks:\n  job: {when: every 1h from start, run: sleep 600, on: {failed: {run: "echo $SUPERTASK_EVENT > told; sleep 0.2; echo done"}}}\n',
    );
    const one = start();
    await one.waitForLine('stderr', /job started/);
    one.signal('SIGTERM');
    expect((await one.exit).stdout).toBe('done\n');
    expect((await recordsOf()).map(({ job, status }) => `${job} ${status}`).sort()).toEqual([
      'job failed',
      'job@on-failed succeeded',
    ]);
  });
});

describe('kill -9', () => {
  it('of supertask and its run leads to the action in the next one, once', async () => {
    timetable(
      'tasks:\n  job: {when: every 1h from start, run: sleep 600, overlap: parallel, on: {errored: {run: "echo told >> told"}}}\n',
    );
    const one = start();
    const [run] = await untilRecords((all) => all.some(({ status }) => status === 'running'));
    const pid = Number((await shownAs(run?.id ?? ''))['pid']);
    one.signal('SIGKILL');
    await one.exit;
    process.kill(-pid, 'SIGKILL');
    const others = [start('--join'), start('--join'), start('--join')];
    const records = await untilRecords((all) =>
      all.some(({ job, status }) => job === 'job@on-errored' && status === 'succeeded'),
    );
    expect(records.find(({ id }) => id === run?.id)).toMatchObject({ status: 'errored', reason: 'lost' });
    for (const other of others) other.signal('SIGTERM');
    await Promise.all(others.map(({ exit }) => exit));
    const actions = (await recordsOf()).filter(({ job }) => job === 'job@on-errored');
    expect(actions).toHaveLength(1);
  });
});
