/** Limits of the system that schedulers run into. */
import { readFileSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { systemCode } from '../../errors.js';
import { type Diagnosis, ok, warn } from './diagnosis.js';

/** 256 runs at once, with two streams and a few files each. */
const FEW_FILES = 2_048;
const FEW_PROCESSES = 1_024;

export function examineLimits(limits: string = ownLimits()): readonly Diagnosis[] {
  return [
    examineLimit(limits, 'open files', 'Max open files', FEW_FILES, 'ulimit -n'),
    examineLimit(limits, 'processes', 'Max processes', FEW_PROCESSES, 'ulimit -u'),
    examineWatching(),
  ].filter((found) => found !== undefined);
}

function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Not a Linux.
    return '';
  }
}

function examineLimit(
  limits: string,
  check: string,
  name: string,
  few: number,
  command: string,
): Diagnosis | undefined {
  const found = new RegExp(`^${name} +(\\d+|unlimited)`, 'm').exec(limits)?.[1];
  if (found === undefined) return undefined;
  if (found === 'unlimited' || Number(found) >= few) return ok(check, `up to ${found}`);
  const hint = `Raise the limit (${command} ${few}), or run fewer jobs at once: --max-running=${Math.max(1, Math.floor(Number(found) / 8))}`;
  return warn(check, `no more than ${found}, which many runs at once may need`, hint);
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
