import type { Execution, ExecutionRequest, Executor } from '../../src/executor/executor.ts';
import type { Outcome } from '../../src/model/run.ts';

/** An executor whose processes end when the test says so. */
export type FakeExecutor = Executor & {
  /** Everything that was started, in order. */
  readonly requests: readonly ExecutionRequest[];
  /** Runs that have not ended. */
  readonly running: number;
  /** Signals that runs were sent, in order. */
  readonly signals: readonly string[];
  /** End the run that has been going longest. */
  finish(outcome?: Outcome): Promise<void>;
};

/** @param options.obeys - A stop ends the run at once (the default); else only `finish` and `kill` do. */
export function createFakeExecutor(options: { readonly obeys?: boolean } = {}): FakeExecutor {
  const requests: ExecutionRequest[] = [];
  const signals: string[] = [];
  const live: ((outcome: Outcome) => void)[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    requests,
    signals,
    get running() {
      return live.length;
    },
    start(request): Execution {
      requests.push(request);
      let end: (outcome: Outcome) => void = () => {};
      const ended = new Promise<Outcome>((resolve) => {
        end = (outcome) => {
          live.splice(live.indexOf(end), 1);
          resolve(outcome);
        };
      });
      live.push(end);
      return {
        started: Promise.resolve({ pid: 4_000_000 + requests.length, start: '1', boot: 'test' }),
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
    },
    endOther(run, stop) {
      signals.push(`${stop.signal} to ${run.process.pid}`);
    },
    async finish(outcome = { status: 'succeeded', exitCode: 0 }) {
      live[0]?.(outcome);
      await settle();
    },
  };
}
