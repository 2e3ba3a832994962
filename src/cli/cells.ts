/** Values as short text for tables. */
import { formatDuration } from '../model/duration.js';
import { printable } from '../model/printable.js';
import type { Run } from '../model/run.js';

/** Local time to the second. */
export function formatInstant(at: Date | undefined): string {
  if (at === undefined) return '';
  const pad = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** The first and the last of several moments, the second's day only where it is another one. */
export function formatSpan(first: Date, last: Date): string {
  const [from, to] = [formatInstant(first), formatInstant(last)];
  if (from === to) return from;
  return `${from} … ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

export function formatTook(run: Run): string {
  return run.durationMs === undefined ? '' : formatElapsed(run.durationMs);
}

export function formatElapsed(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  return formatDuration(Math.round(ms / 1_000) * 1_000);
}

/** Digests are long: twelve digits tell them apart, as in git. Names that people gave stay whole. */
export function shortId(id: string): string {
  return /^[0-9a-f]{32}$/.test(id) ? id.slice(0, 12) : id;
}

export function summarize(text: string): string {
  return printable(text);
}
