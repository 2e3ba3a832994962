/** `stop` and `kill`: end runs, wherever they live, and say what became of each. */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { endAbandoned } from '../../app/control/abandoned.js';
import { liveRuns, liveSchedulers } from '../../app/control/live.js';
import { awaitEnd, lookAgain } from '../../app/control/wait.js';
import { findNamespace, findRunOrJob } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { describeEnd } from '../../model/describe.js';
import { parseDuration } from '../../model/duration.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import { isEnded, type Run } from '../../model/run.js';
import { shortId, summarize } from '../cells.js';
import { EXIT, type Exit } from '../exit.js';
import { scopeOf } from '../reading.js';
import { type Flags, openSteering, type Steering, say, tell, textFlag } from '../steering.js';
import { guardEnd, refuseHalted } from '../unheard.js';

type How = { readonly signal?: NodeJS.Signals; readonly graceMs?: number; readonly kill?: boolean };

/** `ended`: it ended by itself before it was asked to. `unreachable`: whoever watches it cannot be asked. */
type Answer = 'stopping' | 'stopping-already' | 'dropped' | 'signalled' | 'ended' | 'unreachable';

const LOOK_EVERY_MS = 100;

export async function stopCommand(texts: readonly string[], flags: Flags, kill: boolean): Promise<Exit> {
  const steering = await openSteering(flags);
  const how = howOf(flags, kill);
  const runs = [...new Map((await findAll(steering, texts)).map((run) => [run.id, run])).values()];
  const stops = runs.map((run) => stopOne(steering, run, how, flags['wait'] !== false));
  // What became of the others is told before what is wrong with one.
  const settled = await Promise.allSettled(stops);
  const results = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (steering.json) await steering.printJson(results.map(resultRecord));
  if (!steering.json)
    for (const result of results) await say(steering, describeResult(result, steering.isDry));
  await Promise.all(stops);
  const isDone = results.every(({ answer }) => answer !== 'ended' && answer !== 'unreachable');
  return { code: isDone ? EXIT.ok : EXIT.failed };
}

function howOf(flags: Flags, kill: boolean): How {
  const signal = textFlag(flags, 'signal');
  const grace = textFlag(flags, 'grace');
  return {
    ...(kill ? { kill } : {}),
    ...(signal === undefined ? {} : { signal: parseSignal(signal) }),
    ...(grace === undefined ? {} : { graceMs: parseDuration(grace) }),
  };
}

function parseSignal(text: string): NodeJS.Signals {
  const name = text.toUpperCase().replace(/^(?:SIG)?/, 'SIG');
  const known = Object.entries(constants.signals).find(
    ([key, number]) => key === name || String(number) === text,
  );
  if (known !== undefined) return known[0] as NodeJS.Signals;
  throw new SupertaskError('USAGE', `"${text}" is not a signal`, { hint: 'Write TERM, INT, HUP, USR1 …' });
}

async function findAll(steering: Steering, texts: readonly string[]): Promise<readonly Run[]> {
  const found = await Promise.all(texts.map((text) => findRuns(steering, text)));
  return found.flat();
}

