/** Holds a run against what its task expects of it: exit codes, output, duration and size. */
import { StringDecoder } from 'node:string_decoder';
import { formatDuration } from '../model/duration.js';
import type { Stream } from '../model/event.js';
import { type Expectation, lineTest, type SuccessRule, type TextRule } from '../model/expectation.js';
import type { Outcome } from '../model/run.js';
import { formatSize } from '../model/size.js';

/** Longer lines are looked at in pieces that overlap by half. */
export const WINDOW = 64 * 1024;
const QUOTED = 120;

export type Judge = {
  /** Bytes of the run, as it wrote them. */
  see(stream: Stream, chunk: Uint8Array): void;
  /** What a run that ended well is worth. */
  conclude(outcome: Outcome, facts: { readonly durationMs: number; readonly bytes: number }): Outcome;
};

/** The end of a program by the exit codes that its task calls good. */
export function judgeCode(outcome: Outcome, { codes }: SuccessRule): Outcome {
  const { exitCode } = outcome;
  if (outcome.status === 'errored' || exitCode === undefined) return outcome;
  if (outcome.reason !== undefined && outcome.reason !== 'exit-code') return outcome;
  if (!codes.includes(exitCode)) return { ...outcome, status: 'failed', reason: 'exit-code' };
  const { reason: _, message: __, ...facts } = outcome;
  return { ...facts, status: 'succeeded' };
}

type Watched = {
  readonly rule: TextRule;
  /** `output`: either stream. */
  readonly where: Stream | 'output';
  readonly test: (line: string) => boolean;
  /** The first line that it found. */
  found: string | undefined;
};

/** @param clean - Hides secrets in what is quoted. */
export function createJudge(expect: Expectation, clean: (text: string) => string): Judge {
  const watched = (['stdout', 'stderr', 'output'] as const).flatMap((where) =>
    (expect[where] ?? []).map(
      (rule): Watched => ({ rule, where, test: lineTest(rule.text), found: undefined }),
    ),
  );
  const last: Record<Stream, string> = { stdout: '', stderr: '' };
  const look = (stream: Stream, line: string): void => {
    if (line.trim() !== '') last[stream] = line;
    for (const each of watched)
      if ((each.where === stream || each.where === 'output') && each.found === undefined && each.test(line))
        each.found = line;
  };
  const lines = {
    stdout: createLines((line) => look('stdout', line)),
    stderr: createLines((line) => look('stderr', line)),
  };
  const quote = (line: string): string => {
    const text = clean(line);
    return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
  };

  const breach = ({ rule, where, found }: Watched): string | undefined => {
    if (rule.isNot)
      return found === undefined
        ? undefined
        : `${where} has a line that matches ${clean(rule.text)}: ${quote(found)}`;
    if (found !== undefined) return undefined;
    const end = where === 'output' ? last.stdout || last.stderr : last[where];
    const seen = end === '' ? 'it is empty' : `its last line is ${quote(end)}`;
    return `${where} has no line that matches ${clean(rule.text)}: ${seen}`;
  };

  return {
    see(stream, chunk) {
      if (watched.length > 0) lines[stream].push(chunk);
    },
    conclude(outcome, facts) {
      lines.stdout.end();
      lines.stderr.end();
      if (outcome.status !== 'succeeded') return outcome;
      const breaches = [...watched.flatMap((each) => breach(each) ?? []), ...limitsBroken(expect, facts)];
      if (breaches.length === 0) return outcome;
      return { ...outcome, status: 'failed', reason: 'expectation', message: breaches.join('; ') };
    },
  };
}

function limitsBroken(
  { minDurationMs, maxDurationMs, minBytes, maxBytes }: Expectation,
  { durationMs, bytes }: { readonly durationMs: number; readonly bytes: number },
): string[] {
  const took = `it took ${formatDuration(durationMs)}`;
  const wrote = `it wrote ${formatSize(bytes)}`;
  return [
    ...(minDurationMs !== undefined && durationMs < minDurationMs
      ? [`${took}, less than ${formatDuration(minDurationMs)}`]
      : []),
    ...(maxDurationMs !== undefined && durationMs > maxDurationMs
      ? [`${took}, more than ${formatDuration(maxDurationMs)}`]
      : []),
    ...(minBytes !== undefined && bytes < minBytes ? [`${wrote}, less than ${formatSize(minBytes)}`] : []),
    ...(maxBytes !== undefined && bytes > maxBytes ? [`${wrote}, more than ${formatSize(maxBytes)}`] : []),
  ];
}

/** Cuts bytes into lines, in bounded memory. */
function createLines(take: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const add = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.replace(/\r$/, ''));
    while (rest.length > WINDOW) {
      take(rest.slice(0, WINDOW));
      rest = rest.slice(WINDOW / 2);
    }
  };
  return {
    push: (chunk: Uint8Array): void =>
      add(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end(): void {
      add(decoder.end());
      if (rest !== '') take(rest);
      rest = '';
    },
  };
}
