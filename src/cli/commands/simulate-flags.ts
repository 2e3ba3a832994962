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

/** `FROM..TO`, each an instant; a part of the time that is simulated, or it would prove nothing. */
export function parseDown(text: string, tz: string, whole: Span): Span {
  const [from, to, ...more] = text.split('..');
  if (!from || !to || more.length > 0) {
    throw usage(`--down "${text}" is not FROM..TO`, 'Write --down 2026-03-29T01:00..2026-03-29T04:00.');
  }
  const span = named('--down', () => ({
    from: parseInstantIn(from, tz),
    to: endOf(to, parseInstantIn(from, tz), tz),
  }));
  if (span.to <= span.from)
    throw usage(`--down "${text}" ends before it begins`, 'Write the earlier instant first.');
  if (span.from < whole.to && span.to > whole.from) return span;
  const simulated = `${whole.from.toISOString()} to ${whole.to.toISOString()}`;
  throw usage(`--down "${text}" lies outside of what is simulated`, `That is ${simulated}.`);
}

/**
 * `JOB=3m`, `TASK=3m` for all jobs of a task that are not named, or `3m` for all others; the last one holds.
 *
 * @param jobs - Tasks with their arguments.
 * @returns How long a run of a job takes, in ms; 0 where nothing was said.
 */
export function parseDurations(texts: readonly string[], jobs: readonly Task[]): (job: string) => number {
  const perJob = new Map<string, number>();
  const perTask = new Map<string, number>();
  let otherMs = 0;
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const durationMs = named('--duration', () => parseDuration(text.slice(at + 1)));
    if (at < 0) {
      otherMs = durationMs;
      continue;
    }
    const found = findJobs(text.slice(0, at), jobs);
    for (const { id } of found.jobs) (found.isTask ? perTask : perJob).set(id, durationMs);
  }
  return (job) => perJob.get(job) ?? perTask.get(job) ?? otherMs;
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

function findJobs(
  text: string,
  all: readonly Task[],
): { readonly jobs: readonly Task[]; readonly isTask: boolean } {
  const own = all.filter(({ id }) => id === text);
  if (own.length > 0) return { jobs: own, isTask: false };
  const jobs = all.filter(({ taskId, name }) => taskId === text || name === text);
  if (jobs.length > 0) return { jobs, isTask: true };
  const ids = all.map(({ id }) => id);
  const near = suggest(text, ids);
  throw usage(
    `--duration names "${text}", which is no job of the file`,
    near === undefined ? `Jobs: ${ids.slice(0, 10).join(', ')}.` : `Did you mean ${near}?`,
  );
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
