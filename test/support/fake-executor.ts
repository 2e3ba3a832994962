import type { Execution, ExecutionRequest, Executor, Prepared } from '../../src/executor/executor.ts';
import type { Outcome } from '../../src/model/run.ts';

/** An executor whose processes end when the test says so. */
export type FakeExecutor = Executor & {
  /** Everything that was started, in order. */
  readonly requests: readonly ExecutionRequest[];
  /** Runs that have not ended. */
  readonly running: number;
  /** Signals that runs were sent, in order. */
  readonly signals: readonly string[];
  /** How many processes stand ready, were let go and were sent away. */
  readonly prepared: { standing: number; started: number; discarded: number };
  /** End the run that has been going longest. */
  finish(outcome?: Outcome): Promise<void>;
};

/**
 * @param options.obeys - A stop ends the run at once (the default); else only `finish` and `kill` do.
 * @param options.prepares - Runs can be prepared (not by default).
 */
export function createFakeExecutor(
  options: { readonly obeys?: boolean; readonly prepares?: boolean } = {},
): FakeExecutor {
  const requests: ExecutionRequest[] = [];
  const signals: string[] = [];
  const live: ((outcome: Outcome) => void)[] = [];
  const prepared = { standing: 0, started: 0, discarded: 0 };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const start = (request: ExecutionRequest): Execution => {
    requests.push(request);
    let end: (outcome: Outcome) => void = () => {};
    const ended = new Promise<Outcome>((resolve) => {
      end = (outcome) => {
        live.splice(live.indexOf(end), 1);
        resolve(outcome);
      };
    });
    live.push(end);
    const process = { pid: 4_000_000 + requests.length, start: '1', boot: 'test' };
    queueMicrotask(() => request.started?.(process));
    return {
      ended,
      stop(signal = request.stop.signal) {
        signals.push(signal);
        if (options.obeys ?? true) end({ status: 'failed', reason: 'stopped', signal, sent: [signal] });
      },
      kill() {
        signals.push('SIGKILL');
        end({ status: 'failed', reason: 'stopped', signal: 'SIGKILL', sent: ['SIGKILL'] });
      },
    };
  };

  const prepare = (): Prepared => {
    prepared.standing++;
    const leave = (how: 'started' | 'discarded'): void => {
      prepared.standing--;
      prepared[how]++;
    };
    return {
      start(request) {
        leave('started');
        return start(request);
      },
      discard: () => leave('discarded'),
    };
  };

  return {
    requests,
    signals,
    get running() {
      return live.length;
    },
    prepared,
    start,
    ...(options.prepares ? { prepare } : {}),
    endOther(run, stop) {
      signals.push(`${stop.signal} to ${run.process.pid}`);
    },
    async finish(outcome = { status: 'succeeded', exitCode: 0 }) {
      live[0]?.(outcome);
      await settle();
    },
  };
}
