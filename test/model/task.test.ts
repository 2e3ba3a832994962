import { expect, it } from 'vitest';
import { parseId, slugId } from '../../src/model/task.js';

it.each(['a', '7', 'lKPzlamA', 'pg_dump.daily-2', 'x'.repeat(64)])('%s is an id', (id) => {
  expect(parseId(id, 'task')).toBe(id);
});

it.each([
  '',
  '.',
  '..',
  'a..b',
  '../x',
  'a/b',
  'a\\b',
  '-rf',
  '_a',
  ' a',
  'a b',
  'a\n',
  'a\0',
  'é',
  'e\u0301',
  '🙂',
  'x'.repeat(65),
])('%j is no id', (id) => {
  expect(() => parseId(id, 'task')).toThrow(
    expect.objectContaining({ code: 'ID_INVALID', message: `${JSON.stringify(id)} is not a task id` }),
  );
});

it.each([
  ['pg_dump app > x', 'pg_dump-app-x'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a...b', 'a.b'],
  ['🙂', 'task'],
  ['', 'task'],
  [`${'x'.repeat(39)}/y`, 'x'.repeat(39)],
])('%j makes the id %s', (text, id) => {
  expect(slugId(text)).toBe(id);
  expect(parseId(slugId(text), 'task')).toBe(id);
});
