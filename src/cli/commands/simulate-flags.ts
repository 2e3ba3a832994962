/** Flags of `simulate` → values. */
import { ASSERTIONS, type Assertion } from '../../app/assertion.js';
import type { Span } from '../../app/simulate.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import { parseInstantIn } from '../../model/instant.js';
import { suggest } from '../../model/suggest.js';
import type { Task } from '../../model/task.js';
import { named } from '../time-flags.js';

const DEFAULT_SPAN_MS = 86_400_000;

/** `--from` (default: `now`) and `--to`: an instant, or how long after `--from` (default: a day). */
export function parseSpan(flags: Readonly<Record<string, unknown>>, now: Date, tz: string): Span {
  const { from: begin, to: end } = flags;
  const from = typeof begin === 'string' ? named('--from', () => parseInstantIn(begin, tz)) : now;
  const to = named('--to', () =>
    typeof end === 'string' ? endOf(end, from, tz) : later(from, DEFAULT_SPAN_MS),
  );
  if (to > from) return { from, to };
  throw usage('--to is not later than --from', 'Give the beginning and the end of the time to simulate.');
}

/** `FROM..TO`, each an instant. */
export function parseDown(text: string, tz: string): Span {
  const [from, to, ...more] = text.split('..');
  if (!from || !to || more.length > 0) {
    throw usage(`--down "${text}" is not FROM..TO`, 'Write --down 2026-03-29T01:00..2026-03-29T04:00.');
  }
  const span = named('--down', () => ({
    from: parseInstantIn(from, tz),
    to: endOf(to, parseInstantIn(from, tz), tz),
  }));
  if (span.to > span.from) return span;
  throw usage(`--down "${text}" ends before it begins`, 'Write the earlier instant first.');
}

/**
 * `JOB=3m`, or `3m` for all jobs that are not named; the last one holds.
 *
 * @returns How long a run of a job takes, in ms; 0 where nothing was said.
 */
export function parseDurations(texts: readonly string[], tasks: readonly Task[]): (job: string) => number {
  const perJob = new Map<string, number>();
  let otherMs = 0;
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const durationMs = named('--duration', () => parseDuration(text.slice(at + 1)));
    if (at < 0) otherMs = durationMs;
    else perJob.set(findTask(text.slice(0, at), tasks).id, durationMs);
  }
  return (job) => perJob.get(job) ?? otherMs;
}

/** Names of assertions, also several with commas. */
export function parseAssertions(texts: readonly string[]): readonly Assertion[] {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const known = ASSERTIONS.find((each) => each === name);
    if (known !== undefined) return known;
    throw usage(`--assert "${name}" is not known`, `Known: ${ASSERTIONS.join(', ')}.`);
  });
}

export function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function endOf(text: string, from: Date, tz: string): Date {
  return /^\d{4}-/.test(text) ? parseInstantIn(text, tz) : later(from, parseDuration(text));
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

function findTask(text: string, tasks: readonly Task[]): Task {
  const found = tasks.find(({ id, name }) => id === text || name === text);
  if (found !== undefined) return found;
  const ids = tasks.map(({ id }) => id);
  const near = suggest(text, ids);
  throw usage(
    `--duration names "${text}", which is no job of the file`,
    near === undefined ? `Jobs: ${ids.slice(0, 10).join(', ')}.` : `Did you mean ${near}?`,
  );
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
