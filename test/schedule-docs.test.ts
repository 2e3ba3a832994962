import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { momentRecord } from '../src/app/moment.ts';
import { formatZoned } from '../src/cli/zoned.ts';
import { parseTimetable } from '../src/formats/timetable.ts';
import { ROOT } from './support/build.ts';
import { runCli } from './support/cli.ts';

const TEXT = readFileSync(join(ROOT, 'docs/schedules.md'), 'utf8');
/** `| \`every 10s\` | words | Thu 2026-01-01 00:00:10 |` */
const ROW = /^\| `([^`]+)` \| .* \| (\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \|$/gm;

async function answers(questions: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const { stdout } = await runCli(['next', '--batch'], { input });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the docs of schedules', () => {
  it('show for every form when it is due next', async () => {
    const rows = [...TEXT.matchAll(ROW)].map(([, expr = '', next = '']) => ({ expr, next }));
    expect(rows.length).toBeGreaterThan(35);
    const questions = rows.map(({ expr }) => ({ expr, tz: 'Europe/Berlin', from: '2026-01-01T00:00' }));
    const shown = (await answers(questions)).map(({ next }) => {
      const [first] = next as readonly string[];
      return formatZoned(new Date(first ?? ''), 'Europe/Berlin').replace(/ [+-]\d\d:\d\d$/, '');
    });
    expect(shown).toEqual(rows.map(({ next }) => next));
  });

  it('show objects that a file may have', () => {
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(TEXT) ?? [];
    const items = block.trimEnd().split('\n');
    const file = ['tasks:', '  a:', '    run: x', '    when:', ...items.map((item) => `      ${item}`)];
    const [task] = parseTimetable(file.join('\n'), { file: '/docs/week.yaml' }).tasks;
    expect(task?.schedules).toHaveLength(items.length);
  });

  it('show an answer of the batch as it is', async () => {
    const [, block = ''] = /```json\n([\s\S]*?)```/.exec(TEXT) ?? [];
    const [question, answer] = block.trim().split('\n');
    expect(await answers([JSON.parse(question ?? '')])).toEqual([JSON.parse(answer ?? '')]);
  });

  it('name the keys of every moment of a simulation', () => {
    const at = new Date(0);
    const run = { at, job: 'a', dueAt: at };
    const records = [
      momentRecord({ ...run, what: 'fired', trigger: 'schedule', overlaps: false }),
      momentRecord({ ...run, what: 'skipped', reason: 'overlap', since: at }),
      momentRecord({ at, job: 'a', what: 'missed', reason: 'down', count: 1, firstAt: at, lastAt: at }),
      momentRecord({ ...run, what: 'stopped' }),
      momentRecord({ at, what: 'down' }),
    ];
    const [, part = ''] = TEXT.split('## Simulation');
    const rows = part.split('\n').filter((line) => /^\| `(fired|skipped|missed|stopped|down)`/.test(line));
    const named = rows.map((row) =>
      [...(row.split('|')[2] ?? '').replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(named).toEqual(records.map(({ at: _at, what: _what, ...others }) => Object.keys(others)));
  });
});
