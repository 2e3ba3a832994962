/** `run --detach`: the process that somebody sees starts another one, and tells what became of it. */
import { type Background, type Launched, launch, type Told, takeBackground } from '../app/background.js';
import type { StartedRun } from '../app/run.js';
import type { Event } from '../model/event.js';
import type { Run } from '../model/run.js';
import { loadSettings, stateDirectory } from '../settings/load.js';
import type { Settings } from '../settings/table.js';
import { shortId } from './cells.js';
import { EXIT, type Exit } from './exit.js';
import { pickSettings } from './flags.js';
import { createForeground, type Foreground } from './foreground.js';
import { signalExit } from './signal-exit.js';
import { createStreams, type Streams } from './streams.js';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** @returns How to end; within the process in the background, what it has in place of a terminal. */
export async function detach(
  given: Readonly<Record<string, unknown>>,
): Promise<{ readonly exit: Exit } | { unattended(settings: Settings): Unattended }> {
  const background = takeBackground(process.env);
  if (background !== undefined) return { unattended: (settings) => createUnattended(background, settings) };
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(given), process.env, cwd);
  const root = stateDirectory(settings.stateDir, process.env, cwd);
  return { exit: await startIt(root, settings, given['file'] === '-' ? process.stdin : undefined) };
}

async function startIt(
  root: string,
  settings: Settings,
  input: NodeJS.ReadStream | undefined,
): Promise<Exit> {
  let launched: Launched | undefined;
  let isStopped = false;
  // A schedule would take SIGHUP for "reload".
  const stop = (signal: NodeJS.Signals): void => {
    isStopped = true;
    launched?.process.signal(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  // First: it would be left half begun.
  for (const signal of PASSED_ON) process.on(signal, stop);
  try {
    launched = launch(root, input);
    const told = await launched.told;
    // What it said until then is what it would have said here.
    const streams = createStreams();
    if (told !== undefined && !isStopped) {
      streams.write('stderr', launched.said());
      await describe(told, settings, streams);
      return { code: EXIT.ok };
    }
    const end = await launched.process.ended;
    streams.write('stderr', launched.said());
    await streams.flush();
    if (told === undefined) launched.discard();
    return 'signal' in end ? signalExit(end.signal) : end;
  } catch (error) {
    launched?.discard();
    throw error;
  } finally {
    input?.unref();
    launched?.letGo();
    for (const signal of PASSED_ON) process.off(signal, stop);
  }
}

async function describe(told: Told, settings: Settings, streams: Streams): Promise<void> {
  const { kind, namespace, run, pid, log } = told;
  if (settings.json) streams.write('stdout', `${JSON.stringify(told, null, 2)}\n`);
  else streams.write('stdout', `${run ?? namespace}\n`);
  if (!settings.json && !settings.quiet) {
    const short = run === null ? shortId(namespace) : run.slice(0, 18);
    const next = {
      run: `supertask attach ${short} follows it, supertask stop ${short} ends it`,
      runs: `supertask ps shows what goes on, supertask stop ${short} ends it`,
      schedule: `supertask ps shows it, supertask shutdown ${short} ends it; it writes to ${log}`,
      // That would end the other one.
      standby: `kill ${pid} ends it before it has taken over; it writes to ${log}`,
    }[kind];
    streams.write('stderr', `supertask: in the background with pid ${pid}\nsupertask: ${next}\n`);
  }
  await streams.flush();
}

/** Takes the place of what talks to a terminal, within the process in the background. */
export type Unattended = {
  readonly streams: Streams;
  readonly foreground: Foreground;
  standby(namespace: string): void;
  /** Tell whoever has started it when it is under way. @param listening - Others can ask it. */
  attend(started: StartedRun, listening: Promise<unknown>): void;
};

/** What runs print is in the bookkeeping; what is said beside is in the log. */
function createUnattended(background: Background, settings: Settings): Unattended {
  const streams: Streams = {
    write(stream, bytes) {
      if (stream === 'stderr') background.say(bytes);
      return undefined;
    },
    backlog: () => ({ bytes: 0, taken: 0 }),
    flush: async () => {},
    abandon: () => {},
  };
  const plain = { ...settings, json: false, output: undefined, statusLine: 'never' } as const;
  const foreground = createForeground(streams, plain);
  const single = createSingle(background);
  return {
    streams,
    foreground: {
      ...foreground,
      reporter: {
        report(event) {
          if (event.type === 'run-output') return undefined;
          single.note(event);
          return foreground.reporter.report(event);
        },
      },
    },
    standby: (namespace) => background.tell({ kind: 'standby', namespace, run: null }),
    attend(started, listening) {
      const { engine, isOneShot, isSchedule, namespace } = started;
      if (isOneShot) single.attend(started);
      else
        void Promise.all([engine.ready, listening]).then(() =>
          background.tell({ kind: isSchedule ? 'schedule' : 'runs', namespace, run: null }),
        );
    },
  };
}

const LOOK_EVERY_MS = 10;

/** Tells of a single run when it has a process or waits for its turn; of one that cannot be started, its end does. */
function createSingle(background: Background): {
  note(event: Event): void;
  attend(started: StartedRun): void;
} {
  let first: Run | undefined;
  const tell = ({ namespace, id }: Run): void => background.tell({ kind: 'run', namespace, run: id });
  return {
    note(event) {
      if (event.type === 'run-started') first ??= event.run;
      if (event.type === 'run-planned') tell(first ?? event.run);
      if (event.type === 'run-finished' && event.run.id === first?.id && event.run.status !== 'errored')
        tell(event.run);
    },
    attend({ engine }) {
      const look = setInterval(() => {
        const live = engine.live()[0];
        if (live === undefined) return;
        if (live.run.status !== 'waiting' && live.process() === undefined) return;
        clearInterval(look);
        tell(live.run);
      }, LOOK_EVERY_MS);
      // It need not be there for this.
      look.unref();
    },
  };
}
