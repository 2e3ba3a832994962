/** `shutdown`: ends a scheduler as a whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveScheduler, liveSchedulers } from '../../app/control/live.js';
import { createVigil, progressOf } from '../../app/control/vigil.js';
import { SupertaskError } from '../../errors.js';
import type { Json } from '../../model/json.js';
import { shortId } from '../cells.js';
import type { Exit } from '../exit.js';
import { EXIT } from '../exit.js';
import { type Flags, findSchedulers, openSteering, type Steering, say, tell } from '../steering.js';

const LOOK_EVERY_MS = 100;

type Ended = { readonly scheduler: LiveScheduler; readonly answer: 'ended' | 'ending' };

export async function shutdownCommand(prefix: string | undefined, flags: Flags): Promise<Exit> {
  const steering = await openSteering(flags);
  const schedulers = await findSchedulers(steering, prefix);
  const drain = flags['drain'] === true;
  const results: Ended[] = [];
  for (const scheduler of schedulers) {
    if (!steering.isDry) await end(steering, scheduler, drain);
    const isAwaited = !steering.isDry && flags['wait'] !== false;
    if (isAwaited) await awaitGone(steering, scheduler);
    results.push({ scheduler, answer: isAwaited ? 'ended' : 'ending' });
  }
  if (steering.json) await steering.printJson(results.map(endedRecord));
  if (!steering.json)
    for (const each of results) await say(steering, describeEnded(each, steering.isDry, drain));
  return { code: EXIT.ok };
}

/** What has no socket is told by the signal that means the same. */
async function end(steering: Steering, scheduler: LiveScheduler, drain: boolean): Promise<void> {
  if (scheduler.socket === undefined && !drain) {
    process.kill(scheduler.process.pid, 'SIGTERM');
    return;
  }
  await tell(steering, scheduler, '/shutdown', { drain }).catch((error: unknown) => {
    // Somebody else was faster: it has ended, as was asked for.
    if (!(error instanceof SupertaskError) || error.code !== 'NOT_RUNNING') throw error;
  });
}

async function awaitGone({ store }: Steering, { namespace, process: own }: LiveScheduler): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await liveSchedulers(store, namespace)).some(
      ({ process }) => process.pid === own.pid && process.start === own.start,
    );
  const isInVain = createVigil(() => progressOf(own));
  while (await isThere()) {
    if (await isInVain())
      throw new SupertaskError(
        'UNANSWERED',
        `the scheduler (pid ${own.pid}) is stopped (Ctrl-Z, SIGSTOP), and does not end`,
        {
          hint: `kill -CONT ${own.pid} has it go on, and end.`,
        },
      );
    await sleep(LOOK_EVERY_MS);
  }
}

function describeEnded({ scheduler, answer }: Ended, isDry: boolean, drain: boolean): string {
  const who = `the scheduler of ${shortId(scheduler.namespace)} (pid ${scheduler.process.pid})`;
  if (isDry)
    return `would end ${who}${drain ? ' after the runs that are going' : ' and the runs that are going'}`;
  return `${who} ${answer === 'ended' ? 'has ended' : 'is ending'}`;
}

function endedRecord({ scheduler, answer }: Ended): Json {
  return { namespace: scheduler.namespace, pid: scheduler.process.pid, answer };
}
