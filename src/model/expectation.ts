/** What a run must have done to count as a success, beside ending with 0. Values and their text. Pure. */
import { messageOf, SupertaskError } from '../errors.js';

/** Text that some line must hold, or none. */
export type TextRule = {
  /** As written: text, or `/PATTERN/flags`. */
  readonly text: string;
  /** No line may hold it. */
  readonly isNot: boolean;
};

export type Expectation = {
  readonly stdout?: readonly TextRule[];
  readonly stderr?: readonly TextRule[];
  /** Either of the two. */
  readonly output?: readonly TextRule[];
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Of both streams together. */
  readonly minBytes?: number;
  readonly maxBytes?: number;
};

/** Which exit codes are good; others are failures, 0 as well. */
export type SuccessRule = { readonly codes: readonly number[] };

const PATTERN = /^\/(?<source>.+)\/(?<flags>[a-z]*)$/s;

/**
 * What a rule says as a test of one line.
 *
 * @throws {SupertaskError} `SETTING_INVALID` for what cannot be found in a line.
 */
export function lineTest(text: string): (line: string) => boolean {
  const { source, flags = '' } = PATTERN.exec(text)?.groups ?? {};
  if (/[\n\r\0]/.test(text))
    throw invalid('an expected text has a line break or a NUL in it', 'It is looked for line by line.');
  if (source === undefined) {
    if (text === '') throw invalid('an expected text is empty', 'Every line would hold it.');
    return (line) => line.includes(text);
  }
  if (/[^imsuv]/.test(flags))
    throw invalid(`the pattern ${text} has a flag that cannot be used`, 'Flags are i, m, s, u and v.');
  try {
    const pattern = new RegExp(source, flags);
    return (line) => pattern.test(line);
  } catch (error) {
    throw invalid(
      `${text} is not a regular expression: ${messageOf(error)}`,
      'Write a pattern of JavaScript between slashes, such as /done in \\d+ s/.',
    );
  }
}

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseExitCode(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  throw invalid(`${JSON.stringify(text)} is not an exit code`, 'Exit codes are 0 to 255.');
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SETTING_INVALID', message, { hint });
}
