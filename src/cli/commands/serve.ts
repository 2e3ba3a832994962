/** `supertask serve`: the API and the page over the bookkeeping, with or without schedulers. */
import { openStore } from '../../app/parts.js';
import { createService } from '../../app/service.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import type { Exit } from '../exit.js';
import { pickSettings } from '../flags.js';
import { rememberTerminal } from '../hangup.js';
import { givenNamespace } from '../reading.js';
import { openServing } from '../serving.js';
import { handleSignals } from '../signals.js';
import type { Flags } from '../steering.js';
import { scheduleExit } from '../stopped-exit.js';
import { createStreams } from '../streams.js';

export async function serveCommand(flags: Flags): Promise<Exit> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const namespace = await givenNamespace(store, settings);
  const streams = createStreams();
  rememberTerminal();
  const signals = handleSignals();
  const serving = await openServing({ settings, store, streams }, namespace);
  serving.answerFrom(createService({ store, controls: [], namespace, env: process.env }));
  // The server does not keep the process alive, because beside a scheduler it must not.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const reason = await new Promise<string>((resolve, reject) => {
      signals.attach(
        { stop: resolve, kill: () => resolve('SIGTERM'), fail: reject },
        { SIGHUP: serving.renew },
      );
    });
    return scheduleExit({ reason, unsuccessful: 0, verdict: undefined });
  } finally {
    clearInterval(awake);
    await serving.close();
    await streams.flush();
    signals.release();
  }
}
