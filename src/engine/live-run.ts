/** A run from its claim to its end: its steps one after another, each recorded before it is told. */
import { messageOf } from '../errors.js';
import type { Execution, Prepared } from '../executor/executor.js';
import type { Event, Stream } from '../model/event.js';
import type { Outcome, ProcessId, Run, RunChange, StepRecord } from '../model/run.js';
import type { Step } from '../model/task.js';
import type { FilledStep } from '../model/template-step.js';
import type { OutputSink, OutputSummary } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import type { Filling } from './filling.js';
import { createJudge, type Judge, judgeCode } from './judge.js';
import { createRunOutput, type RunOutput, type Take } from './run-output.js';
import type { RunParts } from './run-parts.js';
import { cleanSteps, cleanWords } from './run-words.js';
import { fillingFor, plainStep, StepRequest } from './step-request.js';
import { type CutShort, runSteps, type StepParts } from './steps.js';
import { loadFilling } from './template.js';

export type LiveRun = {
  /** As it was claimed. */
  readonly run: Run;
  /** Of the step that is going; undefined before it is known. */
  process(): ProcessId | undefined;
  /** Settles when the end is recorded and told. Never rejects. */
  readonly ended: Promise<Run>;
  /** Whether it was asked to end. */
  isStopping(): boolean;
  /** Ask it to end: the signal to its processes, SIGKILL after the task's grace. */
  stop(signal?: NodeJS.Signals, how?: StopDetail): void;
  /** End it now. */
  kill(how?: StopDetail): void;
};

/** Who asked for the end of a run, and how long it may take. */
export type StopDetail = { readonly by?: string | undefined; readonly graceMs?: number | undefined };

/** @param prepared - What was made ready for the same run. */
export function startRun(
  parts: RunParts,
  job: ScheduledTask,
  run: Run,
  output: OutputSink,
  prepared?: Prepared,
): LiveRun {
  const live = new RunOfTask(parts, job, run, output, prepared);
  parts.tell({ type: 'run-started', at: parts.clock.now(), run });
  return live;
}

/** A class, because the closures of some hundred runs that go on at once are most of what there is to clean up. */
class RunOfTask implements LiveRun, StepParts {
  readonly run: Run;
  readonly ended: Promise<Run>;
  filling: Filling | undefined;
  private readonly parts: RunParts;
  private readonly job: ScheduledTask;
  private readonly output: OutputSink;
  private readonly route: RunOutput;
  private readonly judge: Judge | undefined;
  private readonly startedMs: number;
  private prepared: Prepared | undefined;
  private execution: Execution | undefined;
  private processId: ProcessId | undefined;
  private stopped = false;
  private stoppedBy: Pick<RunChange, 'evidence'> | undefined;
  private isOver = false;
  private isTimeUp = false;

