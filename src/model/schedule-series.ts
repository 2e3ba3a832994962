/** Series of instants as plain data, and the three questions that every kind of series answers. */
import { stableHash } from './hash.js';
import { countOnWall, nextOnWall, previousOnWall, type WallRule } from './schedule-wall.js';
import { countInWindows, nextInWindows, previousInWindows, type WindowRule } from './schedule-window.js';

/** Instants are whole milliseconds since the Unix epoch. */
export type Series =
  | { readonly kind: 'never' }
  | { readonly kind: 'single'; readonly atMs: number }
  /** anchor + n × period, from `firstMs` on. */
  | { readonly kind: 'grid'; readonly anchorMs: number; readonly periodMs: number; readonly firstMs: number }
  | (WallRule & { readonly kind: 'wall' })
  | (WindowRule & { readonly kind: 'windows' })
  /** The part in [fromMs, untilMs). */
  | { readonly kind: 'limited'; readonly of: Series; readonly fromMs: number; readonly untilMs: number }
  /** Each instant later by a hash of itself and `seed`, by less than `jitterMs` and before the next instant. */
  | { readonly kind: 'jittered'; readonly of: Series; readonly seed: string; readonly jitterMs: number };

/** The first instant after `afterMs`. */
export function nextIn(series: Series, afterMs: number): number | undefined {
  switch (series.kind) {
    case 'never':
      return undefined;
    case 'single':
      return series.atMs > afterMs ? series.atMs : undefined;
    case 'grid': {
      const from = Math.max(afterMs + 1, series.firstMs);
      return series.anchorMs + Math.ceil((from - series.anchorMs) / series.periodMs) * series.periodMs;
    }
    case 'wall':
      return nextOnWall(series, afterMs);
    case 'windows':
      return nextInWindows(series, afterMs);
    case 'limited': {
      const next = nextIn(series.of, Math.max(afterMs, series.fromMs - 1));
      return next !== undefined && next < series.untilMs ? next : undefined;
    }
    case 'jittered': {
      const passed = previousIn(series.of, afterMs + 1);
      const late = passed === undefined ? undefined : jittered(series, passed);
      if (late !== undefined && late > afterMs) return late;
      const next = nextIn(series.of, afterMs);
      return next === undefined ? undefined : jittered(series, next);
    }
  }
}

/** The last instant before `beforeMs`. */
export function previousIn(series: Series, beforeMs: number): number | undefined {
  switch (series.kind) {
    case 'never':
      return undefined;
    case 'single':
      return series.atMs < beforeMs ? series.atMs : undefined;
    case 'grid': {
      const steps = Math.ceil((beforeMs - series.anchorMs) / series.periodMs) - 1;
      const atMs = series.anchorMs + steps * series.periodMs;
      return atMs >= series.firstMs ? atMs : undefined;
    }
    case 'wall':
      return previousOnWall(series, beforeMs);
    case 'windows':
      return previousInWindows(series, beforeMs);
    case 'limited': {
      const previous = previousIn(series.of, Math.min(beforeMs, series.untilMs));
      return previous !== undefined && previous >= series.fromMs ? previous : undefined;
    }
    case 'jittered': {
      const nominal = previousIn(series.of, beforeMs);
      if (nominal === undefined) return undefined;
      const atMs = jittered(series, nominal);
      if (atMs < beforeMs) return atMs;
      const earlier = previousIn(series.of, nominal);
      return earlier === undefined ? undefined : jittered(series, earlier);
    }
  }
}

/** How many instants there are in (afterMs, untilMs]. */
export function countIn(series: Series, afterMs: number, untilMs: number): number {
  if (untilMs <= afterMs) return 0;
  switch (series.kind) {
    case 'never':
      return 0;
    case 'single':
      return series.atMs > afterMs && series.atMs <= untilMs ? 1 : 0;
    case 'grid': {
      const { anchorMs, periodMs, firstMs } = series;
      const from = Math.max(afterMs + 1, firstMs);
      return Math.max(
        0,
        Math.floor((untilMs - anchorMs) / periodMs) - Math.ceil((from - anchorMs) / periodMs) + 1,
      );
    }
    case 'wall':
      return countOnWall(series, afterMs, untilMs);
    case 'windows':
      return countInWindows(series, afterMs, untilMs);
    case 'limited':
      return countIn(series.of, Math.max(afterMs, series.fromMs - 1), Math.min(untilMs, series.untilMs - 1));
    case 'jittered':
      return countIn(series.of, afterMs, untilMs) + lateAt(series, afterMs) - lateAt(series, untilMs);
  }
}

/** The instant before jitter; an instant that is not in the series is given back as it is. */
export function nominalInstant(series: Series, atMs: number): number {
  if (series.kind !== 'jittered') return atMs;
  const nominal = previousIn(series.of, atMs + 1);
  return nominal !== undefined && jittered(series, nominal) === atMs ? nominal : atMs;
}

type Jittered = Extract<Series, { readonly kind: 'jittered' }>;

function jittered(series: Jittered, nominal: number): number {
  // The last one stays before the end as well.
  const end = series.of.kind === 'limited' ? series.of.untilMs : Number.POSITIVE_INFINITY;
  const room = Math.min(series.jitterMs, (nextIn(series.of, nominal) ?? end) - nominal);
  return nominal + Math.floor((stableHash(`${series.seed} ${nominal}`) / 2 ** 32) * room);
}

/** 1 when the last nominal instant has passed but its late one has not. */
function lateAt(series: Jittered, atMs: number): number {
  const nominal = previousIn(series.of, atMs + 1);
  return nominal !== undefined && jittered(series, nominal) > atMs ? 1 : 0;
}
