import { describe, expect, it } from 'vitest';
import { parseInlineScript } from '../../src/executor/inline-script.js';

const block = (...lines: string[]) =>
  ['# /// script', ...lines.map((line) => `# ${line}`), '# ///', ''].join('\n');

describe('the script block of a Python file', () => {
  it.each([
    ['dependencies = ["requests"]', ['requests']],
    ['dependencies = [\'a[b]>=1\', "c<2"] # d', ['a[b]>=1', 'c<2']],
    [
      'dependencies = [\n#   "x; python_version < \\"3.9\\"", # "y"\n#   "z",\n# ]',
      ['x; python_version < "3.9"', 'z'],
    ],
    ['dependencies = []', []],
    ['requires-python = ">=3.11"', []],
    ['[tool.uv]\n# dependencies = ["none"]', []],
  ])('%s', (text, dependencies) => {
    expect(parseInlineScript(`#!/usr/bin/env python3\n${block(text)}import x\n`)?.dependencies).toEqual(
      dependencies,
    );
  });

  it('names a version of Python', () => {
    expect(parseInlineScript(block('requires-python = ">=3.11"'))?.requiresPython).toBe('>=3.11');
  });

  it('ends where a block of another kind follows', () => {
    const text = `${block('dependencies = ["requests"]')}##\n# /// task\n# cron = "@daily"\n# dependencies = ["x"]\n# ///\n`;
    expect(parseInlineScript(text)).toEqual({ dependencies: ['requests'], requiresPython: undefined });
  });

  it('is not there in other files', () => {
    expect(parseInlineScript('print("# /// script")\n')).toBeUndefined();
    expect(parseInlineScript('# /// task\n# cron = "@daily"\n# ///\n')).toBeUndefined();
  });
});
