import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import { parseTimetable } from '../../src/formats/timetable.js';

const FORMATS = ['yaml', 'json', 'python'] as const;

/** Pieces of real files in any order come further than random characters. */
const PIECES = [
  ...[
    'tasks',
    'meta',
    'defaults',
    'when',
    'run',
    'on',
    'steps',
    'uses',
    'args',
    'env',
    'stop',
    'id',
    'cron',
    'a',
  ],
  ...[
    ': ',
    ':\n',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '|',
    '>',
    '#',
  ],
  ...[
    '# /// task',
    '# /// script',
    '# ///',
    '# ',
    ' = ',
    '[env]',
    '"@daily"',
    'every 10s',
    '*/5 * * * *',
    'once',
  ],
  ...[
    'true',
    'null',
    '1',
    '1.5',
    '12345678901234567890',
    '2026-01-01',
    '!!js/function',
    '---',
    '%YAML 1.1',
    '? ',
  ],
  ...[
    '__proto__',
    'constructor',
    '\t',
    '\r\n',
    '\0',
    '\u2028',
    '🙂',
    '\ud800',
    'cmd:echo',
    'x.py',
    'docker:',
  ],
];

/** Whatever the text, the answer is a timetable with tasks, or problems with places. */
function check(text: string, format: (typeof FORMATS)[number]): void {
  try {
    const { tasks } = parseTimetable(text, { file: 'fuzz', format });
    expect(tasks.length).toBeGreaterThan(0);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    expect(error.code).toBe('TIMETABLE_INVALID');
    for (const { location, message } of error.problems) {
      expect(location?.line, message).toBeGreaterThan(0);
      expect(location?.column, message).toBeGreaterThan(0);
    }
  }
}

it.each(FORMATS)('any text is a timetable or a list of problems (%s)', (format) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => check(text, format)),
    { numRuns: 300 },
  );
});

it.each(FORMATS)('any mixture of pieces is a timetable or a list of problems (%s)', (format) => {
  const mixture = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 });
  fc.assert(
    fc.property(mixture, (pieces) => check(pieces.join(''), format)),
    { numRuns: 600 },
  );
});

it('any JSON value is a timetable or a list of problems, in both notations', () => {
  const value = fc.oneof(
    fc.json(),
    fc.dictionary(fc.constantFrom(...PIECES), fc.jsonValue()).map((tasks) => JSON.stringify({ tasks })),
    fc
      .record(
        { when: fc.jsonValue(), run: fc.jsonValue(), env: fc.jsonValue(), stop: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((task) => JSON.stringify({ tasks: { a: task } })),
  );
  fc.assert(
    fc.property(value, (text) => {
      check(text, 'json');
      check(text, 'yaml');
    }),
    { numRuns: 500 },
  );
});
