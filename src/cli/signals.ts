/** Signals to this process: the first SIGINT, SIGTERM or SIGHUP ends it in order, the second kills what runs. */

type Stoppable = { stop(reason: string, signal?: NodeJS.Signals): void; kill(): void };

export type Signals = {
  /** Aborts with the first signal; made when asked for, since few commands wait. */
  readonly interrupt: () => AbortSignal;
  /** The first signal, if one came. */
  received(): NodeJS.Signals | undefined;
  /** What is to be stopped; a signal that came earlier reaches it now. */
  attach(target: Stoppable): void;
  release(): void;
};

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Begin to listen: early, so that a signal right after the first line that was printed is not fatal. */
export function handleSignals(): Signals {
  let waiting: AbortController | undefined;
  let first: NodeJS.Signals | undefined;
  let target: Stoppable | undefined;
  // A closed terminal asks the runs to end like anything else would: many programs take SIGHUP for "reload".
  const pass = (signal: NodeJS.Signals): void =>
    target?.stop(signal, signal === 'SIGHUP' ? 'SIGTERM' : signal);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first !== undefined) return target?.kill();
    first = signal;
    waiting?.abort();
    pass(signal);
  };
  // Without a handler Node opens its debugger on SIGUSR1.
  const ignore = (): void => {};
  for (const signal of ENDING) process.on(signal, onSignal);
  process.on('SIGUSR1', ignore);
  return {
    interrupt() {
      waiting ??= new AbortController();
      if (first !== undefined) waiting.abort();
      return waiting.signal;
    },
    received: () => first,
    attach(stoppable) {
      target = stoppable;
      if (first !== undefined) pass(first);
    },
    release() {
      for (const signal of ENDING) process.off(signal, onSignal);
      process.off('SIGUSR1', ignore);
    },
  };
}
