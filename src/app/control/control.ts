/** What can be asked of a scheduler that lives in this process: the use cases behind its socket and its addresses. */
import type { ScheduledTask } from '../../engine/agenda.js';
import type { Triggered } from '../../engine/door.js';
import type { Engine } from '../../engine/engine.js';
import { SupertaskError } from '../../errors.js';
import { jobByHand } from '../../model/expand.js';
import type { Json } from '../../model/json.js';
import type { Run } from '../../model/run.js';
import type { Task } from '../../model/task.js';
import { argTexts } from '../arg-text.js';
import type { KeptDoor } from '../kept/door.js';
import type { RerunOptions } from '../rerun.js';
import { SHUTDOWN } from './reason.js';

export type Control = {
  readonly namespace: string;
  status(): SchedulerStatus;
  jobs(): readonly JobStatus[];
  /**
   * Run a job now or at an instant to come, as its overlap policy allows then.
   *
   * @throws {SupertaskError} `ID_UNKNOWN`, `REFUSED`
   */
  trigger(jobId: string, request: TriggerOptions): Promise<TriggerResult>;
  /**
   * Run the job of a run again: as it is defined now, with the arguments of the run and the instant that it was due.
   *
   * @throws {SupertaskError} `ID_UNKNOWN`, `CONFLICT`, `ARGS_INVALID`, `REFUSED`
   */
  rerun(runId: string, options: RerunOptions): Promise<TriggerResult>;
  /**
   * End a run, or keep one that waits from starting.
   *
   * @returns `stopping` when it was asked for the first time, `stopping-already` when somebody asked before, `dropped`
   *   when it was recorded as skipped.
   * @throws {SupertaskError} `ID_UNKNOWN` for a run that does not go on here (any more).
   */
  stopRun(id: string, how: StopOptions): Promise<StopResult>;
  /** Jobs made through the API; undefined where there cannot be any. */
  readonly kept: KeptDoor | undefined;
  /** Take over pauses and skips that somebody has written down. */
  refresh(): Promise<void>;
  /** End the scheduler: runs that are going are stopped, or waited for. */
  shutdown(options: { readonly drain?: boolean | undefined; readonly by?: string | undefined }): void;
  /** Read the source again. @throws {SupertaskError} `REFUSED` where it cannot be, or the errors of the source. */
  reload(by: string | undefined): Promise<Json>;
};

export type SchedulerStatus = {
  readonly namespace: string;
  readonly source: string;
  readonly kind: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly jobs: number;
  /** Soonest of all jobs. */
  readonly nextDueAt: Date | undefined;
  /** Runs that are going in this process. */
  readonly running: readonly Run[];
  readonly isStopping: boolean;
};

export type JobStatus = { readonly id: string; readonly nextDueAt: Date | undefined };

export type TriggerOptions = {
  /** Default: now. */
  readonly at?: Date | undefined;
  readonly args?: Readonly<Record<string, Json>> | undefined;
  readonly note?: string | undefined;
  readonly by?: string | undefined;
};

export type TriggerResult = { readonly kind: 'started' | 'waiting' | 'skipped'; readonly run: Run };

export type StopOptions = {
  readonly signal?: NodeJS.Signals | undefined;
  readonly graceMs?: number | undefined;
  readonly kill?: boolean | undefined;
  readonly by?: string | undefined;
};

export type StopResult = 'stopping' | 'stopping-already' | 'dropped';

/** The scheduler that is asked, and what the engine does not know of it. */
export type Subject = {
  readonly engine: Engine;
  readonly namespace: string;
  readonly source: string;
  readonly kind: string;
  readonly startedAt: Date;
  /** Undefined where there is nothing that could be read again. */
  readonly reload?: ((by: string | undefined) => Promise<Json>) | undefined;
  /** A run of the namespace. */
  readonly find?: ((runId: string) => Promise<Run | undefined>) | undefined;
  /** Hides what is secret of a job that somebody asks for. */
  readonly learn?: ((task: Task) => Promise<void>) | undefined;
  /** Keeps a job that is none of the scheduler's. */
  readonly remember?: ((task: Task) => Promise<void>) | undefined;
  readonly kept?: KeptDoor | undefined;
};

