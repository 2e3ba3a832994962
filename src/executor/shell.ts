/** Shell lines and plain programs. Target → argv, pure: nothing is looked up, for this is the hot path. */

/** What a line may start with that `sh` would take for an option. */
const LIKE_AN_OPTION = /^[-+]/;

/** `sh -c LINE`, with further words as arguments of the line. */
export function shellArgv(line: string, words: readonly string[]): { program: string; args: string[] } {
  const script = words.length === 0 ? line : `${line} "$@"`;
  const safe = LIKE_AN_OPTION.test(script) ? ` ${script}` : script;
  return { program: '/bin/sh', args: words.length === 0 ? ['-c', safe] : ['-c', safe, 'sh', ...words] };
}
