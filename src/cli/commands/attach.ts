/** `attach`: follows a run that goes on elsewhere, as if it had been started here; Ctrl-C is passed on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { liveRuns } from '../../app/control/live.js';
import { awaitEnd } from '../../app/control/wait.js';
import { followLog } from '../../app/logs.js';
import { findRunOrJob } from '../../app/read.js';
import { messageOf, SupertaskError } from '../../errors.js';
import { isEnded, type Run } from '../../model/run.js';
import { quoteWord } from '../../model/target.js';
import { EXIT, type Exit } from '../exit.js';
import { pauseFor, ReaderLeft } from '../reader.js';
import { scopeOf } from '../reading.js';
import { type Flags, openSteering, type Steering } from '../steering.js';
import { guardEnd } from '../unheard.js';
import { waitedExit } from '../waited-exit.js';
import { requestStop } from './stop.js';

const LOOK_EVERY_MS = 100;
/** Who follows wants to no longer. */
const LEFT = Symbol('left');

export async function attachCommand(text: string, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const run = await findGoing(steering, text);
  const { store, streams, reader } = steering;
  let isLeft = false;
  const passing = passOn(steering, run, () => {
    isLeft = true;
  });
  const pause = async (): Promise<void> => {
    await pauseFor(reader, () => sleep(LOOK_EVERY_MS));
    if (isLeft) throw LEFT;
    await passing.guard();
  };
  try {
    for await (const { stream, bytes } of followLog(store, run, ['stdout', 'stderr'], pause))
      await reader.print(stream, bytes);
    const ended = await awaitEnd(store, run, { pause });
    if (ended !== undefined) return waitedExit(ended);
    throw new SupertaskError('CONFLICT', `run ${run.id} was removed while it was followed`);
  } catch (error) {
    if (error !== LEFT && !(error instanceof ReaderLeft)) throw error;
    process.stderr.write(`supertask: run ${run.id} goes on\n`);
    if (error !== LEFT) throw error;
    return { code: EXIT.ok };
  } finally {
    await streams.flush();
    passing.end();
  }
}

/** A run, or the only one of a job that is going. */
async function findGoing(steering: Steering, text: string): Promise<Run> {
  const { store } = steering;
  const found = await findRunOrJob(store, text, scopeOf(steering, text));
  if ('run' in found) {
    if (!isEnded(found.run.status)) return found.run;
    throw new SupertaskError('CONFLICT', `run ${found.run.id.slice(0, 18)} has ended: ${found.run.status}`, {
      hint: `supertask logs ${found.run.id.slice(0, 18)} shows what it printed.`,
    });
  }
  const { id: job, namespace: of } = found.job;
  const [first, ...others] = await liveRuns(store, { namespace: of, job });
  if (first === undefined)
    throw new SupertaskError('NOT_RUNNING', `no run of ${job} is going`, {
      hint: `supertask logs ${quoteWord(job)} -f waits for the next one.`,
    });
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id.slice(0, 18)).join(', ');
  throw new SupertaskError('ID_AMBIGUOUS', `more than one run of ${job} is going`, {
    hint: `Name one of ${ids}.`,
  });
}

type Passing = {
  /** Throws where whoever watches the run takes no notice of a request to stop. */
  guard(): Promise<void>;
  end(): void;
};

/** The first request to stop is one to the run, with its grace; the second kills it. Other signals only leave. */
function passOn(steering: Steering, run: Run, leave: () => void): Passing {
  let asked = 0;
  let isSignalled = false;
  let guard: (() => Promise<void>) | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    asked += 1;
    const how = asked > 1 ? { kill: true } : { signal };
    process.stderr.write(
      asked > 1 ? 'supertask: killing the run\n' : 'supertask: stopping the run (again to kill)\n',
    );
    const request = async () => {
      const answer = await requestStop(steering, run, how);
      isSignalled ||= answer === 'signalled';
      return answer;
    };
    const guardThis = guardEnd(steering.store, run, {
      isSignalled: () => isSignalled,
      repeat: async () => void (await request()),
    });
    request().then(
      (answer) => {
        guard ??= guardThis;
        if (answer === 'unreachable')
          process.stderr.write('supertask: whoever watches the run cannot be reached\n');
      },
      (error: unknown) => {
        process.stderr.write(`supertask: ${messageOf(error)}\n`);
      },
    );
  };
  const handlers = { SIGINT: stop, SIGTERM: leave, SIGQUIT: leave, SIGHUP: leave } as const;
  for (const [name, handle] of Object.entries(handlers)) process.on(name as NodeJS.Signals, handle);
  return {
    guard: async () => guard?.(),
    end() {
      for (const [name, handle] of Object.entries(handlers)) process.off(name as NodeJS.Signals, handle);
    },
  };
}
