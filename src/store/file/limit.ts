/**
 * How many runs, of whatever jobs, may share a key at once, over all processes, and whose turn it is.
 *
 * `+KEY.N` is a place of a run that lives, `+KEY.wRUN` says that a run waits for one. A run has a place of each of its
 * keys or of none, so that nobody waits for what the other one holds.
 */
import type { Limit } from '../store.js';
import { listNames } from './disk.js';
import { limitFileName } from './file-name.js';
import { isRunId } from './layout.js';
import {
  breakSlot,
  type Holder,
  handOver,
  isTrace,
  makeLink,
  readHolder,
  releaseSlot,
  takePlace,
} from './slot.js';

export type LimitAnswer =
  | { readonly kind: 'taken'; readonly places: readonly string[] }
  /** `places`: where it is written that it waits; `holder`: a run that is in its way. */
  | {
      readonly kind: 'full';
      readonly key: string;
      readonly holder: Holder;
      readonly places: readonly string[];
    };

export type Judge = {
  /** Whether a holder is gone for good, its processes too. */
  readonly isDead: (holder: Holder) => boolean;
  /** Whether somebody looks after a run that waits: those that nobody does are passed. */
  readonly isAttended: (holder: Holder) => boolean;
};

type Place = { readonly path: string; readonly holder: Holder };

/** Take a place of each key, or wait for all of them. @param mine - Whose they will be. */
export function takeLimits(
  directory: string,
  limits: readonly Limit[],
  mine: Holder,
  judge: Judge,
): LimitAnswer {
  const taken: string[] = [];
  try {
    for (const limit of limits) {
      const answer = takeOne(directory, limit, mine, judge);
      if (answer.kind === 'full') {
        // First in the queue, then away from the place: nobody who is due later finds it in neither.
        const places = waitForAll(directory, limits, mine);
        giveBack(taken);
        return { ...answer, key: limit.key, places };
      }
      taken.push(answer.path);
    }
    return { kind: 'taken', places: taken };
  } catch (error) {
    giveBack(taken);
    throw error;
  }
}

function takeOne(directory: string, { key, max }: Limit, mine: Holder, judge: Judge) {
  const stem = `${directory}/${limitFileName(key)}`;
  const { own, live, earlier } = placesOf(directory, key, mine, judge);
  if (own !== undefined) {
    handOver(own.path, mine);
    return { kind: 'taken', path: own.path } as const;
  }
  // As many as are before it in the queue have a place to come. The limit may have been higher when others took theirs.
  const [inTheWay] = [...live, ...earlier];
  if (inTheWay !== undefined && live.length + earlier.length >= max)
    return { kind: 'full', holder: inTheWay.holder } as const;
  return takePlace(`${stem}.`, max, mine, judge.isDead);
}

/** Who has a place of a key, and who waits for one before `mine`; what the dead hold is cleared away. */
function placesOf(directory: string, key: string, mine: Holder, judge: Judge) {
  // In this order: who waited and lives now made the second link before removing the first, and so is in one of them.
  const waiting = readPlaces(directory, key, mine, judge, isEarlier(mine));
  const all = readPlaces(directory, key, mine, judge, (name) => /^\d+$/.test(name));
  const own = all.find(({ holder }) => holder.run === mine.run);
  const live = all.filter((place) => place !== own);
  const runs = new Set(live.map(({ holder }) => holder.run));
  const earlier = waiting.filter(({ holder }) => !runs.has(holder.run) && judge.isAttended(holder));
  return { own, live, earlier: earlier.sort((left, right) => (left.holder.run < right.holder.run ? -1 : 1)) };
}

/** Ids begin with the instant at which a run is due. */
function isEarlier({ run }: Holder): (name: string) => boolean {
  return (name) => name.startsWith('w') && isRunId(name.slice(1)) && name.slice(1) < run;
}

function readPlaces(
  directory: string,
  key: string,
  mine: Holder,
  { isDead }: Judge,
  isMeant: (name: string) => boolean,
): Place[] {
  const stem = `${limitFileName(key)}.`;
  const names = listNames(directory).filter((name) => name.startsWith(stem));
  return names.flatMap((name): Place[] => {
    const path = `${directory}/${name}`;
    const holder = isMeant(name.slice(stem.length)) ? readHolder(path) : undefined;
    if (holder === undefined) return [];
    const isFreed = holder.run !== mine.run && isDead(holder) && breakSlot(path, holder, mine, isDead);
    return isFreed ? [] : [{ path, holder }];
  });
}

/** Say of all keys, or of none, that a run waits for them: who is said to wait keeps others waiting. */
function waitForAll(directory: string, limits: readonly Limit[], mine: Holder): string[] {
  const made: string[] = [];
  try {
    return limits.map(({ key }) => {
      const path = `${directory}/${limitFileName(key)}.w${mine.run}`;
      const holder = readHolder(path);
      if (holder === undefined && makeLink(path, textOf(mine))) made.push(path);
      // It waited before this writer had it.
      if (holder !== undefined && holder.writer !== mine.writer) handOver(path, mine);
      return path;
    });
  } catch (error) {
    giveBack(made);
    throw error;
  }
}

function textOf({ run, writer, pid }: Holder): string {
  return `${run} ${writer} ${pid}`;
}

function giveBack(places: readonly string[]): void {
  for (const path of places) releaseSlot(path);
}

/** What a run holds or waits for beside its job's places. */
export function placesOfRun(directory: string, runId: string): string[] {
  return listNames(directory)
    .filter((name) => name.startsWith('+') && !isTrace(name))
    .map((name) => `${directory}/${name}`)
    .filter((path) => readHolder(path)?.run === runId);
}
