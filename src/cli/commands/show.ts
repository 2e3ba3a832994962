/** `show`: everything that is known of one run or job. */
import { findAttempts } from '../../app/attempts.js';
import { findRunOrJob } from '../../app/read.js';
import { attemptOf, describeEnd } from '../../model/describe.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { printable } from '../../model/printable.js';
import { type JsonRecord, jobRecord, runRecord } from '../../model/record.js';
import { isEnded, plannedFor, type Run, type StepRecord } from '../../model/run.js';
import { formatElapsed, summarize } from '../cells.js';
import { openReading, type Reading } from '../reading.js';

export async function showCommand(text: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const reading = await openReading(flags);
  const found = await findRunOrJob(reading.store, text, reading.namespace);
  const attempts = 'run' in found ? await findAttempts(reading.store, found.run) : [];
  const record = 'run' in found ? runWithAttempts(found.run, attempts) : jobRecord(found.job);
  if (reading.json) return reading.printJson(record);
  const shown = 'run' in found ? formatRun(found.run) + formatAttempts(attempts) : formatJob(found.job);
  await reading.streams.write('stdout', shown);
  if ('run' in found && found.run.steps !== undefined) await printSteps(reading, found.run.steps);
  await reading.streams.flush();
}

function runWithAttempts(run: Run, attempts: readonly Run[]): JsonRecord {
  if (attempts.length < 2) return runRecord(run);
  const runs = attempts.map(({ id, attempt, status }) => ({ id, attempt, status }));
  return { ...runRecord(run), attemptRuns: runs };
}

function formatAttempts(attempts: readonly Run[]): string {
  if (attempts.length < 2) return '';
  const lines = attempts.map((run) => `  ${attemptOf(run)}  ${run.id}  ${printable(outcomeOf(run))}\n`);
  return `\nAttempts:\n${lines.join('')}`;
}

/** What became of each step; the reason of one that went wrong is the last column. */
async function printSteps({ streams, table }: Reading, steps: readonly StepRecord[]): Promise<void> {
  await streams.write('stdout', '\n');
  const head = ['STEP', 'NAME', 'STATUS', 'EXIT', 'TOOK', ''];
  const rows = steps.map((step, index) => [
    String(index + 1),
    step.name === `step ${index + 1}` ? '' : summarize(step.name),
    step.status,
    step.signal ?? (step.exitCode === undefined ? '' : String(step.exitCode)),
    step.durationMs === undefined ? '' : formatElapsed(step.durationMs),
    summarize(step.message ?? (step.reason === 'exit-code' ? '' : (step.reason ?? ''))),
  ]);
  await table(head, rows);
}

/** What has become of a run, or what it waits for. */
function outcomeOf(run: Run): string {
  if (isEnded(run.status)) return describeEnd(run);
  const at = plannedFor(run);
  return at === undefined ? run.status : `${run.status} until ${at.toISOString()}`;
}

function formatRun(run: Run): string {
  const { steps: _, ...fields } = runRecord(run);
  return `${printable(run.job)} ${printable(outcomeOf(run))}\n\n${formatFields(fields)}`;
}

function formatJob(job: Job): string {
  const { lastRun, ...fields } = jobRecord(job);
  const last =
    job.lastRun === undefined ? 'never ran' : `last: ${describeEnd(job.lastRun)}, run ${job.lastRun.id}`;
  return `${printable(job.name ?? job.id)} ${printable(last)}\n\n${formatFields(fields)}`;
}

function formatFields(record: { readonly [key: string]: Json | undefined }): string {
  const fields = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...fields.map(([key]) => key.length));
  return fields.map(([key, value]) => `${key.padEnd(width)}  ${printable(formatValue(value))}\n`).join('');
}

function formatValue(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
