/** What a file of variables says, and what in it says nothing. */
import { describe, expect, it } from 'vitest';
import { parseEnv } from '../../src/app/env-file.ts';

/** The mistakes of a text, with the text that each is about. */
function mistakes(text: string): string[] {
  const lines = text.split('\n');
  return parseEnv(text).mistakes.map(
    ({ line, column, message }) => `${message}: ${lines[line - 1]?.slice(column - 1)}`,
  );
}

describe('a file of variables', () => {
  it.each<[string, Record<string, string>]>([
    ['A=1\nB=two words\n', { A: '1', B: 'two words' }],
    ['PASSWORD=ab#cd\nURL=http://h/#frag', { PASSWORD: 'ab#cd', URL: 'http://h/#frag' }],
    ['A=#1\nB= #1\nC=x #1 #2\nD=x\t# 1\n', { A: '#1', B: '', C: 'x', D: 'x' }],
    ['# A=1\n  # B=1\n\n \t\nC=3', { C: '3' }],
    ['  A = 1 \nexport B=2\nexport \t C=3\nexport=4', { A: '1', B: '2', C: '3', export: '4' }],
    ['A=\nB= \nC=\t\nD=""', { A: '', B: '', C: '', D: '' }],
    ['A=b=c\nB=it\'s "so"\n', { A: 'b=c', B: 'it\'s "so"' }],
    ['A="x # y"  # z\nB=\'x # y\'# z\nC=`x # y`', { A: 'x # y', B: 'x # y', C: 'x # y' }],
    [`A="it's"\nB='"so"'\nC=\`"it's"\``, { A: "it's", B: '"so"', C: '"it\'s"' }],
    ['A= " x "\nB=" x\\ny"\nC=\'x\\ny\'\nD=`x\\ny`', { A: ' x ', B: ' x\ny', C: 'x\\ny', D: 'x\\ny' }],
    ['KEY="-----BEGIN\n# A=1\n-----END"\nB=2', { KEY: '-----BEGIN\n# A=1\n-----END', B: '2' }],
    ['\ufeffA=1\r\nB="x\r\ny"\r\n# c\r\n\r\nC=3 \r\nD=4\r', { A: '1', B: 'x\ny', C: '3', D: '4' }],
    ['A=x\u2028B=y\nC=$A ${A} `id`', { A: 'x\u2028B=y', C: '$A ${A} `id`' }],
    ['A=1\nA=2\na.b-c=3\n__proto__=4', { A: '2', 'a.b-c': '3', ['__proto__']: '4' }],
    ['', {}],
  ])('%j', (text, variables) => {
    expect(parseEnv(text)).toEqual({ variables, mistakes: [] });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['TYPO\nA=1', { A: '1' }, ['this line is not NAME=value, so it is passed over: TYPO']],
    [
      'A=1\n  API KEY=x\nB=2',
      { A: '1', B: '2' },
      [expect.stringMatching(/^this line is not .*: API KEY=x$/)],
    ],
    [
      'export A\n=1\nB: 2\n',
      {},
      ['export A', '=1', 'B: 2'].map((rest) => expect.stringMatching(`: ${rest}$`)),
    ],
    ['A="x\nB=2', { A: '"x', B: '2' }, ['this quote is not closed, so it is a part of the value: "x']],
    ['A=`', { A: '`' }, ['this quote is not closed, so it is a part of the value: `']],
    [
      'A="x\nB="y"\nC=3',
      { A: 'x\nB=', C: '3' },
      ['this stands behind a value in quotes, so it is passed over: y"'],
    ],
    ["A='it'\\''s'", { A: 'it' }, ["this stands behind a value in quotes, so it is passed over: \\''s'"]],
  ])('%j with a mistake', (text, variables, expected) => {
    expect(parseEnv(text).variables).toEqual(variables);
    expect(mistakes(text)).toEqual(expected);
  });

  it('of a great many wrong lines is read in no time', () => {
    expect(parseEnv('wrong "\n'.repeat(100_000)).mistakes.at(-1)).toMatchObject({ line: 100_000, column: 1 });
  });
});
