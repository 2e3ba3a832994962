/** The language inside `${{ … }}`: text → tree. What names mean is checked and calculated elsewhere. */
import { SupertaskError } from '../errors.js';

export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  /** `params` */
  | { readonly kind: 'name'; readonly name: string }
  /** `of.key`, or `of[key]` */
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  /** `success()` */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `of.name(…)` */
  | {
      readonly kind: 'method';
      readonly of: Expression;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';

/** From what binds least to what binds most; comparisons do not follow each other. */
const LEVELS: readonly (readonly Operator[])[] = [['||'], ['&&'], ['==', '!=', '<=', '>=', '<', '>']];
const COMPARISON = 2;

const MAX_DEPTH = 40;
const MAX_LENGTH = 2000;

type Token = {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly value: string;
};

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_-]*)|(?<number>-?\d+(?:\.\d+)?)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign>==|!=|<=|>=|&&|\|\||[<>!().,[\]])|(?<end>$))/suy;

/**
 * Read an expression: names with members (`params.region`, `tables.country["US"].tz`), texts in either quotes,
 * numbers, `true`, `false`, calls, `! && || == != < <= > >=` and brackets.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`
 */
export function parseExpression(source: string): Expression {
  if (source.trim() === '')
    throw invalid('it is empty', 'Write what is to be put in, such as params.region.');
  if (source.length > MAX_LENGTH) throw invalid(`it is longer than ${MAX_LENGTH} characters`, 'Shorten it.');
  const parser = createParser(tokensOf(source));
  const expression = parser.level(0, 0);
  parser.expect('', 'end');
  return expression;
}

type Parser = {
  level(level: number, depth: number): Expression;
  expect(text: string, kind: 'sign' | 'end'): void;
};

function createParser(tokens: readonly Token[]): Parser {
  let at = 0;
  const peek = (): Token => tokens[at] ?? END;
  const isNext = (text: string): boolean => peek().kind === 'sign' && peek().text === text;
  const take = (): Token => {
    const token = peek();
    at++;
    return token;
  };
  const expect = (text: string, kind: 'sign' | 'end'): void => {
    const token = take();
    if (token.kind === kind && (kind === 'end' || token.text === text)) return;
    throw unexpected(token, kind === 'end' ? undefined : text);
  };

  const level = (index: number, depth: number): Expression => {
    const operators = LEVELS[index];
    if (operators === undefined) return unary(depth);
    let left = level(index + 1, depth);
    for (let count = 0; ; count++) {
      const operator = operators.find(isNext);
      if (operator === undefined) return left;
      if (index === COMPARISON && count > 0) {
        throw invalid('comparisons follow each other', 'Join them with &&.');
      }
      take();
      left = { kind: 'binary', operator, left, right: level(index + 1, depth) };
    }
  };

  const unary = (depth: number): Expression => {
    if (depth > MAX_DEPTH) throw invalid(`it is nested more than ${MAX_DEPTH} deep`, 'Nest less.');
    if (!isNext('!')) return members(primary(depth), depth);
    take();
    return { kind: 'not', of: unary(depth + 1) };
  };

  const primary = (depth: number): Expression => {
    const token = take();
    if (token.kind === 'text') return { kind: 'text', value: token.value };
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'name') {
      if (token.text === 'true' || token.text === 'false')
        return { kind: 'flag', value: token.text === 'true' };
      return isNext('(')
        ? { kind: 'call', name: token.text, args: args(depth) }
        : { kind: 'name', name: token.text };
    }
    if (token.kind !== 'sign' || token.text !== '(') throw unexpected(token, undefined);
    const inner = level(0, depth + 1);
    expect(')', 'sign');
    return inner;
  };

  const members = (base: Expression, depth: number): Expression => {
    let of = base;
    for (let count = depth; ; count++) {
      if (count > MAX_DEPTH) throw invalid(`it is nested more than ${MAX_DEPTH} deep`, 'Nest less.');
      if (isNext('[')) {
        take();
        of = { kind: 'member', of, key: level(0, depth + 1) };
        expect(']', 'sign');
        continue;
      }
      if (!isNext('.')) return of;
      take();
      const name = take();
      if (name.kind !== 'name') throw unexpected(name, 'a name');
      of = isNext('(')
        ? { kind: 'method', of, name: name.text, args: args(depth) }
        : { kind: 'member', of, key: { kind: 'text', value: name.text } };
    }
  };

  const args = (depth: number): Expression[] => {
    expect('(', 'sign');
    const found: Expression[] = [];
    while (!isNext(')')) {
      if (found.length > 0) expect(',', 'sign');
      found.push(level(0, depth + 1));
    }
    take();
    return found;
  };

  return { level, expect };
}

const END: Token = { kind: 'end', text: '', value: '' };

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) throw unreadable(source.slice(from).trimStart());
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined) ?? ['end', ''];
    if (kind === 'end') return tokens;
    tokens.push({ kind: kindOf(kind), text, value: kind === 'text' ? unquote(text) : text });
  }
}

function kindOf(group: string): Token['kind'] {
  return group === 'name' || group === 'text' || group === 'number' ? group : 'sign';
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gsu, (_, letter: string) => {
    if (letter === 'n') return '\n';
    if (letter === 't') return '\t';
    return letter;
  });
}

function unreadable(rest: string): SupertaskError {
  const [sign = ''] = rest;
  if (sign === '"' || sign === "'") return invalid(`a ${sign} is not closed`, 'Close the quote.');
  if (sign === '=') return invalid('"=" compares nothing', 'Write ==.');
  if (sign === '|') return invalid('there are no filters', 'Write a call, such as date.format("yyyyMMdd").');
  return invalid(`${JSON.stringify(sign)} means nothing here`, 'A text stands in quotes: "…".');
}

function unexpected({ kind, text }: Token, wanted: string | undefined): SupertaskError {
  const found = kind === 'end' ? 'it ends too early' : `${text} stands where it cannot`;
  const hint =
    wanted === undefined ? 'Is a name, a quote or an operator missing?' : `Expected ${wanted} there.`;
  return invalid(found, hint);
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
