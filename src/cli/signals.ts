/** Signals to this process: the first SIGINT, SIGTERM, SIGHUP or SIGQUIT ends it in order, the second kills what runs. */
import { isHangupIgnored, isTerminalLost } from './hangup.js';

type Stoppable = {
  stop(reason: string, signal?: NodeJS.Signals): void;
  kill(): void;
  /** A bug has shown itself: nothing may be left behind because of it. */
  fail(error: unknown): void;
};

export type Signals = {
  /** Aborts with the first signal; made when asked for, since few commands wait. */
  readonly interrupt: () => AbortSignal;
  /** The first signal, if one came. */
  received(): NodeJS.Signals | undefined;
  /** What is to be stopped; a signal that came earlier reaches it now. */
  attach(target: Stoppable, answers?: Answers): void;
  release(): void;
};

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** They would end the process at once and leave what runs to itself; SIGUSR1 would open Node's debugger. */
const ASKING = ['SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;

/**
 * What to do when asked by a signal; what is not there is passed over, except that SIGHUP ends the program then, and where
 * its terminal was closed.
 */
export type Answers = Partial<Record<(typeof ASKING)[number] | 'SIGHUP', () => void>>;

/** Begin to listen: early, so that a signal right after the first line that was printed is not fatal. */
export function handleSignals(): Signals {
  let waiting: AbortController | undefined;
  let first: NodeJS.Signals | undefined;
  let target: Stoppable | undefined;
  let answers: Answers = {};
  // A closed terminal asks the runs to end like anything else would: many programs take SIGHUP for "reload".
  const pass = (signal: NodeJS.Signals): void =>
    target?.stop(signal, signal === 'SIGHUP' ? 'SIGTERM' : signal);
  /** Whether SIGHUP was no more than a question. */
  const isAnswered = (): boolean => {
    if (answers.SIGHUP === undefined || isTerminalLost()) return false;
    answers.SIGHUP();
    return true;
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP' && first === undefined && isAnswered()) return;
    // Who closes a terminal does so once, and yet the shell and the system may both tell of it.
    if (signal === 'SIGHUP' && (isHangupIgnored() || first === 'SIGHUP')) return;
    if (first !== undefined) {
      target?.kill();
      return;
    }
    first = signal;
    waiting?.abort();
    pass(signal);
  };
  const answer = (signal: NodeJS.Signals): void => answers[signal as keyof Answers]?.();
  // Node would end at once, and leave what runs to itself.
  const onBug = (error: unknown): void => target?.fail(error);
  for (const signal of ENDING) process.on(signal, onSignal);
  for (const signal of ASKING) process.on(signal, answer);
  return {
    interrupt() {
      waiting ??= new AbortController();
      if (first !== undefined) waiting.abort();
      return waiting.signal;
    },
    received: () => first,
    attach(stoppable, given = {}) {
      target = stoppable;
      answers = given;
      process.on('uncaughtException', onBug);
      if (first === 'SIGHUP' && isAnswered()) first = undefined;
      if (first !== undefined) pass(first);
    },
    release() {
      for (const signal of ENDING) process.off(signal, onSignal);
      for (const signal of ASKING) process.off(signal, answer);
      process.off('uncaughtException', onBug);
    },
  };
}
