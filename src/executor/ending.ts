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
  return new LateEnding(subject, whenComplete);
}

/** Nothing is made ready before somebody asks. */
class LateEnding implements Ending {
  private readonly subject: EndingSubject;
  private readonly whenComplete: () => void;
  private leaderLives = true;
  private hunt: Hunt | undefined;

  constructor(subject: EndingSubject, whenComplete: () => void) {
    this.subject = subject;
    this.whenComplete = whenComplete;
  }

  sent(): readonly NodeJS.Signals[] {
    return this.hunt?.sent() ?? [];
  }

  isAsked(): boolean {
    return this.hunt !== undefined;
  }

  isComplete(): boolean {
    return this.hunt?.isComplete() ?? false;
  }

  isHelperAlone(): boolean {
    return this.hunt?.isHelperAlone() ?? false;
  }

  ask(signal: NodeJS.Signals, graceMs?: number): void {
    this.begun().ask(signal, graceMs);
  }

  kill(): void {
    this.begun().kill();
  }

  leaderEnded(): void {
    this.leaderLives = false;
    this.hunt?.watch();
  }

  private begun(): Hunt {
    this.hunt ??= createHunt(this.subject, () => this.leaderLives, this.whenComplete);
    return this.hunt;
  }
}