/** A run, else the runs of a job that are going, else those of a namespace. */
async function findRuns(steering: Steering, text: string): Promise<readonly Run[]> {
  const { store } = steering;
  const named = await findRunOrJob(store, text, scopeOf(steering, text)).catch((error: unknown) => {
    if (error instanceof SupertaskError && error.code === 'ID_UNKNOWN') return undefined;
    throw error;
  });
  if (named !== undefined && 'run' in named) return [named.run];
  if (named !== undefined) {
    const { id: job, namespace } = named.job;
    return goingOr(await liveRuns(store, { namespace, job }), `no run of ${job} is going`);
  }
  const found = await findNamespace(store, text).catch((error: unknown) => {
    if (!(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    return undefined;
  });
  // Beside a timetable, the beginning of a name is more likely meant for a job of it.
  const isMeant = steering.here === undefined || text === found?.id || text === shortId(found?.id ?? '');
  if (found === undefined || !isMeant)
    throw new SupertaskError('ID_UNKNOWN', `no run, job or namespace is called "${text}"`, {
      hint: `supertask ps shows what is going${steering.here === undefined ? '' : ' of the timetable here, with -A all; another namespace: --ns'}.`,
    });
  const { id } = found;
  return goingOr(await liveRuns(store, { namespace: id }), `no run of namespace ${shortId(id)} is going`);
}

function goingOr(runs: readonly Run[], message: string): readonly Run[] {
  if (runs.length > 0) return runs;
  throw new SupertaskError('NOT_RUNNING', message, {
    hint: 'supertask ps shows what is going; supertask shutdown ends a scheduler.',
  });
}

type Result = { readonly run: Run; readonly answer: Answer };

async function stopOne(steering: Steering, run: Run, how: How, wait: boolean): Promise<Result> {
  if (isEnded(run.status)) return { run, answer: 'ended' };
  if (steering.isDry) return { run, answer: 'stopping' };
  const { store } = steering;
  let answer: Answer | undefined;
  const guard = guardEnd(store, run, {
    isSignalled: () => answer === 'signalled',
    repeat: async () => {
      if ((await requestStop(steering, run, how)) === 'signalled') answer = 'signalled';
    },
  });
  answer = await requestStop(steering, run, how);
  if (answer === 'unreachable') await refuseHalted(store, run);
  if (!wait || answer === 'unreachable') return { run: (await lookAgain(store, run)) ?? run, answer };
  const pause = async (): Promise<void> => {
    await guard();
    await sleep(LOOK_EVERY_MS);
  };
  return { run: (await awaitEnd(store, run, { pause })) ?? run, answer };
}

/** Ask whoever watches a run to end it, and signal its processes where nobody does; does not wait for the end. */
export async function requestStop(steering: Steering, run: Run, how: How): Promise<Answer> {
  return (await askOwner(steering, run, how)) ?? endOrphan(steering, run, how);
}

/** @returns What the scheduler said that has the run; undefined when none has. */
async function askOwner(steering: Steering, run: Run, how: How): Promise<Answer | undefined> {
  const schedulers = await liveSchedulers(steering.store, run.namespace);
  for (const scheduler of schedulers.filter(({ socket }) => socket !== undefined)) {
    try {
      const told = await tell(steering, scheduler, `/runs/${run.id}/stop`, how);
      return (told as { readonly answer: Answer }).answer;
    } catch (error) {
      const isElsewhere =
        error instanceof SupertaskError && ['ID_UNKNOWN', 'UNANSWERED', 'NOT_RUNNING'].includes(error.code);
      if (!isElsewhere) throw error;
    }
  }
  return undefined;
}

/** One-shots have no socket, and a scheduler may be gone whose run goes on: then the processes are signalled from here. */
async function endOrphan({ store }: Steering, run: Run, how: How): Promise<Answer> {
  const now = (await lookAgain(store, run)) ?? run;
  if (isEnded(now.status)) return 'ended';
  return endAbandoned(now, how) ? 'signalled' : 'unreachable';
}

function describeResult({ run, answer }: Result, isDry: boolean): string {
  const what = `${summarize(run.job)} run ${run.id.slice(0, 18)}`;
  if (isDry)
    return answer === 'ended'
      ? `${what} has ended: ${describeEnd(run)}`
      : `would stop ${what} (${run.status})`;
  switch (answer) {
    case 'ended':
      return `${what} had ended: ${describeEnd(run)}`;
    case 'unreachable':
      return `${what} is ${run.status}, and whoever watches it cannot be reached`;
    default:
      return isEnded(run.status) ? `${what} ${describeEnd(run)}` : `${what} is ${run.status}`;
  }
}

function resultRecord({ run, answer }: Result): Json {
  return { answer, run: runRecord(run) };
}