  constructor(
    parts: RunParts,
    job: ScheduledTask,
    run: Run,
    output: OutputSink,
    prepared: Prepared | undefined,
  ) {
    this.parts = parts;
    this.job = job;
    this.run = run;
    this.output = output;
    this.prepared = prepared;
    this.startedMs = parts.clock.steadyMs();
    const { clock, hiding, tell } = parts;
    const told: Take = (stream, chunk) => tell({ type: 'run-output', at: clock.now(), run, stream, chunk });
    this.route = createRunOutput(output, told, hiding);
    const { expect } = job.task.policy;
    this.judge = expect && createJudge(expect, (text) => hiding?.mask.text(text) ?? text);
    this.ended = this.conclude();
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  process(): ProcessId | undefined {
    return this.processId;
  }

  isStopping(): boolean {
    return this.stopped;
  }

  cutShort(): CutShort | undefined {
    if (this.stopped) return { reason: 'stopped', message: 'stopped' };
    const { timeoutMs } = this.job.task.policy;
    if (timeoutMs === undefined) return undefined;
    const isUp = this.isTimeUp || this.parts.clock.steadyMs() - this.startedMs >= timeoutMs;
    return isUp ? { reason: 'timeout', message: this.tookLonger() } : undefined;
  }

  stop(signal?: NodeJS.Signals, how?: StopDetail): void {
    this.noteStop(how);
    this.execution?.stop(signal, how?.graceMs);
  }

  kill(how?: StopDetail): void {
    this.noteStop(how);
    this.execution?.kill();
  }

  takeOutputs(): ReturnType<OutputSink['takeOutputs']> {
    return this.output.takeOutputs();
  }

  begins(steps: readonly StepRecord[]): void {
    // Before its output: what masking holds back is the beginning of a secret, and goes with what follows.
    this.output.beginStep(steps.length);
    note(this.parts, { id: this.run.id, steps: cleanSteps(steps, this.parts.hiding) });
  }

  execute(step: Step, given: FilledStep | undefined): Promise<Outcome> {
    const { job, parts, run, startedMs } = this;
    const { task } = job;
    const { success, timeoutMs } = task.policy;
    const leftMs = remaining(timeoutMs, parts.clock.steadyMs() - startedMs);
    const { namedOutput } = this.output;
    const request = new StepRequest(
      { parts, task, run, step, filled: given ?? plainStep(task, step), namedOutput },
      {
        started: (id) => this.noteStart(id),
        output: (stream, chunk) => this.take(stream, chunk),
        timeoutMs: shorter(leftMs, step.timeoutMs),
      },
    );
    const { prepared } = this;
    this.prepared = undefined;
    const execution = prepared?.start(request) ?? parts.executor.start(request);
    this.execution = execution;
    // What is left of the task's time is nothing that anybody wrote.
    const isOfTask = leftMs !== undefined && request.timeoutMs === leftMs;
    const ended = isOfTask ? execution.ended.then((end) => this.noteTime(end)) : execution.ended;
    return success === undefined ? ended : ended.then((end) => judgeCode(end, success));
  }

  /** The limit spans all steps. */
  private noteTime(end: Outcome): Outcome {
    if (end.status !== 'failed' || end.reason !== 'timeout') return end;
    this.isTimeUp = true;
    return { ...end, message: this.tookLonger() };
  }

  private tookLonger(): string {
    const { steps, policy } = this.job.task;
    return `${steps.length > 1 ? 'the run' : 'it'} took longer than its timeout of ${policy.timeoutMs} ms`;
  }

  private take(stream: Stream, chunk: Buffer): Promise<void> | undefined {
    this.judge?.see(stream, chunk);
    return this.route.take(stream, chunk);
  }

  private noteStart(id: ProcessId): void {
    this.processId = id;
    note(this.parts, { id: this.run.id, status: this.stopped ? 'stopping' : 'running', process: id });
  }

  /** Others that wait for it to end need not ask it again. */
  private noteStop({ by }: StopDetail = {}): void {
    if (this.stopped || this.isOver) return;
    this.stopped = true;
    const { id, evidence } = this.run;
    if (by !== undefined) this.stoppedBy = { evidence: { ...evidence, stoppedBy: by } };
    note(this.parts, { id, status: 'stopping' });
  }

  private async conclude(): Promise<Run> {
    const { job, judge, output, parts, run, startedMs } = this;
    if (job.task.hasTemplates) this.filling = await loadedFilling(parts, job, run);
    const { outcome: plain, steps, outputs } = await runSteps(job.task.steps, this);
    this.isOver = true;
    this.prepared?.discard();
    this.route.end();
    const summary = joinOutputs(output.close(), outputs);
    const durationMs = Math.round(parts.clock.steadyMs() - startedMs);
    const bytes = summary.stdoutBytes + summary.stderrBytes;
    const outcome = judge === undefined ? plain : judge.conclude(plain, { durationMs, bytes });
    const words = cleanWords(outcome, summary, parts.hiding);
    const stepped = steps === undefined ? undefined : { steps: cleanSteps(steps, parts.hiding) };
    // Joining objects by assignment takes a tenth of the time that spreading the second one takes in V8.
    const change: RunChange = Object.assign({}, outcome, summary, words, stepped, this.stoppedBy, {
      id: run.id,
      endedAt: parts.clock.now(),
      durationMs,
    });
    const ended: Run = Object.assign({}, run, change);
    const more = parts.beforeEnd && (await parts.beforeEnd(ended));
    const final: Run = more === undefined ? ended : { ...ended, ...more };
    await keep(parts, more === undefined ? change : { ...change, ...more });
    parts.tell({ type: 'run-finished', at: parts.clock.now(), run: final });
    return final;
  }
}

async function loadedFilling(parts: RunParts, job: ScheduledTask, run: Run): Promise<Filling | undefined> {
  await loadFilling();
  return fillingFor(parts, job, run);
}

function shorter(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
}

function joinOutputs(
  summary: OutputSummary,
  outputs: Readonly<Record<string, string>> | undefined,
): OutputSummary {
  return outputs === undefined ? summary : { ...summary, outputs: { ...outputs, ...summary.outputs } };
}

/** Keep a change that a crash may take. */
function note(parts: RunParts, change: RunChange): void {
  parts.writer.record(change, { durable: false }).catch((error: unknown) => {
    parts.tell(recordFailed(parts, error));
  });
}

async function keep(parts: RunParts, change: RunChange): Promise<void> {
  try {
    await parts.writer.record(change);
  } catch (error) {
    parts.tell(recordFailed(parts, error));
  }
}

function recordFailed(parts: RunParts, error: unknown): Event {
  const why = messageOf(error);
  return { type: 'warning', at: parts.clock.now(), message: `a record could not be kept: ${why}` };
}

function remaining(timeoutMs: number | undefined, spentMs: number): number | undefined {
  return timeoutMs === undefined ? undefined : Math.max(1, Math.ceil(timeoutMs - spentMs));
}
