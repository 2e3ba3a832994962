import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { occurrences, parseTimetable } from '../src/index.ts';
import { ROOT } from './support/build.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  it('names files that exist', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(links.length).toBeGreaterThan(5);
  });

  it('shows a timetable that is valid', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];
    expect(parseTimetable(yaml, { file: 'README.yaml' }).tasks.map(({ id }) => id)).toEqual([
      'beat',
      'slow',
      'backup',
    ]);
  });

  it('tells the truth about the library', () => {
    const after = new Date('2026-03-28T12:00:00Z');
    const instants = occurrences('30 2 * * *', { tz: 'Europe/Berlin', after, count: 2 });
    expect(README).toContain(`// [${instants.map((at) => at.toISOString()).join(', ')}]`);
  });

  it('names the two commands that CI runs', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    expect(README).toContain("npm ci && npx supertask run -- 'cmd:echo hello'");
    expect(README).toContain('npm ci && npm test');
    expect(ci).toContain("npx supertask run -- 'cmd:echo hello'");
    expect(ci).toContain('npm test');
  });
});
