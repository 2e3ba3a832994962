/** The built program over the two clock changes of a year. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, startCli } from '../support/cli.ts';
import { fastTime, noFaketime } from '../support/faketime.ts';
import { momentsIn, type RunRecord, recordsOf, startedIn } from '../support/record.ts';

const TIMETABLE = `
defaults: {tz: Europe/Berlin, overlap: parallel, missed: all, deadline: none}
tasks:
  minutely: {when: "* * * * *", run: "exec:true"}
  half-hourly: {when: "*/30 * * * *", run: "exec:true"}
  hourly: {when: "0 * * * *", run: "exec:true"}
  fixed: {when: "30 2 * * *", run: "exec:true"}
`;

/** At this speed, nine seconds for the start: a busy machine needs some. */
const LEAD_MS = 2 * 3_600_000;

/** Live from before `from` to after `to`, and give the records of instants between. */
async function live(namespace: string, from: string, to: string): Promise<readonly RunRecord[]> {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const program = startCli(
    ['run', '--file=table.yaml', `--ns=${namespace}`, `--until=${new Date(end + 90_000).toISOString()}`],
    { env: fastTime(new Date(start - LEAD_MS), 800) },
  );
  const { exitCode, stderr } = await program.exit;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const all = await recordsOf(undefined, { SUPERTASK_NS: namespace });
  return all.filter(({ scheduledAt }) => Date.parse(scheduledAt) >= start && Date.parse(scheduledAt) < end);
}

describe.skipIf(noFaketime)(
  `four hours over a clock change in Berlin${noFaketime ? ` (${noFaketime})` : ''}`,
  () => {
    it('P13: autumn gives 240, 8 and 4 runs evenly spaced, and one at 02:30; spring as many, and one at 03:00', async () => {
      writeFileSync(join(place().work, 'table.yaml'), TIMETABLE);
      const [autumn, spring] = await Promise.all([
        live('autumn', '2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z'),
        live('spring', '2026-03-28T23:00:00Z', '2026-03-29T03:00:00Z'),
      ]);
      for (const records of [autumn, spring]) {
        expect(summaryOf(records, 'minutely')).toEqual({ moments: 240, everyMs: [60_000] });
        expect(summaryOf(records, 'half-hourly')).toEqual({ moments: 8, everyMs: [1_800_000] });
        expect(summaryOf(records, 'hourly')).toEqual({ moments: 4, everyMs: [3_600_000] });
      }
      expect(instantsOf(autumn, 'fixed')).toEqual(['2026-10-25T00:30:00.000Z']);
      expect(instantsOf(spring, 'fixed')).toEqual(['2026-03-29T01:00:00.000Z']);
    }, 120_000);
  },
);

function summaryOf(records: readonly RunRecord[], job: string) {
  const instants = instantsOf(records, job).map((at) => Date.parse(at));
  const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
  return {
    moments: momentsIn(records.filter((record) => record.job === job)),
    everyMs: [...new Set(gaps)],
  };
}

function instantsOf(records: readonly RunRecord[], job: string): string[] {
  return startedIn(records)
    .filter((record) => record.job === job)
    .map(({ scheduledAt }) => scheduledAt)
    .sort();
}
