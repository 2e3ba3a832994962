import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJson } from '../../src/formats/json.js';
import { toJson } from '../../src/formats/node.js';
import { createReport } from '../../src/formats/source.js';
import { told, toldBy } from './told.js';

/** The value that is read, or `undefined` where the text is refused. */
function value(text: string): unknown {
  const report = createReport('a.json', text);
  const node = readJson(report);
  return node !== undefined && report.isClean() ? toJson(node) : undefined;
}

const isPlain = (text: string) => !/__proto__|constructor|prototype/.test(text);

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }).filter(isPlain), fc.constantFrom(0, 2, '\t'), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
      expect(value(spaced)).toEqual(JSON.parse(text));
    }),
  );
});

it('refuses what JSON.parse refuses', () => {
  const damaged = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', '\\', '\n', '0', 'e', ':'),
  );
  fc.assert(
    fc.property(damaged, ([text, at, insert]) => {
      const place = at % (text.length + 1);
      const broken = text.slice(0, place) + insert + text.slice(place + 1);
      fc.pre(isPlain(broken));
      expect(value(broken) === undefined).toBe(isRefused(broken));
    }),
    { numRuns: 1000 },
  );
});

/** Duplicate keys are refused by us only. */
function isRefused(text: string): boolean {
  try {
    JSON.parse(text);
    const report = createReport('a.json', text);
    readJson(report);
    return toldBy(() => report.check()).includes('is given twice');
  } catch {
    return true;
  }
}

it.each([
  ['', '1:1: not valid JSON: expected a value, found the end of the file'],
  ['{"tasks": }', '1:11: not valid JSON: expected a value, found "}"'],
  [
    '{"tasks": {}',
    '1:13: not valid JSON: expected "," or "}", found the end of the file\n  The { at 1:1 is not closed.',
  ],
  ['{"a": [1,\n2,]}', '2:3: not valid JSON: expected a value, found "]"\n  Remove the comma before ]'],
  [
    '{"a": 1,}',
    '1:9: not valid JSON: expected a key in double quotes, found "}"\n  Remove the comma before }',
  ],
  ['{tasks: {}}', '1:2: not valid JSON: expected a key in double quotes, found "t"'],
  ['{"a" 1}', '1:6: not valid JSON: expected ":" after the key "a", found "1"'],
  ['{"a": yes}', '1:7: not valid JSON: expected a value, found "y"\n  Text stands in double quotes.'],
  ["{'a': 1}", '1:2: not valid JSON: expected a key in double quotes, found "\'"'],
  ['{"a": "x\ny"}', '1:7: not valid JSON: a text is not closed'],
  ['{"a": 01}', '1:8: not valid JSON: expected "," or "}", found "1"'],
  ['{} // end', '1:4: not valid JSON: expected the end of the file, found "/"'],
  ['{"a": 1, "a": 2}', '1:10: the key "a" is given twice, first at 1:2'],
])('%j: %s', (text, problem) => {
  expect(told(text, 'a.json')).toContain(`a.json:${problem}`);
});

it('reads texts of any length and number of escapes', () => {
  const long = JSON.stringify({ a: 'x"'.repeat(1_000_000) });
  expect(value(long)).toEqual(JSON.parse(long));
});
