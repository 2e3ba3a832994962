/** Many questions about schedules in one process: lines of JSON in, lines of JSON out. */
import { SupertaskError } from '../errors.js';
import { parseInstantIn } from '../model/instant.js';
import type { Json } from '../model/json.js';
import { bindSchedule } from '../model/schedule-bind.js';
import { parseSchedule } from '../model/schedule-text.js';
import { parseZone } from '../model/zone.js';
import { nextInstantsOf } from './next.js';

export type BatchDefaults = {
  /** IANA zone for lines that name none. */
  readonly tz: string;
  readonly from: Date;
  readonly count: number;
};

/** At most so many instants are given for one question. */
export const MAX_COUNT = 100_000;
/** Longer lines are refused without being kept. */
const MAX_LINE_CHARS = 64 * 1024;
/** So much text is collected before it is passed on. */
const PORTION_CHARS = 64 * 1024;

/**
 * Answer each line `{id, expr, tz, from, count}` by `{id, next}` or `{id, error}`, in the same order.
 *
 * Blank lines are passed over, other keys are not looked at, and a line that is no JSON object has the id `null`.
 * Memory does not grow with the number of lines.
 *
 * @param chunks - Text, cut anywhere.
 * @returns Whole lines, several at a time.
 */
export async function* answerBatch(
  chunks: AsyncIterable<string>,
  defaults: BatchDefaults,
): AsyncGenerator<string> {
  let answers = '';
  for await (const lines of splitLines(chunks)) {
    for (const line of lines) {
      const answer = answerLine(line, defaults);
      if (answer !== undefined) answers += `${JSON.stringify(answer)}\n`;
      if (answers.length < PORTION_CHARS) continue;
      yield answers;
      answers = '';
    }
    // Nothing is held back while the other side thinks about its next question.
    if (answers !== '') yield answers;
    answers = '';
  }
}

/** Answer one line; undefined when it is blank. */
function answerLine(line: string, defaults: BatchDefaults): Json | undefined {
  if (line.trim() === '') return undefined;
  let id: Json = null;
  try {
    const question = parseQuestion(line);
    id = question['id'] ?? null;
    return { id, next: instantsFor(question, defaults) };
  } catch (error) {
    if (error instanceof SupertaskError) return { id, error: error.message };
    throw error;
  }
}

type Question = { readonly [key: string]: Json | undefined };

function parseQuestion(line: string): Question {
  if (line.length > MAX_LINE_CHARS) throw wrong(`the line is longer than ${MAX_LINE_CHARS} characters`);
  const value = parseJson(line.replace(/^\uFEFF/, ''));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Question;
  throw wrong('the line is not a JSON object');
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw wrong('the line is not JSON');
  }
}

function instantsFor(question: Question, defaults: BatchDefaults): string[] {
  const expr = textOf(question, 'expr');
  if (expr === undefined) throw wrong('expr is missing: the schedule as text');
  const given = textOf(question, 'tz');
  const tz = given === undefined ? defaults.tz : parseZone(given);
  const start = textOf(question, 'from');
  const from = start === undefined ? defaults.from : parseInstantIn(start, tz);
  const { id } = question;
  const bound = bindSchedule(parseSchedule(expr), {
    // The id is taken for the job's: then H comes out as it will for that job.
    jobId: typeof id === 'string' ? id : '',
    startedAt: from,
    tz,
  });
  return nextInstantsOf([bound], from, countOf(question) ?? defaults.count).map((at) => at.toISOString());
}

function textOf(question: Question, key: string): string | undefined {
  const value = question[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(`${key} is ${JSON.stringify(value).slice(0, 40)}, not text`);
}

function countOf(question: Question): number | undefined {
  const value = question['count'] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_COUNT) return value;
  throw wrong(`count is ${JSON.stringify(value).slice(0, 40)}, not a whole number from 1 to ${MAX_COUNT}`);
}

function wrong(message: string): SupertaskError {
  return new SupertaskError('USAGE', message);
}

/** Lines of each chunk; what is longer than any line may be is cut just beyond the limit. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS + 1);
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
