/** Which programs a shell line names. Text → words, pure: what depends on the shell's own work is left out. */

export type NamedProgram = {
  readonly name: string;
  /** Whether the line always gets to it, and takes it ill when it is not there. */
  readonly isCertain: boolean;
};

/** What the shell itself knows; a list that is too long hides a mistake, one that is too short invents one. */
const BUILTINS = new Set(
  '. : [ [[ alias bg break builtin cd command continue declare dirs echo enable eval exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait'.split(
    ' ',
  ),
);
/** After these, what a word names is no longer known: control flow, functions, other meanings of names. */
const BEYOND = new Set(
  'if while until for case select function { ( eval . source alias hash trap'.split(' '),
);
/** Nothing after these is reached. */
const LAST = new Set(['exit', 'return', 'break', 'continue']);

/** One simple command, its redirections and assignments left out. */
type Simple = { readonly words: readonly Word[]; readonly setsPath: boolean };
type Word = { readonly text: string; readonly isPlain: boolean };
type Operator = '|' | '&&' | '||' | ';' | '';

/** Find the programs of a line that stand in it as they are, up to where its control flow begins. */
export function programsOf(line: string): readonly NamedProgram[] {
  const found: NamedProgram[] = [];
  let isFirst = true;
  for (const list of listsOf(line)) {
    const hasElse = list.some(({ operator }) => operator === '||');
    const mentioned = new Set<string>();
    let isAlways = !hasElse;
    for (const { simple, operator } of list) {
      const { program, isEnd } = readSimple(simple);
      if (simple.setsPath) return found;
      // `test -x PROGRAM && PROGRAM` has looked already.
      const isKnown = program !== undefined && mentioned.has(program);
      // What an earlier command may have made, or a `cd` may have led to, nobody knows before.
      const isOther = program?.includes('/') === true && !program.startsWith('/') && !isFirst;
      if (program !== undefined && !isKnown && !isOther) found.push({ name: program, isCertain: isAlways });
      for (const { text } of simple.words) mentioned.add(text);
      if (isEnd) return found;
      isFirst = false;
      if (operator === '&&') isAlways = false;
    }
  }
  return found;
}

/** The program of a simple command; `exec` and `command` pass theirs on. */
function readSimple({ words }: Simple): { readonly program: string | undefined; readonly isEnd: boolean } {
  const [first, second] = words[0]?.text === '!' ? words.slice(1) : words;
  if (first === undefined) return { program: undefined, isEnd: false };
  if (!first.isPlain) return { program: undefined, isEnd: false };
  if (first.text === 'exec' || first.text === 'command') {
    const isPassed = second?.isPlain === true && !second.text.startsWith('-') && !BUILTINS.has(second.text);
    return { program: isPassed ? second.text : undefined, isEnd: first.text === 'exec' };
  }
  const isOwn = BUILTINS.has(first.text) || BEYOND.has(first.text);
  return { program: isOwn ? undefined : first.text, isEnd: isOwnEnd(first.text) };
}

function isOwnEnd(word: string): boolean {
  return BEYOND.has(word) || LAST.has(word);
}

type Chain = { readonly simple: Simple; readonly operator: Operator }[];

const TOKEN =
  /(?<blank>[ \t]+|\\\n)|(?<comment>#[^\n]*)|(?<here>\d*<<-?)|(?<redirect>\d*(?:>>|>&|<&|<>|>\||>|<)|&>>?)|(?<operator>&&|\|\||\|&?|;|&|\n)|(?<stop>[()`]|;;)|(?<word>(?:\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|[^\s\\'"<>|&;()`])+)/y;

/** The and-or lists of a line, cut off where reading on would be guessing. */
function listsOf(line: string): Chain[] {
  const lists: Chain[] = [];
  let chain: Chain = [];
  let words: Word[] = [];
  let setsPath = false;
  let isTarget = false;
  const endCommand = (operator: Operator): void => {
    if (words.length > 0 || setsPath) chain.push({ simple: { words, setsPath }, operator });
    words = [];
    setsPath = false;
    if (operator !== ';' && operator !== '') return;
    if (chain.length > 0) lists.push(chain);
    chain = [];
  };
  for (let at = 0; at < line.length; ) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(line)?.groups;
    // A function's name, a group, a substitution, a here-document: what stands before is all that is known.
    if (groups === undefined || groups['stop'] !== undefined || groups['here'] !== undefined) {
      const isFunction = groups?.['stop'] === '(' && words.length === 1 && words[0]?.isPlain === true;
      if (isFunction) words = [];
      break;
    }
    at = TOKEN.lastIndex;
    const { redirect, operator, word } = groups;
    if (redirect !== undefined) isTarget = true;
    if (operator !== undefined) endCommand(meaningOf(operator));
    if (word === undefined) continue;
    if (isTarget) isTarget = false;
    else if (words.length === 0 && /^[A-Za-z_]\w*=/.test(word)) setsPath ||= word.startsWith('PATH=');
    else words.push(readWord(word));
    if (words[0]?.text === 'export' && word.startsWith('PATH=')) setsPath = true;
  }
  endCommand('');
  return lists;
}

function meaningOf(operator: string): Operator {
  if (operator === '&&' || operator === '||') return operator;
  return operator.startsWith('|') ? '|' : ';';
}

/** A word without its quotes; not plain where the shell puts something in its place. */
function readWord(word: string): Word {
  const isPlain =
    !/[$*?[{~]/.test(word.replace(/'[^']*'/g, '')) || word === '[' || word === '[[' || word === '{';
  return { text: word.replace(/\\([\s\S])|['"]/g, '$1'), isPlain };
}
