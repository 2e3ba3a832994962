/** A run from its claim to its end: its steps one after another, each recorded before it is told. */
import type { Execution, Prepared } from '../executor/executor.js';
import type { Event } from '../model/event.js';
import type { Outcome, ProcessId, Run, RunChange, StepRecord } from '../model/run.js';
import type { Step } from '../model/task.js';
import type { FilledStep } from '../model/template-step.js';
import type { OutputSink, OutputSummary } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Filling } from './filling.js';
import { createJudge, judgeCode } from './judge.js';
import { createRunOutput, type OutputMask, type Take } from './run-output.js';
import type { RunParts } from './run-parts.js';
import { fillingFor, plainStep, StepRequest } from './step-request.js';
import { runSteps, type StepsEnd } from './steps.js';
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
  const { task } = job;
  const startedMs = parts.clock.steadyMs();
  let execution: Execution | undefined;
  let process: ProcessId | undefined;
  let stopped = false;
  let stoppedBy: Pick<RunChange, 'evidence'> = {};
  let isOver = false;
  let ready = prepared;
  const told: Take = (stream, chunk) =>
    parts.tell({ type: 'run-output', at: parts.clock.now(), run, stream, chunk });
  const route = createRunOutput(output, told, parts.hiding);
  const { expect, success } = task.policy;
  const judge = expect && createJudge(expect, (text) => parts.hiding?.mask.text(text) ?? text);
  const take: Take = (stream, chunk) => {
    judge?.see(stream, chunk);
    return route.take(stream, chunk);
  };

  const started = (id: ProcessId): void => {
    process = id;
    note(parts, { id: run.id, status: stopped ? 'stopping' : 'running', process });
  };

  const execute = (step: Step, filled: FilledStep = plainStep(task, step)): Promise<Outcome> => {
    const leftMs = remaining(task.policy.timeoutMs, parts.clock.steadyMs() - startedMs);
    const { namedOutput } = output;
    const request = new StepRequest(
      { parts, task, run, step, filled, namedOutput },
      { started, output: take, timeoutMs: shorter(leftMs, step.timeoutMs) },
    );
    execution = ready?.start(request) ?? parts.executor.start(request);
    ready = undefined;
    const { timeoutMs } = task.policy;
    // What is left of the task's time is nothing that anybody wrote.
    const isOfTask = leftMs !== undefined && request.timeoutMs === leftMs;
    const whole = `${task.steps.length > 1 ? 'the run' : 'it'} took longer than its timeout of ${timeoutMs} ms`;
    const ended = isOfTask ? execution.ended.then((end) => timedOut(end, whole)) : execution.ended;
    return success === undefined ? ended : ended.then((end) => judgeCode(end, success));
  };

  const goThrough = async (): Promise<StepsEnd> => {
    const filling = task.hasTemplates ? await loadedFilling(parts, job, run) : undefined;
    return runSteps(task.steps, {
      clock: parts.clock,
      filling,
      execute,
      takeOutputs: () => output.takeOutputs(),
      isStopped: () => stopped,
      begins: (steps) => {
        // Before its output: what masking holds back is the beginning of a secret, and goes with what follows.
        output.beginStep(steps.length);
        note(parts, { id: run.id, steps: cleanSteps(steps, parts.hiding) });
      },
    });
  };

  const conclude = async (): Promise<Run> => {
    const { outcome: plain, steps, outputs } = await goThrough();
    isOver = true;
    ready?.discard();
    route.end();
    const summary = joinOutputs(output.close(), outputs);
    const durationMs = Math.round(parts.clock.steadyMs() - startedMs);
    const bytes = summary.stdoutBytes + summary.stderrBytes;
    const outcome = judge === undefined ? plain : judge.conclude(plain, { durationMs, bytes });
    const words = cleanWords(outcome, summary, parts.hiding);
    const stepped = steps === undefined ? undefined : { steps: cleanSteps(steps, parts.hiding) };
    // Joining objects by assignment takes a tenth of the time that spreading the second one takes in V8.
    const change: RunChange = Object.assign({}, outcome, summary, words, stepped, stoppedBy, {
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
  };

  /** Others that wait for it to end need not ask it again. */
  const noteStop = ({ by }: StopDetail = {}): void => {
    if (stopped || isOver) return;
    stopped = true;
    if (by !== undefined) stoppedBy = { evidence: { ...run.evidence, stoppedBy: by } };
    note(parts, { id: run.id, status: 'stopping' });
  };

  const ended = conclude();
  parts.tell({ type: 'run-started', at: parts.clock.now(), run });
  return {
    run,
    process: () => process,
    isStopping: () => stopped,
    ended,
    stop(signal, how) {
      noteStop(how);
      execution?.stop(signal, how?.graceMs);
    },
    kill(how) {
      noteStop(how);
      execution?.kill();
    },
  };
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

/** What a run says of itself, and what is said of it, may hold a secret as well: the name of a missing program, say. */
function cleanWords(
  { message }: Outcome,
  { outputs }: OutputSummary,
  hiding: OutputMask | undefined,
): Pick<RunChange, 'message' | 'outputs'> {
  return hiding === undefined ? {} : wordsOf({ message, outputs }, hiding);
}

function wordsOf(
  {
    message,
    outputs,
  }: { readonly message?: string | undefined; readonly outputs?: StepRecord['outputs'] | undefined },
  { mask: { text } }: OutputMask,
): Pick<RunChange, 'message' | 'outputs'> {
  return {
    ...(message === undefined ? {} : { message: text(message) }),
    ...(outputs === undefined ? {} : { outputs: mapValues(outputs, text) }),
  };
}

/** The same of its steps. */
function cleanSteps(steps: readonly StepRecord[], hiding: OutputMask | undefined): readonly StepRecord[] {
  return hiding === undefined ? [...steps] : steps.map((step) => ({ ...step, ...wordsOf(step, hiding) }));
}

function mapValues(
  values: Readonly<Record<string, string>>,
  map: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

async function keep(parts: RunParts, change: RunChange): Promise<void> {
  try {
    await parts.writer.record(change);
  } catch (error) {
    parts.tell(recordFailed(parts, error));
  }
}

function recordFailed(parts: RunParts, error: unknown): Event {
  const why = error instanceof Error ? error.message : String(error);
  return { type: 'warning', at: parts.clock.now(), message: `a record could not be kept: ${why}` };
}

/** The limit spans all steps; a step that begins after it has no time at all. */
function timedOut(end: Outcome, message: string): Outcome {
  return end.status === 'failed' && end.reason === 'timeout' ? { ...end, message } : end;
}

function remaining(timeoutMs: number | undefined, spentMs: number): number | undefined {
  return timeoutMs === undefined ? undefined : Math.max(1, Math.ceil(timeoutMs - spentMs));
}
