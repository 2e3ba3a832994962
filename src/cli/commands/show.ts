/** `show`: everything that is known of one run or job. */
import { findAttempts } from '../../app/attempts.js';
import { type Chain, findChain, type Link } from '../../app/chain.js';
import { findRunOrJob } from '../../app/read.js';
import { attemptOf, describeEnd } from '../../model/describe.js';
import { type Job, plannedAt } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { printable } from '../../model/printable.js';
import { type JsonRecord, jobRecord, runRecord } from '../../model/record.js';
import { isEnded, plannedFor, type Run, type StepRecord } from '../../model/run.js';
import { formatElapsed, summarize } from '../cells.js';
import { openReading, type Reading, scopeOf } from '../reading.js';

export async function showCommand(text: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const reading = await openReading(flags);
  const found = await findRunOrJob(reading.store, text, scopeOf(reading, text));
  const attempts = 'run' in found ? await findAttempts(reading.store, found.run) : [];
  const chain = 'run' in found ? await findChain(reading.store, found.run) : NO_CHAIN;
  const record = 'run' in found ? runWithOthers(found.run, attempts, chain) : jobRecord(found.job);
  if (reading.json) return reading.printJson(record);
  const shown =
    'run' in found
      ? formatRun(found.run) + formatAttempts(attempts) + formatChain(chain)
      : formatJob(found.job);
  await reading.streams.write('stdout', shown);
  if ('run' in found && found.run.steps !== undefined) await printSteps(reading, found.run.steps);
  await reading.streams.flush();
}

const NO_CHAIN: Chain = { ledBy: [], ledTo: [] };

function runWithOthers(run: Run, attempts: readonly Run[], { ledBy, ledTo }: Chain): JsonRecord {
  const runs = attempts.map(({ id, attempt, status }) => ({ id, attempt, status }));
  return {
    ...runRecord(run),
    ...(attempts.length < 2 ? {} : { attemptRuns: runs }),
    ...(ledBy.length === 0 ? {} : { ledBy: ledBy.map(linkRecord) }),
    ...(ledTo.length === 0 ? {} : { ledTo: ledTo.map(linkRecord) }),
  };
}

function linkRecord({ run: { id, job, status, cause }, depth }: Link): JsonRecord {
  return { id, job, status, kind: cause?.kind ?? null, depth };
}

/** What led to a run, the first first; what it led to, each below the one that led to it. */
function formatChain({ ledBy, ledTo }: Chain): string {
  const line = ({ run, depth }: Link, indent: number): string =>
    `${'  '.repeat(indent)}${run.id}  ${printable(run.job)}  ${printable(outcomeOf(run))}${depth > 0 && run.cause ? `  (${run.cause.kind})` : ''}\n`;
  const before = ledBy.map((link) => line(link, 1)).join('');
  const after = ledTo.map((link) => line(link, link.depth)).join('');
  return `${before === '' ? '' : `\nLed by:\n${before}`}${after === '' ? '' : `\nLed to:\n${after}`}`;
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
  const at = plannedAt(job);
  const planned = at === undefined ? '' : `; planned for ${at.toISOString()}, run ${job.planned?.id}`;
  return `${printable(job.name ?? job.id)} ${printable(last)}${planned}\n\n${formatFields(fields)}`;
}

function formatFields(record: { readonly [key: string]: Json | undefined }): string {
  const fields = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...fields.map(([key]) => key.length));
  return fields.map(([key, value]) => `${key.padEnd(width)}  ${printable(formatValue(value))}\n`).join('');
}

function formatValue(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
