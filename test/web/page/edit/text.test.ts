import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatTask, parseTask } from '../../../../src/web/page/edit/text.js';

describe('a job as text', () => {
  it.each(['yaml', 'json'] as const)('is the same after it was written as %s and read', (notation) => {
    const written = {
      id: 'close-books',
      task: {
        when: ['daily at 02:30', { cron: '0 6 * * *', tz: 'Europe/Berlin' }],
        run: 'echo "a: b" # no comment\nexit 0\n',
        env: { LEVEL: '07', DATE: '2026-01-01', FLAG: 'yes', EMPTY: '', COLON: 'a: b' },
        retry: 3,
        enabled: false,
        params: { region: null },
      },
    };
    expect(parseTask(formatTask(written, notation))).toEqual(written);
  });

  // The server reads with another library.
  it.each([
    'yes',
    'on',
    'No',
    '08',
    '0o17',
    '0x1F',
    '1_000',
    '12:30',
    '1e3',
    '.5',
    '~',
    'null',
    'NULL',
    'true',
    'True',
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '*/5 * * * *',
    '"*/5 * * * *"',
    "'it''s'",
    '[a, 1, null]',
    '{a: 1}',
    '|\n      two\n      lines',
    '>-\n      one\n      line',
    'a # comment',
    '-1',
    '+1',
    '.inf',
    '<<',
  ])('has in the browser the value that it has for the server: %s', (value) => {
    const text = `tasks:\n  job:\n    run: ${value}\n`;
    const ofServer = (() => {
      try {
        return parse(text).tasks.job;
      } catch {
        return 'is refused';
      }
    })();
    const ofBrowser = (() => {
      try {
        return parseTask(text).task;
      } catch {
        return 'is refused';
      }
    })();
    expect(ofBrowser).toEqual(ofServer);
  });

  it.each([
    ['tasks: {}', '0 tasks'],
    ['tasks: {a: {run: x}, b: {run: y}}', '2 tasks'],
    ['run: x', '“tasks:”'],
    ['tasks: {a: {run: x}}\ndefaults: {tz: UTC}', '“defaults”'],
    ['tasks: {a: x}', 'no map'],
    ['tasks: {a: {run: x, run: y}}', 'duplicated'],
    ['tasks:\n\ta: x', 'tab'],
  ])('%j is refused, and says why', (text, why) => {
    expect(() => parseTask(text)).toThrow(why);
  });
});
