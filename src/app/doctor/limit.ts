/** Limits of the system that schedulers run into. */
import { watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { systemCode } from '../../errors.js';
import { limitIn, OPEN_FILES, ownLimits, runningWithin } from '../file-limit.js';
import { DEFAULT_MAX_RUNNING } from '../run.js';
import { type Diagnosis, ok, warn } from './diagnosis.js';

/** For as many runs at once as there may be, and what else a scheduler needs. */
const FEW_FILES = 2_048;
const FEW_PROCESSES = 1_024;

export function examineLimits(limits: string = ownLimits()): readonly Diagnosis[] {
  return [examineFiles(limits), examineProcesses(limits), examineWatching()].filter(
    (found) => found !== undefined,
  );
}

function examineFiles(limits: string): Diagnosis | undefined {
  const check = 'open files';
  const files = limitIn(limits, OPEN_FILES);
  if (files === undefined) return undefined;
  if (files >= FEW_FILES) return ok(check, upTo(files));
  const runs = runningWithin(DEFAULT_MAX_RUNNING, limits);
  return warn(
    check,
    `no more than ${files}: ${runs} runs go at once`,
    `Raise the limit: ulimit -n ${FEW_FILES}`,
  );
}

function examineProcesses(limits: string): Diagnosis | undefined {
  const check = 'processes';
  const most = limitIn(limits, 'Max processes');
  if (most === undefined) return undefined;
  if (most >= FEW_PROCESSES) return ok(check, upTo(most));
  const fewer = `--max-running=${Math.max(1, Math.floor(most / 8))}`;
  const hint = `Raise the limit (ulimit -u ${FEW_PROCESSES}), or run fewer jobs at once: ${fewer}`;
  return warn(check, `no more than ${most}, which many runs at once may need`, hint);
}

function upTo(limit: number): string {
  return `up to ${limit === Number.POSITIVE_INFINITY ? 'unlimited' : limit}`;
}

/** By doing it: how many others watch files is known to the system alone. */
function examineWatching(): Diagnosis {
  try {
    watch(tmpdir()).close();
    return ok('watching', 'files can be watched for changes');
  } catch (error) {
    const code = systemCode(error) ?? String(error);
    const hint = 'Raise fs.inotify.max_user_instances and fs.inotify.max_user_watches with sysctl.';
    return warn('watching', `files cannot be watched for changes: ${code}`, hint);
  }
}
