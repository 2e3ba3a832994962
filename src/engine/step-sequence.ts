/** Steps that are run one after the other, and what becomes of the others when one fails. */
import type { Outcome, StepRecord } from '../model/run.js';
import type { Step } from '../model/task.js';
import type { StepParts, StepsEnd } from './steps.js';

type Known = { readonly status: string; readonly outputs: Readonly<Record<string, string>> };

export async function runSeveral(steps: readonly Step[], parts: StepParts): Promise<StepsEnd> {
  const { clock } = parts;
  const facts = new Map<string, Known>();
  const records: StepRecord[] = [];
  const outputs: Record<string, string>[] = [];
  let failed: Outcome | undefined;
  let last: Outcome = { status: 'succeeded' };
  for (const [index, step] of steps.entries()) {
    const name = step.name ?? `step ${index + 1}`;
    const cut = parts.cutShort();
    if (cut !== undefined) {
      failed ??= { ...cut, status: 'failed', message: `${cut.message} before ${label(step, index)}` };
      break;
    }
    const decided = parts.filling?.test(step, facts, failed !== undefined) ?? (step.when === true && !failed);
    if (decided === false) {
      records.push({ name, status: 'skipped' });
      facts.set(name, { status: 'skipped', outputs: {} });
      continue;
    }
    const startedAt = clock.now();
    const startedMs = clock.steadyMs();
    const filled = decided === true ? parts.filling?.fill(step, facts) : decided;
    records.push({ name, status: 'running', startedAt });
    if (steps.length > 1) parts.begins(records);
    last = filled !== undefined && 'status' in filled ? filled : await parts.execute(step, filled);
    const named = parts.takeOutputs();
    if (named !== undefined) outputs.push(named);
    facts.set(name, { status: last.status, outputs: named ?? {} });
    const durationMs = Math.round(clock.steadyMs() - startedMs);
    records[records.length - 1] = {
      ...recordOf(name, last),
      startedAt,
      durationMs,
      ...(named && { outputs: named }),
    };
    if (last.status === 'succeeded') continue;
    // A step that was ended with its run has not failed by itself.
    if (step.continueOnError && parts.cutShort() === undefined) continue;
    failed ??= steps.length === 1 ? last : { ...last, message: join(label(step, index), last.message) };
  }
  return {
    outcome: failed ?? (last.status === 'succeeded' ? last : { status: 'succeeded' }),
    ...(steps.length > 1 ? { steps: records } : {}),
    ...(outputs.length === 0 ? {} : { outputs: Object.assign({}, ...outputs) }),
  };
}

function recordOf(name: string, { status, reason, exitCode, signal, message }: Outcome): StepRecord {
  return {
    name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(message === undefined ? {} : { message }),
  };
}

function join(what: string, message: string | undefined): string {
  return message === undefined ? what : `${what}: ${message}`;
}

function label({ name }: Step, index: number): string {
  return name === undefined ? `step ${index + 1}` : `step ${index + 1} (${name})`;
}
