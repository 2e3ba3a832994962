/** Being there for a run or a schedule until it is over, and its output has been taken. */
import { SHUTDOWN } from '../app/control/reason.js';
import type { StartedRun } from '../app/run.js';
import type { FileStore } from '../store/file/store.js';
import type { Unattended } from './detach.js';
import { type Exit, oneShotExit } from './exit.js';
import type { Foreground } from './foreground.js';
import { listenLater } from './listen-later.js';
import type { Reader } from './reader.js';
import type { RunServing } from './serving.js';
import type { Signals } from './signals.js';
import { cutShortExit, scheduleExit } from './stopped-exit.js';
import type { Streams } from './streams.js';
import { watchLater } from './watch-later.js';

/** Who was told to end waits no longer for a reader who has taken nothing for so long, … */
const FLUSH_MS = 2_000;
/** … and for one who takes something so many times. */
const MOST_FLUSHES = 5;

/** All that is around a run: who sees it, who may tell it something, and what else is to be watched. */
type Around = {
  readonly streams: Streams;
  readonly reader: Reader;
  readonly foreground: Foreground;
  readonly signals: Signals;
  readonly store: FileStore;
  readonly serving: RunServing | undefined;
  readonly unattended: Unattended | undefined;
  readonly watch: Parameters<typeof watchLater>[2];
};

/** Be there for a run until it is over. */
export async function attend(started: StartedRun, around: Around): Promise<Exit> {
  const { engine, isOneShot, close } = started;
  const { streams, foreground, signals, serving } = around;
  const { reporter } = foreground;
  const watching = watchLater(started, reporter, around.watch);
  const answers = isOneShot ? {} : await foreground.attend(engine);
  let isAbandoned = false;
  let isFlushing = false;
  /** A reader that does not read must not keep it. */
  const abandon = (): void => {
    isAbandoned = true;
    streams.abandon();
  };
  const takenByNow = (): number => streams.backlog('stdout').taken + streams.backlog('stderr').taken;
  const abandonSoon = (times = MOST_FLUSHES): void => {
    const before = takenByNow();
    const look = () => (times > 1 && takenByNow() !== before ? abandonSoon(times - 1) : abandon());
    setTimeout(look, FLUSH_MS).unref();
  };
  const target = {
    stop(reason: string, signal?: NodeJS.Signals) {
      if (isFlushing) abandonSoon();
      engine.stop(reason, signal);
    },
    kill() {
      abandon();
      engine.kill();
    },
    fail: (error: unknown) => engine.fail(error),
  };
  signals.attach(target, { ...answers, ...watching.answers, ...serving?.answers(watching.answers) });
  // A reader that has gone away ends a one-shot as it would end any program; a schedule goes on without it.
  if (isOneShot) around.reader.onLeft(() => engine.stop('SIGPIPE', 'SIGPIPE'));
  await serving?.start(started);
  const listening = listenLater(started, around.store, reporter);
  around.unattended?.attend(started, listening.open);
  if (started.isSchedule) void spareLater(started);
  let isAllDone = false;
  try {
    const result = await engine.done;
    await close(result.reason, result.attendedUntil);
    foreground.leave();
    if (!isOneShot) reporter.report({ type: 'scheduler-stopped', at: new Date(), reason: result.reason });
    isFlushing = true;
    if (signals.received() !== undefined || result.reason === SHUTDOWN) abandonSoon();
    await streams.flush();
    if (!isOneShot) return atOnce(scheduleExit(result), isAbandoned);
    if (result.isCutShort) return atOnce(cutShortExit(result.reason), isAbandoned);
    isAllDone = isAbandoned || !started.lingers;
    return { ...oneShotExit(result.last), isAllDone };
  } catch (error) {
    // What was wrong first is told, not what followed from it.
    await close('failed').catch(() => {});
    throw error;
  } finally {
    foreground.leave();
    listening.close();
    await serving?.close();
    await watching.close();
    // Seven system calls, and it is over in a moment.
    if (!isAllDone) signals.release();
  }
}

/** What nobody has taken of the output would keep the process. */
function atOnce(exit: Exit, isAbandoned: boolean): Exit {
  return isAbandoned && 'code' in exit ? { ...exit, isAllDone: true } : exit;
}

async function spareLater({ engine }: StartedRun): Promise<void> {
  await engine.ready;
  try {
    const { spareMemory } = await import('../app/spare-memory.js');
    spareMemory(engine);
  } catch {
    // Its runs may have all the descriptors there are: it goes on with the memory that it has.
  }
}
