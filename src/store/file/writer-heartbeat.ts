/** What a writer does now and then: it says that it lives, and looks after those who do not. */
import type { Run } from '../../model/run.js';
import { pastOf } from '../job-facts.js';
import type { JobPast } from '../store.js';
import { ballastOf } from './ballast.js';
import { guarded, listNames } from './disk.js';
import { readFacts } from './facts.js';
import { judgeSuspects, suspectClaimsOf } from './forsaken.js';
import { readyToFold } from './journal-name.js';
import { unavailable } from './refusal.js';
import { createRetainer } from './retention.js';
import { viewNamespace } from './view.js';
import { rewrite } from './writer-keep.js';
import { fold, isSettled, keepLost, takeOver } from './writer-others.js';
import { restore } from './writer-restore.js';
import type { State } from './writer-state.js';

/** Asked by a scheduler, once: it also makes sure that there is room for bad times. */
export function past(state: State): ReadonlyMap<string, JobPast> {
  const { place, options, name } = state;
  ballastOf(state).keep();
  const now = options.now();
  const { journals } = viewNamespace(place, now);
  suspectClaimsOf(state, journals, now);
  return pastOf(readFacts(place, journals, now, name));
}

/** @throws {SupertaskError} `STATE_UNAVAILABLE`; what could not be done is done by the next one. */
export async function heartbeat(state: State, now: Date, attendedUntil: Date): Promise<readonly Run[]> {
  state.beatAt = now;
  try {
    await lookAfterAll(state, now);
  } catch (error) {
    throw unavailable('look after', state.place.directory, error);
  }
  state.attendedUntil = attendedUntil;
  if (state.options.mode === 'schedule') {
    state.retention ??= createRetainer(state.place, state.options.warn);
    state.retention.beat(now);
  }
  return state.found.splice(0);
}

async function lookAfterAll(state: State, now: Date): Promise<void> {
  const { place, journal, options } = state;
  if (!journal.isInPlace()) restore(state);
  await rewrite(state);
  if (options.mode === 'schedule') ballastOf(state).keep();
  const at = options.now();
  const view = isSettled(state, at) ? undefined : viewNamespace(place, at);
  const claims = judgeSuspects(state, at);
  const lost = [...(view?.lost ?? []), ...claims.lost];
  keepLost(state, lost);
  for (const id of claims.judged) state.suspects.delete(id);
  // On record by now, so nobody finds them again: where the rest fails, the next heartbeat hands them on.
  state.found.push(...lost);
  if (view !== undefined) state.found.push(...takeOver(state, view.journals, at));
  await foldAll(state, at);
  guarded('touch a journal in', place.journals, () => journal.touch(now));
}

/** One part after the other, for as long as there are fewer after each: more may be sealed than one part is. */
async function foldAll(state: State, at: Date): Promise<void> {
  const { journals } = state.place;
  const count = (): number => readyToFold(journals, listNames(journals), at).length;
  for (let before = Number.POSITIVE_INFINITY, ready = count(); ready > 0 && ready < before; ) {
    await fold(state);
    before = ready;
    ready = count();
  }
}
