/** Every promise is documented, and named by a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROMISES = Array.from({ length: 21 }, (_, index) => `P${index + 1}`);

/** Names of promises in the titles of tests. */
function named(): Set<string> {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.test.ts'),
  );
  const titles = files.flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    // A title may stand on a line of its own, or in a table of cases.
    return text.match(/(['"`])(?:(?!\1).)*\bP\d+\b(?:(?!\1).)*\1/g) ?? [];
  });
  return new Set(titles.flatMap((title) => title.match(/\bP\d+\b/g) ?? []));
}

it('documents each promise once', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/promises.md'), 'utf8');
  expect([...text.matchAll(/^\| (P\d+) \|/gm)].map(([, name]) => name)).toEqual(PROMISES);
});

it.each(PROMISES)('names %s in the title of a test', (promise) => {
  expect(named()).toContain(promise);
});
