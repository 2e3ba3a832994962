/** `rerun`: runs the job of a run again, by its scheduler; where none lives, here in the foreground. */
import { type LiveScheduler, liveSchedulers } from '../../app/control/live.js';
import { findJob, findRun } from '../../app/read.js';
import { refuseChanged, refuseLive } from '../../app/rerun.js';
import type { RerunChanges } from '../../app/rerun-edit.js';
import { SupertaskError } from '../../errors.js';
import type { Run } from '../../model/run.js';
import { EXIT, type Exit } from '../exit.js';
import { scopeOf } from '../reading.js';
import { type Flags, openSteering, type Steering, say, textFlag } from '../steering.js';
import { runByHand } from './by-hand.js';
import { askScheduler, fileOf } from './trigger.js';

export async function rerunCommand(text: string, flags: Flags): Promise<Exit> {
  if (flags['edit'] === true && flags['exact'] === true)
    throw new SupertaskError('USAGE', 'both --edit and --exact are given', {
      hint: 'What is edited is not as it was: give one of them.',
    });
  const steering = await openSteering(flags);
  const run = await findRun(steering.store, text, scopeOf(steering, text));
  refuseLive(run);
  const note = textFlag(flags, 'note');
  const changes = flags['edit'] === true ? await edit(run, note) : note === undefined ? {} : { note };
  if (changes === undefined) {
    await say(steering, 'nothing was run: the file was left as it was, or empty');
    return { code: EXIT.failed };
  }
  const scheduler = await schedulerOf(steering, run);
  if (scheduler === undefined) return runHere(steering, run, changes, flags);
  if (flags['exact'] === true) await refuseChanged(steering.store, run);
  const job = { id: run.job, paused: false };
  return askScheduler(steering, scheduler, job, changes, flags, `/runs/${run.id}/rerun`);
}

async function edit(run: Run, note: string | undefined): Promise<RerunChanges | undefined> {
  const { editChanges } = await import('../../app/rerun-edit.js');
  return editChanges(run, note, process.env);
}

/** The one that has the job, or others of its task. */
async function schedulerOf({ store }: Steering, run: Run): Promise<LiveScheduler | undefined> {
  const schedulers = await liveSchedulers(store, run.namespace);
  const isOfTask = (job: string): boolean =>
    run.task !== undefined && (job === run.task || job.startsWith(`${run.task}@`));
  return (
    schedulers.find(({ jobs }) => jobs.includes(run.job)) ??
    schedulers.find(({ jobs }) => jobs.some(isOfTask))
  );
}

async function runHere(steering: Steering, run: Run, changes: RerunChanges, flags: Flags): Promise<Exit> {
  const job = await findJob(steering.store, run.job, run.namespace);
  const file = await fileOf(steering, job);
  const wanted = {
    task: run.job,
    file,
    namespace: run.namespace,
    again: run,
    isExact: flags['exact'] === true,
  };
  return runByHand(steering, wanted, changes, flags);
}
