/** Signals to this process: the first SIGINT, SIGTERM, SIGHUP or SIGQUIT ends it in order, the second kills what runs. */

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
  attach(target: Stoppable): void;
  release(): void;
};

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** They would end the process at once and leave what runs to itself; SIGUSR1 would open Node's debugger. */
const MEANINGLESS = ['SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;

/** Begin to listen: early, so that a signal right after the first line that was printed is not fatal. */
export function handleSignals(): Signals {
  let waiting: AbortController | undefined;
  let first: NodeJS.Signals | undefined;
  let target: Stoppable | undefined;
  // A closed terminal asks the runs to end like anything else would: many programs take SIGHUP for "reload".
  const pass = (signal: NodeJS.Signals): void =>
    target?.stop(signal, signal === 'SIGHUP' ? 'SIGTERM' : signal);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first !== undefined) {
      target?.kill();
      return;
    }
    first = signal;
    waiting?.abort();
    pass(signal);
  };
  const ignore = (): void => {};
  // Node would end at once, and leave what runs to itself.
  const onBug = (error: unknown): void => target?.fail(error);
  for (const signal of ENDING) process.on(signal, onSignal);
  for (const signal of MEANINGLESS) process.on(signal, ignore);
  return {
    interrupt() {
      waiting ??= new AbortController();
      if (first !== undefined) waiting.abort();
      return waiting.signal;
    },
    received: () => first,
    attach(stoppable) {
      target = stoppable;
      process.on('uncaughtException', onBug);
      if (first !== undefined) pass(first);
    },
    release() {
      for (const signal of ENDING) process.off(signal, onSignal);
      for (const signal of MEANINGLESS) process.off(signal, ignore);
      process.off('uncaughtException', onBug);
    },
  };
}
