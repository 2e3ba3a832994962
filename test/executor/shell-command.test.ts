import { expect, it } from 'vitest';
import { programsOf } from '../../src/executor/shell-command.js';

/** `a?` is one that the line may not get to. */
function named(line: string): string {
  return programsOf(line)
    .map(({ name, isCertain }) => (isCertain ? name : `${name}?`))
    .join(' ');
}

it.each([
  ['pg_dump app > app.sql', 'pg_dump'],
  ['./backup.sh', './backup.sh'],
  ['LANG=C sort -u <in >out', 'sort'],
  ['>out sort', 'sort'],
  ['2>&1 sort', 'sort'],
  ['a | b | c', 'a b c'],
  ['a; b & c\nd', 'a b c d'],
  ['a && b || c', 'a? b? c?'],
  ['a && b', 'a b?'],
  ['a || true', 'a?'],
  ['! grep -q x y', 'grep'],
  ["'my prog' x", 'my prog'],
  ['"my prog" x', 'my prog'],
  ['my\\ prog', 'my prog'],
  ['exec ./serve --port 1; x', './serve'],
  ['command ls', 'ls'],
  ['echo hello # nothing', ''],
  ['tar czf x-$(date +%F).tgz /srv', 'tar'],
  ['nice -n 10 work', 'nice'],
  ['cd /srv && ./work', ''],
  ['make build; ./build/run', 'make'],
  ['a | tee out.log | grep b', 'a tee grep'],
  ['# a comment\nls', 'ls'],
])('%s names %s', (line, programs) => {
  expect(named(line)).toBe(programs);
});

it.each([
  ['what a guard has looked at', 'test -x /opt/x && /opt/x', ''],
  ['what a guard has looked for', 'command -v x >/dev/null && x', ''],
  ['what variables and globs stand for', '$EDITOR x; "$HOME"/bin/y; *.sh; ~/bin/z', ''],
  ['a function', 'work() { ls; }; work', ''],
  ['control flow', 'if a; then b; fi', ''],
  ['a loop', 'ls; for x in 1 2; do work; done', 'ls'],
  ['a group', '{ a; b; }', ''],
  ['a subshell', '(a; b)', ''],
  ['what follows another PATH', 'PATH=/opt/bin; x', ''],
  ['what follows an exported PATH', 'export PATH=/opt/bin:$PATH && x', ''],
  ['a command with a PATH of its own', 'PATH=/opt/bin x', ''],
  ['what is sourced', '. ./env; x', ''],
  ['what stands in a here-document', 'cat <<EOF\nx\nEOF\ny', 'cat'],
  ['an unclosed quote', 'echo "a; x', ''],
  ['a substitution', '`which x` y', ''],
  ['what is after the end', 'exit 0; x', ''],
  ['nothing', '', ''],
])('does not guess at %s', (_, line, programs) => {
  expect(named(line)).toBe(programs);
});
