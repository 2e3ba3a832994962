/** `missed`: due moments that did not run, and why. */
import { listUnrun, type Unrun } from '../../app/missed.js';
import { printable } from '../../model/printable.js';
import { type JsonRecord, runRecord } from '../../model/record.js';
import { cause } from '../../model/why.js';
import { formatInstant, formatSpan, shortId, summarize } from '../cells.js';
import { openReading } from '../reading.js';
import { parseSince } from './list.js';

const DEFAULT_SINCE = '7d';

export async function missedCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const reading = await openReading(flags);
  const now = new Date();
  const found = await listUnrun(reading.store, {
    namespace: reading.namespace,
    job: typeof flags['job'] === 'string' ? flags['job'] : undefined,
    since: parseSince(flags['since'] ?? DEFAULT_SINCE, now) ?? now,
  });
  if (reading.json) return reading.printJson(found.map(unrunRecord));
  await reading.table(
    ['JOB', 'WHAT', 'MOMENTS', 'DUE', 'WHY (THE LATEST)', 'NAMESPACE'],
    found.map((group) => [
      summarize(group.job),
      `${group.status}${group.reason === undefined ? '' : ` (${group.reason})`}`,
      String(group.moments),
      formatSpan(group.firstAt, group.lastAt),
      printable(cause(group.latest, formatInstant)),
      shortId(group.namespace),
    ]),
  );
}

function unrunRecord(group: Unrun): JsonRecord {
  return {
    namespace: group.namespace,
    job: group.job,
    status: group.status,
    reason: group.reason ?? null,
    moments: group.moments,
    records: group.records,
    firstAt: group.firstAt.toISOString(),
    lastAt: group.lastAt.toISOString(),
    latest: runRecord(group.latest),
  };
}
