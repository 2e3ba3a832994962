/** Values in shell lines, read by the shells of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateText, type Scope } from '../../src/model/template-evaluate.ts';
import { constantScope } from '../../src/model/template-scope.ts';
import { fillLine } from '../../src/model/template-shell.ts';
import { toldBy } from '../formats/told.ts';

const SHELLS = ['/bin/sh', '/bin/bash'].filter((shell) => existsSync(shell));

function run(shell: string, text: string, scope: Scope): string {
  const { line, env } = fillLine(text, ({ expression }) => evaluateText(expression, scope));
  return execFileSync(shell, ['-c', line], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const HOSTILE = [
  `a'b"c`,
  '$(touch /tmp/never) `id` ${HOME} $HOME',
  'two\nlines\n\n',
  '; exit 3 #',
  '../../etc/passwd',
  '-n',
  '*',
  '',
  ' ',
  '\\',
  '${{ params.v }}',
  '__proto__',
  'x'.repeat(100_000),
];

/** Each prints the value, with something around it. */
const LINES: readonly (readonly [string, (value: string) => string])[] = [
  [`printf '%s|' \${{ params.v }}`, (value) => `${value}|`],
  [`printf '%s|' a\${{ params.v }}b"\${{params.v}}c"`, (value) => `a${value}b${value}c|`],
  [`x=\${{ params.v }}; printf '%s|' "$x"`, (value) => `${value}|`],
  [`printf '%s|' "$(printf '%s.' \${{ params.v }})"`, (value) => `${value}.|`],
  [`printf '%s|' "$(printf '%s.' "in \${{ params.v }}")" '"' "'"`, (value) => `in ${value}.|"|'|`],
  [
    `case \${{ params.v }} in \${{ params.v }}) printf same;; esac; printf '%s|' \${{ params.v }}`,
    (value) => `same${value}|`,
  ],
  [`(printf '%s|' \${{ params.v }}) # it's \${{ params.v }}`, (value) => `${value}|`],
  [
    `cat <<EOF\n"\${{ params.v }}" it's\nEOF\nprintf '%s|' \${{ params.v }}`,
    (value) => `"${value}" it's\n${value}|`,
  ],
  [
    `cat <<-'A' <<B\n\tno's\n\tA\n\${{ params.v }}\nB\nprintf '%s|' "\${{ params.v }}"`,
    (value) => `${value}\n${value}|`,
  ],
  [`for v in \${{ params.v }} b; do printf '%s|' "$v"; done`, (value) => `${value}|b|`],
  [`printf '%s|' "\${X:-"\${{ params.v }}"}"`, (value) => `${value}|`],
  [`awk -v v=1 'END {print NR}' /dev/null; printf '%s|' \${{ params.v }}`, (value) => `0\n${value}|`],
  [`if true; then sh -c 'printf "%s|" "$1"' sh \${{ params.v }}; fi`, (value) => `${value}|`],
];

describe.each(SHELLS)('%s gets', (shell) => {
  it.each(LINES)('%s', (line, expected) => {
    for (const v of HOSTILE) expect(run(shell, line, constantScope({ v }, {}))).toBe(expected(v));
  });

  it('any value in any of these places, and never runs a part of it', () => {
    const value = fc.string({ unit: fc.constantFrom(...`'"$\`(){}[];&|<>\\!*?#~\n\t =ae1-`) });
    fc.assert(
      fc.property(value, fc.constantFrom(...LINES), (v, [line, expected]) => {
        expect(run(shell, line, constantScope({ v }, {}))).toBe(expected(v));
      }),
      { numRuns: 60 },
    );
  });
});

it.each([
  ["echo '${{ params.v }}'", 'in single quotes', 'Use double quotes'],
  ["echo $'${{ params.v }}'", 'in single quotes', 'Use double quotes'],
  ['echo `echo ${{ params.v }}`', 'between backquotes', 'Write $(…)'],
  ['echo $((${{ params.v }} + 1))', 'in arithmetic', 'case'],
  ['((x = ${{ params.v }}))', 'in arithmetic', 'case'],
  ['echo ${X:-${{ params.v }}}', 'inside of ${…}', 'Set a variable before'],
  ["cat <<'EOF'\n${{ params.v }}\nEOF", 'in a here-document whose delimiter is quoted', '<<EOF'],
  ['cat <<${{ params.v }}\nx', 'in the delimiter', '<<EOF'],
  ['echo \\${{ params.v }}', 'behind a backslash', '$${{'],
  ['echo "\\${{ params.v }}"', 'behind a backslash', '$${{'],
  ['eval echo ${{ params.v }}', 'in what eval reads as code', '"$1"'],
  ['x=1 sudo /bin/bash -lc "ls ${{ params.v }}"', 'in what bash reads as code', '"$1"'],
  ['python3 -c "print(${{ params.v }})"', 'in what python3 reads as code', '"$1"'],
  ['ls | awk "/${{ params.v }}/" x', 'in what awk reads as code', '"$1"'],
  ['sudo gawk -F: -v a=1 "{print ${{ params.v }}}"', 'in what gawk reads as code', '"$1"'],
  ['bash <<EOF\nrm ${{ params.v }}\nEOF', 'in what bash reads as code', '"$1"'],
  ['ssh host <<EOF\nrm ${{ params.v }}\nEOF', 'in what ssh reads as code', '"$1"'],
  ['if x; then [[ ${{ params.v }} -eq 1 ]]; fi', 'in what [[ reads as code', '"$1"'],
  ['echo ${{ params.v }} "not closed', 'cannot be followed to its end', '"$SUPERTASK_ARG_NAME"'],
])('%s is refused', (line, where, hint) => {
  const told = toldBy(() => fillLine(line, () => 'x'));
  expect(told).toContain(where);
  expect(told).toContain(hint);
});

it('leaves a line alone but for its templates, and gives each value one variable', () => {
  const text = 'a \\\\${{ params.v }} # ${{ "it\'s" }}\n"${{ params.v }}"';
  const { line, env } = fillLine(text, ({ source }) => source);
  expect(line).toBe('a \\\\"${SUPERTASK_VALUE_1}" # ${SUPERTASK_VALUE_2}\n"${SUPERTASK_VALUE_1}"');
  expect(Object.keys(env)).toEqual(['SUPERTASK_VALUE_1', 'SUPERTASK_VALUE_2']);
});

it.each([
  "awk '{print}' ${{ params.v }}",
  "awk -v x=1 '{print x}' ${{ params.v }}",
  'awk -f x.awk ${{ params.v }}',
])('%s is a file for awk', (line) => {
  expect(fillLine(line, () => 'x').line).toContain('"${SUPERTASK_VALUE_1}"');
});

it('puts in as text what the author calls unsafe', () => {
  const scope = constantScope({ options: '-l -a' }, {});
  expect(
    run('/bin/sh', "printf '%s|' '${{ unsafe params.options }}' ${{ unsafe params.options }}", scope),
  ).toBe('-l -a|-l|-a|');
});

it('looks at each word once, however many a command has', () => {
  const count = 20_000;
  const { line } = fillLine(`echo ${'${{ date }} '.repeat(count)}`, () => 'x');
  expect(line).toBe(`echo ${'"${SUPERTASK_VALUE_1}" '.repeat(count)}`);
});
