/** Events for programs: one JSON object per line. */
import { StringDecoder } from 'node:string_decoder';
import { type Event, type JobPreview, unreachable } from '../model/event.js';
import { type JsonRecord, pauseRecord, problemRecord, runRecord, skipRecord } from '../model/record.js';
import type { Reporter } from './reporter.js';

/** @param write - Takes whole lines; answers a promise when it wants patience. */
export function createJsonReporter(write: (line: string) => Promise<void> | undefined): Reporter {
  const decoders = new Map<string, StringDecoder>();
  const decode = (key: string, chunk: Uint8Array): string => {
    const decoder = decoders.get(key) ?? new StringDecoder('utf8');
    decoders.set(key, decoder);
    return decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  };
  return {
    report(event) {
      if (event.type === 'run-finished') {
        decoders.delete(`${event.run.id} stdout`);
        decoders.delete(`${event.run.id} stderr`);
      }
      return write(`${JSON.stringify(eventRecord(event, decode))}\n`);
    },
  };
}

function eventRecord(event: Event, decode: (key: string, chunk: Uint8Array) => string): JsonRecord {
  const head = { type: event.type, at: event.at.toISOString() };
  switch (event.type) {
    case 'scheduler-started':
      return {
        ...head,
        namespace: event.namespace,
        warnings: event.warnings,
        jobCount: event.jobCount,
        jobs: event.jobs.map(previewRecord),
      };
    case 'scheduler-stopping':
      return { ...head, reason: event.reason, running: event.running };
    case 'scheduler-stopped':
      return { ...head, reason: event.reason };
    case 'run-started':
    case 'run-finished':
    case 'run-skipped':
    case 'run-missed':
      return { ...head, run: runRecord(event.run) };
    case 'run-planned':
      return { ...head, plannedFor: event.plannedFor.toISOString(), run: runRecord(event.run) };
    case 'run-output':
      return {
        ...head,
        run: event.run.id,
        job: event.run.job,
        stream: event.stream,
        text: decode(`${event.run.id} ${event.stream}`, event.chunk),
      };
    case 'clock-jumped':
      return { ...head, cause: event.cause, byMs: event.byMs };
    case 'overrides-changed': {
      const { paused, resumed, skips, unskipped } = event.change;
      return {
        ...head,
        paused: paused.map(pauseRecord),
        resumed: resumed.map(pauseRecord),
        skips: skips.map(skipRecord),
        unskipped: unskipped.map(skipRecord),
      };
    }
    case 'timetable-reloaded':
      return {
        ...head,
        cause: event.cause,
        ...event.change,
        warnings: event.warnings,
        jobs: event.jobs.map(previewRecord),
      };
    case 'timetable-rejected':
      return { ...head, cause: event.cause, problems: event.problems.map(problemRecord) };
    case 'warning':
      return { ...head, message: event.message };
    default:
      return unreachable(event);
  }
}

function previewRecord(job: JobPreview): JsonRecord {
  return {
    id: job.id,
    name: job.name ?? null,
    target: job.target,
    schedules: job.schedules.map((schedule) => ({
      text: schedule.text,
      meaning: schedule.meaning,
      tz: schedule.tz,
      next: schedule.next.map((at) => at.toISOString()),
      warnings: schedule.warnings,
    })),
  };
}
