/** What must hold before a due run may start: conditions, ends of other tasks, room in pools. Values and pure rules. */
import { SupertaskError } from '../errors.js';
import type { Json } from './json.js';
import type { EndStatus, Run } from './run.js';

/** Looked at when a run is due. */
export type Condition =
  | { readonly kind: 'command'; readonly line: string }
  /** `newerMs`: changed within this time; undefined: it is there. */
  | { readonly kind: 'file'; readonly path: string; readonly newerMs: number | undefined }
  /** The load average of the last minute is below. */
  | { readonly kind: 'load'; readonly below: number }
  /** Whether on mains; a machine without a battery always is. */
  | { readonly kind: 'mains'; readonly wanted: boolean }
  /** Whether there is a network, or this host and port can be reached. */
  | { readonly kind: 'online'; readonly wanted: boolean; readonly host: string | undefined };

/** Another task that must have ended. */
export type Dependency = {
  readonly task: string;
  /** Of the other task; what is not given is taken from the run's own arguments of the same name. */
  readonly args: Readonly<Record<string, string>>;
  readonly outcomes: readonly EndStatus[];
  /** How long ago it may have been due, in ms; undefined: since the last run of the task that waits. */
  readonly withinMs: number | undefined;
  /** Give up at once where nothing can satisfy it any more. */
  readonly exist: boolean;
};

/** Runs that share one of so many places. */
export type Pool = { readonly name: string; readonly max: number };

export type Gate = {
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** All must have ended so. */
  readonly after: readonly Dependency[];
  /** How long a run waits, in ms; undefined: it does not wait for conditions, and as long as it takes for the rest. */
  readonly waitMs: number | undefined;
  /** How often it looks again, in ms. */
  readonly everyMs: number;
  readonly pools: readonly Pool[];
  /** Only while nothing else of the namespace runs. */
  readonly whenIdle: boolean;
};

export const DEFAULT_EVERY_MS = 10_000;
/** For a task that has never run: what was due longer ago does not count. */
export const FIRST_WITHIN_MS = 86_400_000;

export const OUTCOMES = [
  'succeeded',
  'failed',
  'errored',
  'skipped',
  'missed',
] as const satisfies EndStatus[];

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseLoad(text: string): number {
  const below = /^<?\s*(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (below !== undefined && Number(below) > 0) return Number(below);
  throw new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not a load to stay below`, {
    hint: 'Write the load average of a minute, such as 2.5.',
  });
}

/** A whole number of places. @throws {SupertaskError} `SETTING_INVALID` */
export function parsePlaces(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not a number of places`, {
    hint: 'Write a whole number from 1 on.',
  });
}

/** As people write it. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'command':
      return `command ${JSON.stringify(condition.line)}`;
    case 'file':
      return `file ${condition.path}${condition.newerMs === undefined ? '' : ' that is new enough'}`;
    case 'load':
      return `load below ${condition.below}`;
    case 'mains':
      return condition.wanted ? 'on mains' : 'on battery';
    default:
      return `${condition.wanted ? 'online' : 'offline'}${condition.host === undefined ? '' : ` (${condition.host})`}`;
  }
}

/** Whether a job is one of those that a dependency means. */
export function isMeant(
  dependency: Dependency,
  own: Readonly<Record<string, Json>>,
  other: { readonly task: string; readonly args: Readonly<Record<string, Json>> },
): boolean {
  if (dependency.task !== other.task) return false;
  const isGiven = Object.entries(dependency.args).every(([name, value]) => isSame(other.args[name], value));
  const isInherited = Object.entries(other.args).every(
    ([name, value]) =>
      Object.hasOwn(dependency.args, name) || !Object.hasOwn(own, name) || isSame(own[name], value),
  );
  return isGiven && isInherited;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the newest records of the other job say. */
export type Standing = 'satisfied' | 'open' | 'unsatisfied';

/**
 * @param runs - Of the other job, those that count, newest first. Skipped moments count only where they are wanted.
 */
export function standingOf(dependency: Dependency, runs: readonly Run[]): Standing {
  const wanted: readonly string[] = dependency.outcomes;
  const told = runs.find(({ status }) => wanted.includes(status) || !isPassedOver(status));
  if (told === undefined) return 'unsatisfied';
  if (wanted.includes(told.status)) return 'satisfied';
  return isLive(told) ? 'open' : 'unsatisfied';
}

function isPassedOver(status: Run['status']): boolean {
  return status === 'skipped' || status === 'missed';
}

function isLive({ status }: Run): boolean {
  return status === 'waiting' || status === 'starting' || status === 'running' || status === 'stopping';
}

/**
 * Circles among tasks that wait for each other, as `a → b → a`, of those that share a task the first one. Works for
 * chains of any length.
 */
export function findCycles(after: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const done = new Set<string>();
  const circles: (readonly string[])[] = [];
  const told = new Set<string>();
  for (const start of after.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly task: string; next: number }[] = [{ task: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined || done.has(top.task)) {
        stack.pop();
        continue;
      }
      if (top.next === 0) {
        path.push(top.task);
        onPath.add(top.task);
      }
      const others = after.get(top.task) ?? [];
      const other = others[top.next++];
      if (other === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(top.task);
        done.add(top.task);
      } else if (onPath.has(other)) {
        if (told.has(other) || told.has(top.task)) continue;
        const circle = path.slice(path.indexOf(other));
        if (circle.some((task) => told.has(task))) continue;
        for (const task of circle) told.add(task);
        circles.push([...circle, other]);
      } else if (!done.has(other)) {
        stack.push({ task: other, next: 0 });
      }
    }
  }
  return circles;
}
