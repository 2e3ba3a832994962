/** `supertask top`: the jobs and what they do, live on a terminal; once and as plain text elsewhere. */
import kleur from 'kleur';
import { type JobOverview, type Overview, readOverview, readTail } from '../../app/overview.js';
import { SupertaskError } from '../../errors.js';
import { jobRecord, runRecord } from '../../model/record.js';
import { EXIT, type Exit } from '../exit.js';
import { openReading, type Reading } from '../reading.js';
import { scheduleExit } from '../stopped-exit.js';
import { act } from '../top/action.js';
import { type Paint, renderScreen } from '../top/screen.js';
import { type Action, initialState, press, selectedJob, type TopState, withOverview } from '../top/state.js';
import { takeTerminal } from '../top/terminal.js';

const LOOK_EVERY_MS = 1_000;
const LOG_BYTES = 32 * 1024;
/** Lines of the page where there is no terminal. */
const PLAIN_WIDTH = 120;

export async function topCommand(flags: Readonly<Record<string, unknown>>): Promise<Exit> {
  const reading = await openReading(flags);
  const overview = await readOverview(reading.store, reading.namespace, new Date());
  const hasPage = process.stdout.isTTY && process.stdin.isTTY && process.env['TERM'] !== 'dumb';
  if (hasPage && !reading.json) return endOf(await showPage(reading, overview, flags));
  await (reading.json ? reading.printJson(overviewRecord(overview)) : printOnce(reading, overview));
  return { code: EXIT.ok };
}

/** As of a schedule, which a terminal shows, too. */
function endOf(signal: NodeJS.Signals | undefined): Exit {
  if (signal === undefined) return { code: EXIT.ok };
  return scheduleExit({ reason: signal, unsuccessful: 0, verdict: undefined });
}

/** The same columns, once, without the log and the keys. */
async function printOnce(reading: Reading, overview: Overview): Promise<void> {
  const size = { columns: PLAIN_WIDTH, rows: overview.jobs.length + 10 };
  const lines = renderScreen(initialState(overview), size, overview.at, (_, text) => text);
  const list = lines.slice(0, 2 + Math.max(1, overview.jobs.length)).map((line) => line.trimEnd());
  await reading.streams.write('stdout', `${list.join('\n').replace(/^>/gm, ' ')}\n`);
  await reading.streams.flush();
}

/** @returns The signal that ended it, if one did. */
async function showPage(
  reading: Reading,
  first: Overview,
  flags: Readonly<Record<string, unknown>>,
): Promise<NodeJS.Signals | undefined> {
  const { store, namespace } = reading;
  const paint = reading.color() ? COLORFUL : PLAIN;
  let state = initialState(first);
  let leave: (signal?: NodeJS.Signals) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const left = new Promise<NodeJS.Signals | undefined>((resolve, reject) => {
    leave = resolve;
    fail = reject;
  });

  const draw = (): void => terminal.draw(renderScreen(state, terminal.size(), new Date(), paint));
  const look = async (): Promise<void> => {
    const overview = await readOverview(store, namespace, new Date());
    state = withOverview(state, overview);
    const log = await logOf(reading, state);
    state = { ...state, log };
    draw();
  };
  const perform = (action: Action, job: JobOverview): void => {
    state = { ...state, message: `${action} ${job.job.id} …` };
    act(action, job, typeof flags['stateDir'] === 'string' ? flags['stateDir'] : undefined)
      .then((message) => {
        state = { ...state, message };
        return look();
      })
      .catch(fail);
  };
  const pressed = (key: string): void => {
    const before = state.selected;
    const { state: next, effect } = press(state, key);
    state = next;
    if (effect?.kind === 'quit') leave();
    if (effect?.kind === 'act') perform(effect.action, effect.job);
    if (effect?.kind === 'refresh' || state.selected !== before) look().catch(fail);
    draw();
  };

  const terminal = takeTerminal({ pressed, resized: () => draw(), closed: () => leave('SIGHUP') });
  const onSignal = (signal: NodeJS.Signals): void => leave(signal);
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const timer = setInterval(() => void look().catch(fail), LOOK_EVERY_MS);
  try {
    await look();
    return await left;
  } finally {
    clearInterval(timer);
    for (const signal of signals) process.off(signal, onSignal);
    terminal.restore();
  }
}

async function logOf({ store }: Reading, state: TopState): Promise<TopState['log']> {
  const job = selectedJob(state);
  const run = job?.live.at(-1) ?? job?.recent.findLast(({ startedAt }) => startedAt !== undefined);
  if (run === undefined) return undefined;
  try {
    return { run: run.id, text: (await readTail(store, run, LOG_BYTES)).toString('utf8') };
  } catch (error) {
    if (error instanceof SupertaskError) return { run: run.id, text: `(${error.message})` };
    throw error;
  }
}

function overviewRecord({ at, namespace, schedulers, jobs }: Overview) {
  return {
    at: at.toISOString(),
    namespace: namespace ?? null,
    schedulers: schedulers.map(({ namespace: of, process: { pid }, startedAt, jobs: ids }) => ({
      namespace: of,
      pid,
      startedAt: startedAt.toISOString(),
      jobs: ids.length,
    })),
    jobs: jobs.map(({ job, live, recent, usualMs }) => ({
      job: jobRecord(job),
      live: live.map(runRecord),
      recent: recent.map(({ id, status, durationMs }) => ({ id, status, durationMs: durationMs ?? null })),
      usualMs: usualMs ?? null,
    })),
  };
}

const PLAIN: Paint = (style, text) => (style === 'selected' ? `\u001b[7m${text}\u001b[0m` : text);

const COLORFUL: Paint = (style, text) => {
  switch (style) {
    case 'bold':
      return kleur.bold(text);
    case 'dim':
      return kleur.dim(text);
    case 'good':
      return kleur.green(text);
    case 'bad':
      return kleur.red(text);
    case 'odd':
      return kleur.yellow(text);
    case 'busy':
      return kleur.cyan(text);
    case 'selected':
      return kleur.inverse(text);
    default:
      return text;
  }
};
