import { describe, expect, it } from 'vitest';
import { byKey, textOfForm } from '../../../../src/web/page/edit/finding.js';
import {
  changesBetween,
  combined,
  schedulesOf,
  targetOf,
  typed,
  withSchedules,
  withTarget,
} from '../../../../src/web/page/edit/task.js';

const base = { when: 'every 1h', run: './a.sh', timeout: '5m' };

describe('a task in a form', () => {
  it.each([
    ['./a.sh', 'cmd', './a.sh'],
    ['cmd:./a.sh', 'cmd', './a.sh'],
    ['python:print(1)', 'python', 'print(1)'],
    ['docker:alpine date', 'docker', 'alpine date'],
    ['https://example.org', 'cmd', 'https://example.org'],
  ])('runs %s', (run, kind, text) => {
    expect(targetOf({ run })).toEqual({ kind, text });
  });

  it.each([
    ['cmd', './a.sh', './a.sh'],
    ['cmd', 'python:x', 'cmd:python:x'],
    ['python', 'print(1)', 'python:print(1)'],
  ] as const)('is told to run as %s %s', (kind, text, run) => {
    expect(withTarget({}, kind, text)).toEqual({ run });
    expect(targetOf({ run })).toEqual({ kind, text });
  });

  it.each([{ run: ['a', 'b'] }, { run: { exec: ['a'] } }, { uses: 'http' }])(
    'leaves to the text what has no fields: %j',
    (task) => {
      expect(targetOf(task)).toBeUndefined();
    },
  );

  it('has no list of one schedule, and no key without any', () => {
    expect(withSchedules(base, [])).toEqual({ run: './a.sh', timeout: '5m' });
    expect(withSchedules(base, ['daily'])).toEqual({ ...base, when: 'daily' });
    expect(schedulesOf(withSchedules(base, ['daily', { cron: '* * * * *' }]))).toHaveLength(2);
  });

  it.each([
    ['', undefined],
    [' ', undefined],
    ['3', 3],
    ['10m', '10m'],
  ])('takes %j as %j', (text, value) => {
    expect(typed(text)).toBe(value);
  });
});

describe('what two people changed in one task', () => {
  const mine = { when: 'every 2h', run: './a.sh' };
  const theirs = { when: 'every 1h', run: './b.sh', timeout: '5m', env: { A: '1' } };

  it('is told key by key', () => {
    expect(changesBetween(base, theirs)).toEqual([
      { key: 'run', before: './a.sh', after: './b.sh' },
      { key: 'env', before: undefined, after: { A: '1' } },
    ]);
  });

  it('is put together, and mine wins where both changed the same', () => {
    expect(combined(base, mine, theirs)).toEqual({ when: 'every 2h', run: './b.sh', env: { A: '1' } });
    expect(combined(base, { ...base, run: './mine.sh' }, theirs)['run']).toBe('./mine.sh');
  });

  it('is nothing where only the order of keys is another', () => {
    expect(changesBetween(base, { timeout: '5m', run: './a.sh', when: 'every 1h' })).toEqual([]);
  });
});

it('what is wrong with a task belongs to the field whose lines it is in', () => {
  const text = textOfForm('job', { when: ['every 1h', 'nonsense'], env: { A: 'x', B: 'y' }, run: 'true' });
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
  const about = (line: number | null) =>
    ({
      severity: 'error',
      code: 'X',
      message: `at ${line}`,
      file: 'job.yaml',
      line,
      column: 1,
      hint: null,
      task: null,
      excerpt: null,
    }) as const;
  const found = byKey([about(lineOf('nonsense')), about(lineOf('"B"')), about(1), about(null)], text);
  expect([...found].map(([key, list]) => [key, list.length])).toEqual([
    ['when', 1],
    ['env', 1],
    ['', 2],
  ]);
});
