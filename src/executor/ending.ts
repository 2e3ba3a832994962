/** The end of a run's process tree. Nothing is done for one that ends by itself: only who is stopped is hunted. */
import type { StopPolicy } from '../model/policy.js';
import type { Remote } from './command.js';
import { createHunt, type Hunt } from './hunt.js';

export type Ending = {
  /** Signals that were sent, in order. */
  sent(): readonly NodeJS.Signals[];
  /** Whether stopping has begun. */
  isAsked(): boolean;
  /** Whether stopping has begun and nothing of the run lives any more, as far as can be seen. */
  isComplete(): boolean;
  /** Whether a signal stopped the helper before there was anything behind it. */
  isHelperAlone(): boolean;
  /** @param graceMs - Until SIGKILL, from this request on; default: of the first request, the subject's. */
  ask(signal: NodeJS.Signals, graceMs?: number): void;
  kill(): void;
  /** The leader has ended: from here on the others are watched. */
  leaderEnded(): void;
};

export type EndingSubject = {
  /** The pid of the first process, its group and its session. */
  readonly leader: number;
  readonly runId: string;
  readonly stop: StopPolicy;
  readonly remote: Remote | undefined;
};

/** @param whenComplete - Called once, after the leader has ended and nothing else lives. */
export function createEnding(subject: EndingSubject, whenComplete: () => void): Ending {
  let leaderLives = true;
  let hunt: Hunt | undefined;
  const begun = (): Hunt => (hunt ??= createHunt(subject, () => leaderLives, whenComplete));

  return {
    sent: () => hunt?.sent() ?? [],
    isAsked: () => hunt !== undefined,
    isComplete: () => hunt?.isComplete() ?? false,
    isHelperAlone: () => hunt?.isHelperAlone() ?? false,
    ask: (signal, graceMs) => begun().ask(signal, graceMs),
    kill: () => begun().kill(),
    leaderEnded() {
      leaderLives = false;
      hunt?.watch();
    },
  };
}
