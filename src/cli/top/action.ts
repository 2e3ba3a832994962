/** Keys that change something are commands of supertask. */
import type { JobOverview } from '../../app/overview.js';
import { runOwnCommand } from '../../app/own-command.js';
import type { Action } from './state.js';

/** @param stateDir - Where the bookkeeping is, as it was asked for. */
export function act(action: Action, { job }: JobOverview, stateDir: string | undefined): Promise<string> {
  const place = stateDir === undefined ? [] : [`--state-dir=${stateDir}`];
  const extra = action === 'stop' ? ['--no-wait'] : [];
  return runOwnCommand([action, `--ns=${job.namespace}`, ...place, ...extra, '--', job.id], process.env);
}
