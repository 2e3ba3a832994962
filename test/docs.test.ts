import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../src/app/check/finding.ts';
import { ACTIONS } from '../src/formats/action.ts';
import { CRON, DATE, INTERVAL, JOB } from '../src/formats/apscheduler/shape.ts';
import { EXPECT, RETRY } from '../src/formats/retry.ts';
import { USES_NAMES } from '../src/formats/step.ts';
import { SETTING_KEYS } from '../src/formats/task-setting.ts';
import { parseTimetable } from '../src/formats/timetable.ts';
import { familiesOf } from '../src/http/metric-family.ts';
import type { Sample } from '../src/http/prometheus.ts';
import { SERVER_LIMITS } from '../src/http/server/server.ts';
import { REPORTED } from '../src/model/template-event.ts';
import { ROOT } from './support/build.ts';
import { runCli } from './support/cli.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
const section = (text: string, title: string): string =>
  text.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

describe('the docs', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ];

  it.each(files)('%s names files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(ROOT, dirname(file), path)))).toEqual([]);
  });

  it('tell the limits that the server has', () => {
    const { requests, failures, streams, connections, headersMs, requestMs, keepAliveMs, stallMs } =
      SERVER_LIMITS;
    const text = section(read('docs/http.md'), 'Limits');
    for (const said of [
      `${requests.burst} at once, ${requests.perSecond} per second`,
      `${failures.burst} at once, ${failures.perSecond * 60} per minute`,
      `${headersMs / 1_000} s, ${requestMs / 1_000} s, ${keepAliveMs / 1_000} s`,
      `| connections | ${connections} |`,
      `| ${streams.maxStreams} |`,
      `| ${streams.maxQueuedBytes / 2 ** 20} MiB |`,
      `is taken | ${stallMs / 1_000} s |`,
    ])
      expect(text).toContain(said);
  });

  it('show timetables that are valid', () => {
    const blocks = [...read('docs/timetables.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => text ?? '',
    );
    expect(
      blocks.map((text) => parseTimetable(text, { file: '/docs/timetables.yaml' }).tasks.length),
    ).toEqual([2, 1, 1, 1]);
  });

  it('show jobs of APScheduler that are valid', () => {
    const blocks = [...read('docs/apscheduler.md').matchAll(/```yaml\n([\s\S]*?)```/g)];
    const counts = blocks.map(([, text = '']) => parseTimetable(text, { file: '/jobs.yaml' }).tasks.length);
    expect(counts).toEqual([3]);
  });

  it('name every key of such a job and of its triggers', () => {
    const text = read('docs/apscheduler.md');
    const named = (title: string): string[] => firstCells(section(text, title)).sort();
    expect(named('Jobs')).toEqual([...JOB.keys].sort());
    const triggers = [...new Set([CRON, INTERVAL, DATE].flatMap(({ keys }) => keys))];
    expect(named('Triggers')).toEqual(triggers.filter((key) => key !== 'type').sort());
  });

  it('show retries and expectations that are valid', () => {
    const blocks = [...read('docs/retries.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => text ?? '',
    );
    expect(blocks.map((text) => parseTimetable(text, { file: '/docs/retries.yaml' }).tasks.length)).toEqual([
      2, 1,
    ]);
  });

  it('show actions that are valid, and name every outcome and key', () => {
    const text = read('docs/actions.md');
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    expect(parseTimetable(block, { file: '/docs/actions.yaml' }).tasks[0]?.actions).toHaveLength(4);
    const cells = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell);
    expect(cells.filter((cell) => !cell?.startsWith('run.'))).toEqual([
      ...ACTIONS.keys,
      'also',
      'every',
      'again',
      'after',
      'timeout',
    ]);
    const facts = typeof REPORTED === 'object' && 'names' in REPORTED ? [...REPORTED.names.keys()] : [];
    expect(facts.filter((name) => !section(text, 'Templates').includes(`\`run.${name}`))).toEqual([]);
  });

  it('name every key of retry and expect', () => {
    const text = read('docs/retries.md');
    expect(firstCells(section(text, 'Trying again'))).toEqual(RETRY.keys);
    expect(firstCells(section(text, 'Expectations')).sort()).toEqual([...EXPECT.keys].sort());
  });

  it('show a Python file that is valid', () => {
    const [, text = ''] = /```python\n([\s\S]*?)```/.exec(read('docs/timetables.md')) ?? [];
    const [task] = parseTimetable(text, { file: '/docs/task.py' }).tasks;
    expect(task?.env).toEqual({ DATABASE_URL: 'postgresql://localhost/' });
    expect(task?.schedules).toHaveLength(1);
  });

  it('name every key of a task and every kind of step', () => {
    const text = read('docs/timetables.md');
    expect(firstCells(section(text, 'Keys of a task')).sort()).toEqual([...SETTING_KEYS].sort());
    expect(firstCells(section(text, 'Steps')).sort()).toEqual([...USES_NAMES].sort());
  });

  it('name every metric, with its type', async () => {
    const of = { tally: { lastSuccessMs: 1 }, running: 0, waiting: 0, nextDueAt: new Date(0) };
    const job = { ...of, id: 'a', enabled: true, paused: false };
    const namespace = {
      ...of,
      id: 'n',
      schedulers: 1,
      schedulerStartedAt: new Date(0),
      jobs: 1,
      disabled: 0,
      paused: 0,
      each: [job],
    };
    const metrics = { namespaces: [namespace], jobsLeftOut: 0, namespacesLeftOut: 0 };
    const server = { version: '', node: '', startedAt: new Date(0), residentBytes: 0, heapBytes: 0 };
    const families = familiesOf(metrics, { ...server, cpuSeconds: { user: 0, system: 0 } });
    const labelsOf = (samples: readonly Sample[]) =>
      Object.keys(samples[0]?.labels ?? {})
        .map((label) => `\`${label}\``)
        .join(', ');
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \|\s*(.*?)\s*\|/gm)];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      families.map(({ name, type, samples }) => [name, type, labelsOf(samples)]),
    );
  });

  it('name every code that check finds, with what it means', () => {
    const rows = [...read('docs/check.md').matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.*) \|$/gm)];
    const documented = rows.map(([, code = '', severity, summary]) => [code, { severity, summary }]);
    expect(Object.fromEntries(documented)).toEqual(FINDINGS);
  });

  it('name every variable that a run gets', async () => {
    const { stdout } = await runCli([
      'run',
      '--retry=2',
      '--',
      'cmd:env | grep -o "^SUPERTASK_[A-Z_]*" | grep -v TEST_MARK | sort',
    ]);
    expect(stdout.trim().split('\n')).toEqual(
      firstCells(section(read('docs/targets.md'), 'Environment of a run')).sort(),
    );
  });
});
