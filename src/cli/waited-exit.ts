/** How a command ends that waited for a run of another process. Pure. */
import type { Run } from '../model/run.js';
import { EXIT, type Exit, oneShotExit } from './exit.js';
import { signalCode } from './signal-exit.js';

/** As the run did, for a command that waited for it: a signal that ended the run is not ours. */
export function waitedExit(run: Run): Exit {
  const exit = run.status === 'skipped' || run.status === 'missed' ? { code: EXIT.failed } : oneShotExit(run);
  return 'signal' in exit ? { code: signalCode(exit.signal) } : exit;
}
