import { expect, it } from 'vitest';
import { MAX_TASKS } from '../../src/formats/document.js';
import { parseTimetable } from '../../src/formats/timetable.js';
import { told } from './told.js';

const file = 'week.yaml';

function tasks(count: number, body: string): string {
  return `tasks:\n${Array.from({ length: count }, (_, index) => `  t${index}: ${body}\n`).join('')}`;
}

/** Nine anchors, each nine of the one before: 9^9 values. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'lol' : `*a${level - 1}`;
    return `  a${level}: &a${level} [${Array(9).fill(item).join(', ')}]\n`;
  });
  return `x-bomb:\n${levels.join('')}tasks: {a: {run: x, env: {A: *a8}}}\n`;
}

it('refuses an alias bomb (P21)', () => {
  expect(bomb().length).toBeLessThan(600);
  expect(told(bomb())).toMatchInlineSnapshot(`
    "week.yaml:8:12: the aliases stand for too many values
      Write out less through aliases."
  `);
});

it('refuses a bomb of merged maps', () => {
  const levels = Array.from({ length: 40 }, (_, level) => {
    const merges = level === 0 ? '' : `<<: [*m${level - 1}, *m${level - 1}], c${level}: *m${level - 1}, `;
    return `  m${level}: &m${level} {${merges}k${level}: 1}\n`;
  });
  expect(told(`x-bomb:\n${levels.join('')}tasks: {a: {run: x}}\n`)).toContain('stand for too many values');
});

it('accepts 5,000 tasks that share one anchor', () => {
  const shared = 'x-shared: &shared {timeout: 5m, env: {A: b, C: d}, stop: {grace: 3s}}\n';
  const text = shared + tasks(5000, '{<<: *shared, when: once, run: echo}');
  const read = parseTimetable(text, { file });
  expect(read.tasks).toHaveLength(5000);
  expect(read.tasks.at(-1)).toMatchObject({
    id: 't4999',
    env: { A: 'b', C: 'd' },
    policy: { timeoutMs: 300_000 },
  });
});

it('accepts as many tasks as it promises, and no more (P21)', () => {
  expect(parseTimetable(tasks(MAX_TASKS, '{run: x}'), { file }).tasks).toHaveLength(MAX_TASKS);
  expect(told(tasks(MAX_TASKS + 1, '{run: x}'))).toMatchInlineSnapshot(`
    "week.yaml:2:3: there are too many tasks: 20001
      A timetable has at most 20000 tasks; split it."
  `);
});

it.each([
  ['YAML lists', `tasks: ${'['.repeat(100_000)}`],
  ['YAML lists of lines', `tasks:\n  ${'- '.repeat(100_000)}x`],
  ['YAML maps', `tasks: ${'{a: '.repeat(100_000)}`],
  ['JSON', `{"tasks": ${'['.repeat(100_000)}`],
  ['indented lines', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  [
    'aliases',
    `x-a:\n${Array.from({ length: 80 }, (_, n) => `  a${n}: &a${n} [${n === 0 ? 1 : `*a${n - 1}`}]\n`).join('')}tasks: {}`,
  ],
])('refuses nesting of 100,000 levels in %s', (_, text) => {
  expect(told(text)).toContain('maps and lists are nested more than 64 deep');
});

it.each(['week.yaml', 'week.json', 'week.py', '-'])('refuses 50 MB before reading them (%s)', (name) => {
  expect(told(`# ${'x'.repeat(50_000_000)}`, name)).toBe(
    `${name}:1:1: the file is too large: 47.7 MiB\n  A timetable has at most 5 MiB; split it.`,
  );
});

it('refuses millions of tiny parts', () => {
  expect(told(`x-a: [${'a: b,'.repeat(900_000)}]`)).toContain('too many parts');
});

it('reads one value of a megabyte', () => {
  const value = 'x'.repeat(1_000_000);
  const read = parseTimetable(`tasks: {a: {run: echo, env: {A: ${value}}}}`, { file });
  expect(read.tasks[0]?.env['A']).toBe(value);
  const again = parseTimetable(JSON.stringify({ tasks: { a: { run: 'x', env: { A: value } } } }), {
    file: 'a.json',
  });
  expect(again.tasks[0]?.env['A']).toBe(value);
});

it('ends after a thousand problems', () => {
  const act = () => parseTimetable(tasks(1500, '{run: x, timeout: 5}'), { file });
  expect(act).toThrow('week.yaml has at least 1000 problems');
  expect(told(tasks(1500, '{run: x, when: {cron: x, args: {a: []}}}')).split('\n')).toHaveLength(2000);
});
