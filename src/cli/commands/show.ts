/** `show`: everything that is known of one run or job. */
import { findRunOrJob } from '../../app/read.js';
import { describeEnd } from '../../model/describe.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { printable } from '../../model/printable.js';
import { jobRecord, runRecord } from '../../model/record.js';
import { isEnded, type Run } from '../../model/run.js';
import { openReading } from '../reading.js';

export async function showCommand(text: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const reading = await openReading(flags);
  const found = await findRunOrJob(reading.store, text, reading.namespace);
  const record = 'run' in found ? runRecord(found.run) : jobRecord(found.job);
  if (reading.json) return reading.printJson(record);
  await reading.streams.write('stdout', 'run' in found ? formatRun(found.run) : formatJob(found.job));
  await reading.streams.flush();
}

function formatRun(run: Run): string {
  const headline = isEnded(run.status) ? describeEnd(run) : run.status;
  return `${printable(run.job)} ${printable(headline)}\n\n${formatFields(runRecord(run))}`;
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
