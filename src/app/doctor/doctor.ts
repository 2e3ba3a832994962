/** Everything that would keep jobs from running as they should: this machine, this user, and jobs if any are named. */
import { resolve } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { quoteWord } from '../../model/target.js';
import type { Task } from '../../model/task.js';
import type { FileStore } from '../../store/file/store.js';
import { findInputs } from '../check/inputs.js';
import { idOfPlaced } from '../directory.js';
import { isDirectory } from '../text-file.js';
import { examineClock, examineSync, examineZone, examineZoneData } from './clock.js';
import type { Diagnosis } from './diagnosis.js';
import { examineJobs } from './job.js';
import { examineLimits } from './limit.js';
import { examineSchedulers, type Ping } from './scheduler.js';
import { examineState } from './state.js';

export type DoctorOptions = {
  readonly store: FileStore;
  /** The state directory. */
  readonly root: string;
  readonly namespace: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly tz: string;
  readonly now: Date;
  readonly ping: Ping;
  /** A timetable, or a directory of them, and one of its tasks. */
  readonly jobs: { readonly file: string; readonly task?: string | undefined } | undefined;
  readonly readInput: () => Promise<string>;
};

/** Nothing is run but helpers that say their version, and nothing is written. */
export async function examine(options: DoctorOptions): Promise<readonly Diagnosis[]> {
  const { store, root, namespace, env, tz, now, ping } = options;
  const sync = await examineSync(env);
  const state = examineState(root, env['XDG_RUNTIME_DIR']);
  // What cannot be read is told once.
  const isReadable = state.every(({ check, status }) => check !== 'state' || status !== 'fail');
  return [
    ...state,
    ...(isReadable ? await examineSchedulers(store, namespace, ping) : []),
    examineZoneData(),
    examineZone(tz, env),
    ...(isReadable ? [await examineClock(store, now)] : []),
    ...(sync === undefined ? [] : [sync]),
    ...examineLimits(),
    ...(await examineAllJobs(options)),
  ];
}

async function examineAllJobs({
  jobs,
  cwd,
  env,
  tz,
  now,
  readInput,
}: DoctorOptions): Promise<readonly Diagnosis[]> {
  if (jobs === undefined) return [];
  const found: Diagnosis[] = [];
  const path = resolve(cwd, jobs.file);
  const isWhole = isDirectory(path);
  for (const input of await findInputs(jobs.file, cwd, readInput)) {
    const idOf = (task: Task): string => (isWhole ? idOfPlaced(task, input.file, path) : task.id);
    found.push(...(await examineJobs(input, { env, tz, now, task: jobs.task, idOf })));
  }
  // Nothing that was looked at is nothing that is well.
  if (jobs.task === undefined || found.some(({ job }) => job === jobs.task)) return found;
  throw new SupertaskError('ID_UNKNOWN', `${jobs.file} has no task "${jobs.task}"`, {
    hint: `What it has: supertask doctor ${quoteWord(jobs.file)}`,
  });
}
