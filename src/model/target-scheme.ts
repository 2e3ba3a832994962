/** Reads targets of which the scheme says what they are: programs, snippets, containers. */
import { SupertaskError } from '../errors.js';
import { NO_WORDS, type Target } from './target.js';
import { fileTarget } from './target-file.js';

const SCHEMES = ['cmd', 'exec', 'python', 'uv', 'docker', 'node'] as const;

/** A program and its arguments, run without a shell. */
export function parseExec(words: readonly string[]): Target {
  const [program, ...rest] = words;
  if (program === undefined || program === '') {
    throw invalidTarget('there is no program to run', 'Name one: supertask run --exec -- printf hello.');
  }
  if (words.some((word) => word.includes('\0'))) {
    throw invalidTarget('an argument contains a NUL character', 'No program can be given one; remove it.');
  }
  return { kind: 'exec', program, words: rest.length === 0 ? NO_WORDS : rest };
}

/** @param scheme - That of a shell line only where the line is empty. @throws {SupertaskError} `TARGET_INVALID` */
export function parseScheme(scheme: string, rest: string, words: readonly string[]): Target {
  const body = rest.trim();
  if (body === '' && !(scheme === 'exec' && words.length > 0)) {
    throw invalidTarget(
      `the target "${scheme}:" is empty`,
      `Say what to run: ${scheme === 'cmd' ? 'cmd:echo hello' : `${scheme}:…`}.`,
    );
  }
  switch (scheme) {
    case 'exec':
      return parseExec([...splitWords(rest), ...words]);
    case 'python':
      return fileTarget(body, words, 'python-file') ?? { kind: 'python', code: rest, words };
    case 'uv':
      return { kind: 'uv', words: [...splitWords(rest), ...words] };
    case 'docker': {
      const [image = '', ...command] = splitWords(rest);
      if (image === '' || image.startsWith('-')) {
        throw invalidTarget(
          `${JSON.stringify(image)} is not the name of an image`,
          'Write docker:IMAGE COMMAND…; for options of the engine use cmd:docker run ….',
        );
      }
      return { kind: 'docker', image, words: [...command, ...words] };
    }
    case 'node':
      return fileTarget(body, words, 'node-file') ?? { kind: 'node', code: rest, words };
    default:
      throw invalidTarget(
        `"${scheme}:" is not a known kind of target`,
        `Known: ${SCHEMES.map((name) => `${name}:`).join(' ')}. If it is a shell line, write cmd:${scheme}:…`,
      );
  }
}

/**
 * Split text into words as a POSIX shell would, without expanding anything.
 *
 * @throws {SupertaskError} `TARGET_INVALID` when a quote is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (quote !== undefined && char === quote) {
      quote = undefined;
      continue;
    }
    if (char === '\\' && quote !== "'") {
      const next = text[++index] ?? '\\';
      if (next === '\n') continue;
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
      continue;
    }
    if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
      continue;
    }
    if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word = (word ?? '') + char;
  }
  if (quote !== undefined) throw invalidTarget(`a ${quote} is not closed in: ${text}`, 'Close the quote.');
  if (word !== undefined) words.push(word);
  return words;
}

export function invalidTarget(message: string, hint: string): SupertaskError {
  return new SupertaskError('TARGET_INVALID', message, { hint });
}
