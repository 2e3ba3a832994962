/** Runs that only take time: no process, no output, and as long as they are said to take. */
import type { Clock } from '../engine/clock.js';
import type { Execution, Executor } from '../executor/executor.js';
import type { Outcome } from '../model/run.js';

/** @param durationOf - How long a run of a job takes, in ms; it succeeds unless its own timeout is shorter. */
export function createSimulatedExecutor(clock: Clock, durationOf: (job: string) => number): Executor {
  return {
    start({ context, timeoutMs = Number.POSITIVE_INFINITY, stop }) {
      const durationMs = durationOf(context.job);
      const outcome: Outcome =
        durationMs > timeoutMs
          ? { status: 'failed', reason: 'timeout' }
          : { status: 'succeeded', exitCode: 0 };
      if (durationMs === 0) return { ...IMMEDIATE, ended: Promise.resolve(outcome) };
      let end = (_outcome: Outcome): void => {};
      const ended = new Promise<Outcome>((resolve) => {
        end = resolve;
      });
      const cancel = clock.after(Math.min(durationMs, timeoutMs), () => end(outcome));
      const halt = (signal: NodeJS.Signals): void => {
        cancel();
        end({ status: 'failed', reason: 'stopped', signal, sent: [signal] });
      };
      return {
        ...IMMEDIATE,
        ended,
        stop: (signal = stop.signal) => halt(signal),
        kill: () => halt('SIGKILL'),
      };
    },
    endOther() {},
  };
}

/** There is no process whose number could be kept, and nothing that could be stopped. */
const IMMEDIATE: Omit<Execution, 'ended'> = {
  stop() {},
  kill() {},
};