export function createControl(subject: Subject): Control {
  const { engine, namespace } = subject;
  let isStopping = false;
  engine.done.then(
    () => {
      isStopping = true;
    },
    () => {},
  );

  /** One of the jobs; with arguments, a job that is made for this run. */
  const jobOf = async (id: string, args: TriggerOptions['args']): Promise<ScheduledTask> => {
    const jobs = engine.jobs().map(({ job }) => job);
    const exact = jobs.find(({ task }) => task.id === id);
    if (exact !== undefined && args === undefined && exact.task.params === undefined) return exact;
    const tasks = jobs.map(({ task }) => task);
    const found = jobByHand(tasks, id, argTexts(args));
    if (found !== undefined) return jobs.find(({ task }) => task === found) ?? { task: found, bounds: [] };
    throw new SupertaskError('ID_UNKNOWN', `the scheduler of ${namespace} has no job "${id}"`, {
      hint: 'supertask list-jobs shows what there is; jobs that are disabled cannot be run.',
    });
  };

  return {
    namespace,
    kept: subject.kept,
    status() {
      const jobs = engine.jobs();
      const { source, kind, startedAt } = subject;
      return {
        namespace,
        source,
        kind,
        pid: process.pid,
        startedAt,
        jobs: jobs.length,
        nextDueAt: soonest(jobs.map(({ nextAt }) => nextAt)),
        running: engine.live().map((live) => ({
          ...live.run,
          status: live.isStopping() ? 'stopping' : 'running',
          ...withProcess(live.process()),
        })),
        isStopping,
      };
    },
    jobs: () => engine.jobs().map(({ job, nextAt }) => ({ id: job.task.id, nextDueAt: nextAt })),
    async trigger(jobId, { args, note, by, at }) {
      const detail = {
        ...(note === undefined ? {} : { note }),
        ...(by === undefined ? {} : { by }),
      };
      const job = await jobOf(jobId, args);
      await subject.learn?.(job.task);
      if (engine.jobs().every((each) => each.job !== job)) await subject.remember?.(job.task);
      const request = { job, trigger: 'manual', detail } as const;
      const answer = await (at === undefined ? engine.trigger(request) : engine.runAt(request, at));
      return started(answer, jobId);
    },
    async rerun(runId, options) {
      const run = await subject.find?.(runId);
      if (run === undefined)
        throw new SupertaskError('ID_UNKNOWN', `there is no run ${runId} in ${namespace}`);
      const { detailOfRerun, jobAgain } = await import('../rerun.js');
      const jobs = engine.jobs().map(({ job }) => job);
      const tasks = jobs.map(({ task }) => task);
      const task = jobAgain(tasks, run, options);
      await subject.learn?.(task);
      const known = jobs.find((job) => job.task === task);
      if (known === undefined) await subject.remember?.(task);
      const job = known ?? { task, bounds: [] };
      const detail = detailOfRerun(run, options);
      return started(await engine.trigger({ job, trigger: 'rerun', detail, at: run.scheduledAt }), run.job);
    },
    async stopRun(id, how) {
      const answer = await engine.stopRun(id, how);
      if (answer !== 'unknown') return answer;
      throw new SupertaskError('ID_UNKNOWN', `the scheduler of ${namespace} has no run ${id} that goes on`);
    },
    refresh: () => engine.refresh(),
    shutdown({ drain }) {
      isStopping = true;
      engine.stop(SHUTDOWN, undefined, drain ? 'drain' : 'stop');
    },
    async reload(by) {
      if (subject.reload !== undefined) return subject.reload(by);
      throw new SupertaskError('REFUSED', `${subject.source} cannot be read again while it runs`, {
        hint: 'Stop the scheduler and start it anew.',
      });
    },
  };
}

function started(answer: Triggered, jobId: string): TriggerResult {
  if (answer.kind !== 'refused') return answer;
  throw new SupertaskError('REFUSED', `${jobId} was not started: ${answer.message}`);
}

function withProcess(process: Run['process']): Pick<Run, 'process'> {
  return process === undefined ? {} : { process };
}

function soonest(instants: readonly (Date | undefined)[]): Date | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0
    ? undefined
    : new Date(known.reduce((first, at) => Math.min(first, at.getTime()), Number.POSITIVE_INFINITY));
}
