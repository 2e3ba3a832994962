/** A timetable run by the built program, for tests of time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { place, type Running, startCli } from './cli.ts';
import { type SettableClock, settableClock } from './faketime.ts';
import { type RunRecord, startedIn } from './record.ts';

export const HOUR_S = 3_600;
export const DAY_S = 24 * HOUR_S;

/** A wall clock so many seconds beside the real one. */
export function clockAt(offsetSeconds: number): SettableClock {
  return settableClock(join(place().work, 'clock'), offsetSeconds);
}

/** The timetable that `start` runs. */
export function table(text: string): void {
  writeFileSync(join(place().work, 'table.yaml'), text);
}

/** Run the timetable in the namespace `t`. */
export function start(clock: SettableClock | undefined, ...flags: string[]): Running {
  return startCli(['run', '--file=table.yaml', '--ns=t', ...flags], { env: clock?.env });
}

export async function end(program: Running): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.exit).toMatchObject({ exitCode: 0 });
}

/** `S M H * * *` of an instant, in UTC. */
export function cronAt(at: Date): string {
  return `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
}

/** P7 */
export function expectUnique(records: readonly RunRecord[]): void {
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
}

/** P9 */
export function expectNoneEarly(records: readonly RunRecord[]): void {
  const early = startedIn(records).filter(({ startedAt, scheduledAt }) => String(startedAt) < scheduledAt);
  expect(early).toEqual([]);
}
