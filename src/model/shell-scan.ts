/** Reads a shell line as far as quotes, brackets, here-documents and words go, and says in what place a sign stands. */
import { asCode, type Kind, leapt, type Place, REFUSALS } from './shell-place.js';
import { CommandWords } from './shell-word.js';

/** Something that was opened and not closed yet. */
type Frame = {
  readonly kind: Kind;
  /** Of a here-document: where its text ends, and who reads it as code. */
  readonly end?: number;
  readonly reader?: string | undefined;
  /** Of brackets: how many are open. */
  depth: number;
  /** Of commands: the words of the last one, where the next begins, and how many `case` are open. */
  words: CommandWords;
  wordFrom: number | undefined;
  cases: number;
};

type Here = {
  readonly delimiter: string;
  readonly isVerbatim: boolean;
  readonly isIndented: boolean;
  readonly reader: string | undefined;
};

const CLOSING: Readonly<Partial<Record<Kind, string>>> = {
  single: "'",
  ansi: "'",
  double: '"',
  brace: '}',
  tick: '`',
};
const HERE = /<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\[^\n]|[^\s;&|<>()'"\\])+)/y;

export class ShellScan {
  private readonly text: string;
  private readonly sign: string;
  private readonly frames: Frame[] = [frameOf('plain')];
  private readonly heres: Here[] = [];
  private at = 0;

  /** @param sign - A letter that stands for something to be put in, wherever it is found. */
  constructor(text: string, sign: string) {
    this.text = text;
    this.sign = sign;
  }

  /** The text up to the next sign, and the place of that. */
  next(): { readonly before: string; readonly place: Place } {
    const from = this.at;
    const to = this.text.indexOf(this.sign, from);
    let isLeapt = false;
    while (this.at < to) {
      this.step();
      isLeapt = this.at > to;
    }
    this.at = to;
    this.leaveHeres();
    const place: Place = isLeapt ? leapt(this.text[to - 1]) : this.place();
    this.at = to + 1;
    return { before: this.text.slice(from, to), place };
  }

  /** What is left; whole: all that was opened is closed. */
  rest(): { readonly before: string; readonly isWhole: boolean } {
    const from = this.at;
    while (this.at < this.text.length) this.step();
    this.leaveHeres();
    if (this.top.kind === 'comment') this.pop();
    return { before: this.text.slice(from), isWhole: this.frames.length === 1 };
  }

  private get top(): Frame {
    return this.frames.at(-1) ?? frameOf('plain');
  }

  private push(kind: Kind, more: Partial<Frame> = {}): void {
    this.frames.push(frameOf(kind, more));
  }

  private pop(): void {
    if (this.frames.length > 1) this.frames.pop();
  }

  private isAt(wanted: string): boolean {
    return this.text.startsWith(wanted, this.at);
  }

  private leaveHeres(): void {
    while (this.top.end !== undefined && this.at >= this.top.end) this.pop();
  }

  private place(): Place {
    const { kind, reader } = this.top;
    const refusal = REFUSALS[kind];
    if (refusal !== undefined) return { kind: 'refused', ...refusal };
    if (kind === 'here') return reader === undefined ? { kind: 'quoted' } : asCode(reader);
    if (kind === 'comment') return { kind: 'quoted' };
    const command = this.frames.findLast((frame) => frame.kind === 'plain');
    const code = command?.words.readerOfNext();
    if (command !== undefined) command.wordFrom ??= this.at;
    if (code !== undefined) return asCode(code);
    return kind === 'plain' ? { kind: 'word' } : { kind: 'quoted' };
  }

  private step(): void {
    const { kind, end } = this.top;
    if (end !== undefined && this.at >= end) this.pop();
    else if (kind === 'plain') this.plain(this.top);
    else this.inside(this.top);
  }

  /** One step outside of quotes. */
  private plain(frame: Frame): void {
    const char = this.text[this.at] ?? '';
    if (char === '\n') this.endCommand(frame);
    else if (/\s/.test(char)) this.endWord(frame);
    else if (char === '#' && frame.wordFrom === undefined) this.push('comment');
    else if (char === ';' || char === '&' || char === '|') this.endCommand(frame);
    else if (char === ')') {
      this.endCommand(frame);
      if (frame.cases === 0 && frame.depth > 0) this.pop();
    } else {
      this.begin(frame, char);
      return;
    }
    this.at++;
    if (char === '\n') this.beginHeres();
  }

  private begin(frame: Frame, char: string): void {
    if (this.isAt('<<')) this.askForHere(frame);
    else if (char === '(') this.openBracket(frame);
    else this.word(frame, char);
  }

  private word(frame: Frame, char: string): void {
    frame.wordFrom ??= this.at;
    if (char === '\\') this.at += 2;
    else if (this.isAt("$'")) {
      this.push('ansi');
      this.at += 2;
    } else if (char === "'" || char === '"') {
      this.push(char === '"' ? 'double' : 'single');
      this.at++;
    } else this.open();
  }

  /** What begins in double quotes as well as outside: `$(`, `${` and backquotes; else one letter. */
  private open(): void {
    if (this.isAt('$((')) this.push('math', { depth: 2 });
    else if (this.isAt('$(')) this.push('plain', { depth: 1 });
    else if (this.isAt('${')) this.push('brace');
    else if (this.isAt('`')) this.push('tick');
    this.at += this.isAt('$((') ? 3 : this.isAt('$(') || this.isAt('${') ? 2 : 1;
  }

  private openBracket(frame: Frame): void {
    const isMath = this.isAt('((') && frame.words.isEmpty() && frame.wordFrom === undefined;
    this.endCommand(frame);
    this.push(isMath ? 'math' : 'plain', { depth: isMath ? 2 : 1 });
    this.at += isMath ? 2 : 1;
  }

  /** One step inside of something. */
  private inside(frame: Frame): void {
    const { kind } = frame;
    const char = this.text[this.at] ?? '';
    const isPlainText = kind === 'single' || kind === 'comment' || kind === 'verbatim';
    if (char === '\\' && !isPlainText) this.at += 2;
    else if (kind === 'comment' && char === '\n') this.pop();
    else if (char === CLOSING[kind]) {
      this.pop();
      this.at++;
    } else if (isPlainText || kind === 'ansi' || kind === 'tick') this.at++;
    else if (kind === 'math' && (char === '(' || char === ')')) {
      frame.depth += char === '(' ? 1 : -1;
      if (frame.depth === 0) this.pop();
      this.at++;
    } else if (kind === 'brace' && (char === '"' || char === "'")) {
      this.push(char === '"' ? 'double' : 'single');
      this.at++;
    } else this.open();
  }

  private endWord(frame: Frame): void {
    if (frame.wordFrom === undefined) return;
    frame.words.add(this.text.slice(frame.wordFrom, this.at));
    frame.wordFrom = undefined;
    if (frame.words.isJust('case')) frame.cases++;
    if (frame.words.isJust('esac')) frame.cases = Math.max(0, frame.cases - 1);
  }

  private endCommand(frame: Frame): void {
    this.endWord(frame);
    frame.words = new CommandWords();
  }

  private askForHere(frame: Frame): void {
    HERE.lastIndex = this.at;
    const [whole, dash, word = ''] = (this.isAt('<<<') ? null : HERE.exec(this.text)) ?? [];
    this.endWord(frame);
    if (whole === undefined) {
      this.at += this.isAt('<<<') ? 3 : 2;
      return;
    }
    this.heres.push({
      delimiter: word.replace(/\\(.)|['"]/gs, '$1'),
      isVerbatim: /['"\\]/.test(word),
      isIndented: dash === '-',
      reader: frame.words.readerOfInput(),
    });
    this.at += whole.length;
  }

  /** The texts of here-documents begin on the line after the one that asks for them. */
  private beginHeres(): void {
    let from = this.at;
    const bodies = this.heres.splice(0).map((here) => {
      const end = hereEnd(this.text, from, here);
      from = end;
      return { kind: here.isVerbatim ? ('verbatim' as const) : ('here' as const), end, reader: here.reader };
    });
    for (const { kind, ...more } of bodies.reverse()) this.push(kind, more);
  }
}

function hereEnd(text: string, from: number, { delimiter, isIndented }: Here): number {
  for (let at = from; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    const line = text.slice(at, lineEnd === -1 ? end : lineEnd);
    if ((isIndented ? line.replace(/^\t+/, '') : line) === delimiter) return end;
    at = end;
  }
  return text.length;
}

function frameOf(kind: Kind, more: Partial<Frame> = {}): Frame {
  return { kind, depth: 0, words: new CommandWords(), wordFrom: undefined, cases: 0, ...more };
}
