import { expect, it } from 'vitest';
import type { LogPart } from '../../src/app/logs.js';
import { findStep, markSteps } from '../../src/cli/log-step.js';
import type { Run } from '../../src/model/run.js';

async function* partsOf(...parts: readonly (readonly ['stdout' | 'stderr', string, number?])[]) {
  for (const [stream, text, step] of parts)
    yield { at: new Date(0), stream, bytes: Buffer.from(text), step } satisfies LogPart;
}

it.each([
  ['of one step have none', [['stdout', 'a\n'] as const], 'a\n'],
  [
    'of several stand under their names, each on a line of its own',
    [
      ['stdout', 'a', 1] as const,
      ['stdout', 'b\n', 2] as const,
      ['stderr', 'c\n', 2] as const,
      ['stdout', 'd\n', 4] as const,
    ],
    '── step 1 (lo\\x1bd) ──\na\n── step 2 ──\nb\nc\n── step 4 ──\nd\n',
  ],
])('bytes %s', async (_, parts, shown) => {
  const names = ['lo\u001bd', 'step 2'];
  let text = '';
  for await (const { bytes } of markSteps(partsOf(...parts), (step) => names[step - 1], false)) text += bytes;
  expect(text).toBe(shown);
});

it('a step is found by its name first, and by its number before it has begun', () => {
  const steps = [
    { name: '2', status: 'succeeded' },
    { name: 'load', status: 'running' },
  ] as const;
  const run = { id: 'x', status: 'running', steps } as unknown as Run;
  expect(['2', 'load', '1', '7'].map((text) => findStep(run, text))).toEqual([1, 2, 1, 7]);
  expect(() => findStep({ ...run, status: 'failed' }, '7')).toThrow('run x has no step "7"');
  expect(() => findStep({ ...run, steps: [] }, 'load')).toThrow('has no step "load"');
});
