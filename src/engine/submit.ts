/** Asks the store for what was decided, many at once, and has its answers acted on. */
import type { Claim, Claimed } from '../store/store.js';
import { accept } from './begin.js';
import { tellEnded } from './drop.js';
import type { FiringState } from './firing-state.js';
import { START_AT_ONCE } from './outage.js';
import { replaceWaiting, stopReplaced } from './replacement.js';
import { isToStart, isToWait, type Wish } from './wish.js';

/** So many due runs that have no room are claimed before the event loop has its turn. */
const RESERVE_AT_ONCE = 250;

/** @returns The wishes that could not be kept. */
export async function submit(state: FiringState, wishes: readonly Wish[]): Promise<readonly Wish[]> {
  const prompt = wishes.filter(({ isReserve }) => !isReserve);
  const reserves = wishes.filter(({ isReserve }) => isReserve);
  let starting = wishes.filter(isToStart).length;
  // Until they are looked at, nothing else says that they are there.
  let coming = wishes.filter(isToWait).length;
  state.arriving += coming;
  const keep = async (some: readonly Wish[]): Promise<boolean> => {
    const isKept = await keepAll(state, some);
    const [started, come] = [some.filter(isToStart).length, some.filter(isToWait).length];
    state.claiming -= started;
    starting -= started;
    state.arriving -= come;
    coming -= come;
    return isKept;
  };
  try {
    for (let at = 0; at < prompt.length; at += START_AT_ONCE) {
      if (!(await keep(prompt.slice(at, at + START_AT_ONCE)))) return [...prompt.slice(at), ...reserves];
    }
    for (let at = 0; at < reserves.length; at += RESERVE_AT_ONCE) {
      if (at > 0) await new Promise<void>((resolve) => state.parts.clock.after(0, resolve));
      if (!(await keep(reserves.slice(at, at + RESERVE_AT_ONCE)))) return reserves.slice(at);
    }
    return [];
  } finally {
    state.claiming -= starting;
    state.arriving -= coming;
  }
}

async function keepAll(state: FiringState, wishes: readonly Wish[]): Promise<boolean> {
  const isReplacing = wishes.some((wish) => wish.isReplacing);
  if (isReplacing) await replaceWaiting(state, wishes);
  const wanted = wishes.map(({ claim }) => claim());
  const answers = await state.store.claim(wanted);
  if (answers === undefined) {
    wishes.forEach(({ answered }, index) => {
      const run = wanted[index]?.run;
      if (run !== undefined) answered?.(undefined, run);
    });
    return false;
  }
  if (isReplacing) stopReplaced(state, wishes);
  wishes.forEach((wish, index) => {
    const claim = wanted[index];
    if (claim !== undefined) actOn(state, wish, claim, answers[index]);
  });
  return true;
}

function actOn(
  state: FiringState,
  { planned, isReserve, isGated, answered }: Wish,
  { run }: Claim,
  answer: Claimed | undefined,
): void {
  answered?.(answer, run);
  if (answer?.kind === 'duplicate') state.parts.listen.unrun(run);
  if (planned === undefined) {
    if (answer?.kind === 'recorded') tellEnded(state, run);
  } else if (isGated && answer?.kind === 'waiting') {
    state.gates?.examine({ planned, run: answer.run, atMs: state.parts.clock.now().getTime() });
  } else {
    accept(state, { planned, run }, isReserve ? 'room' : 'turn', answer);
  }
}
