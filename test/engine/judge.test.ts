import { describe, expect, it } from 'vitest';
import { createJudge, judgeCode, WINDOW } from '../../src/engine/judge.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import type { Outcome } from '../../src/model/run.ts';

const GOOD: Outcome = { status: 'succeeded', exitCode: 0 };
const has = (text: string) => [{ text, isNot: false }];
const hasNot = (text: string) => [{ text, isNot: true }];

/** What is wrong with a run that wrote this; undefined: nothing. */
function fault(
  expectation: Expectation,
  written: { readonly stdout?: readonly string[]; readonly stderr?: readonly string[] } = {},
  { durationMs = 1_000, clean = (text: string) => text } = {},
): string | undefined {
  const judge = createJudge(expectation, clean);
  let bytes = 0;
  for (const stream of ['stdout', 'stderr'] as const)
    for (const chunk of written[stream] ?? []) {
      judge.see(stream, Buffer.from(chunk, 'latin1'));
      bytes += chunk.length;
    }
  const outcome = judge.conclude(GOOD, { durationMs, bytes });
  expect(outcome.reason).toBe(outcome.status === 'succeeded' ? undefined : 'expectation');
  return outcome.message;
}

describe('expected output', () => {
  it.each<[string, Expectation, readonly string[], string | undefined]>([
    ['text', { stdout: has('done') }, ['all done\n'], undefined],
    ['text cut between two reads', { stdout: has('done') }, ['all do', 'ne'], undefined],
    ['a pattern', { stdout: has('/^done in \\d+ s$/') }, ['x\ndone in 12 s\r\ny\n'], undefined],
    ['a pattern with a flag', { output: has('/DONE/i') }, ['done'], undefined],
    ['a letter cut between two reads', { stdout: has('é') }, ['\xc3', '\xa9\n'], undefined],
    [
      'text that is not there',
      { stdout: has('done') },
      ['one\ntwo\n\n'],
      'stdout has no line that matches done: its last line is "two"',
    ],
    ['nothing', { stdout: has('done') }, [], 'stdout has no line that matches done: it is empty'],
    [
      'what must not be there',
      { output: hasNot('/error/i') },
      ['fine\nError 7\nerror 8\n'],
      'output has a line that matches /error/i: "Error 7"',
    ],
    ['what is rightly not there', { output: hasNot('/error/i') }, ['fine\n'], undefined],
    [
      'several rules, of which two are broken',
      { stdout: [...has('a'), ...has('b'), ...hasNot('c')] },
      ['a c\n'],
      'stdout has no line that matches b: its last line is "a c"; stdout has a line that matches c: "a c"',
    ],
  ])('%s', (_, expectation, stdout, expected) => {
    expect(fault(expectation, { stdout })).toBe(expected);
  });

  it('looks at the stream that is named', () => {
    expect(fault({ stderr: has('x') }, { stdout: ['x\n'] })).toContain('stderr has no line');
    expect(fault({ output: has('x') }, { stderr: ['x\n'] })).toBeUndefined();
  });

  it('finds what lies across pieces of a line without end', () => {
    const far = 'a'.repeat(WINDOW - 2);
    expect(fault({ stdout: has('needle') }, { stdout: [far, 'needle', far, far] })).toBeUndefined();
  });

  it('hides secrets in what it quotes, also where the quotation would cut them', () => {
    const clean = (text: string) => text.replaceAll('s3cret-value', '***');
    const line = `${'x'.repeat(115)}s3cret-value`;
    expect(fault({ stdout: has('ok') }, { stdout: [line] }, { clean })).not.toContain('s3cr');
  });
});

it.each<[Expectation, string | undefined]>([
  [{ minDurationMs: 1_000, maxDurationMs: 1_000, minBytes: 3, maxBytes: 3 }, undefined],
  [{ minDurationMs: 1_001 }, 'it took 1s, less than 1s1ms'],
  [{ maxDurationMs: 999 }, 'it took 1s, more than 999ms'],
  [{ minBytes: 1_024 }, 'it wrote 3 B, less than 1.0 KiB'],
  [{ maxBytes: 0 }, 'it wrote 3 B, more than 0 B'],
])('%o: %s', (expectation, expected) => {
  expect(fault(expectation, { stdout: ['ab'], stderr: ['c'] })).toBe(expected);
});

it('leaves alone what failed anyway', () => {
  const bad: Outcome = { status: 'failed', reason: 'exit-code', exitCode: 3 };
  expect(createJudge({ minBytes: 1 }, String).conclude(bad, { durationMs: 0, bytes: 0 })).toBe(bad);
});

it.each<[Outcome, Outcome['status'], string | undefined]>([
  [{ status: 'failed', reason: 'exit-code', exitCode: 3 }, 'succeeded', undefined],
  [GOOD, 'succeeded', undefined],
  [{ status: 'failed', reason: 'exit-code', exitCode: 4 }, 'failed', 'exit-code'],
  [{ status: 'failed', reason: 'timeout', exitCode: 3 }, 'failed', 'timeout'],
  [{ status: 'failed', reason: 'stopped', exitCode: 3 }, 'failed', 'stopped'],
  [{ status: 'errored', reason: 'spawn', exitCode: 3 }, 'errored', 'spawn'],
])('codes 0 and 3 make of %o: %s', (outcome, status, reason) => {
  const judged = judgeCode(outcome, { codes: [0, 3] });
  expect([judged.status, judged.reason]).toEqual([status, reason]);
});

it('calls 0 a failure where it is no good code', () => {
  expect(judgeCode(GOOD, { codes: [3] })).toMatchObject({
    status: 'failed',
    reason: 'exit-code',
    exitCode: 0,
  });
});
