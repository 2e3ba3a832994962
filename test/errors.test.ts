import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS } from '../src/errors.ts';

it('documents every error code, and no other, with its exit code and meaning', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.*) \|$/gm)].map(
    ([, code, exitCode, summary]) => [code, { exitCode: Number(exitCode), summary }],
  );
  expect(Object.fromEntries(documented)).toEqual(ERRORS);
});
