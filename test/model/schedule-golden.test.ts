import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { nextInstants } from '../../src/model/schedule-bound.js';
import { parseSchedule } from '../../src/model/schedule-text.js';
import { offsetAt } from '../../src/model/zone.js';

type Case = {
  readonly tz: string;
  readonly after: string;
  /** Expression → the next instants. */
  readonly next: Readonly<Record<string, readonly string[]>>;
};

const CASES: readonly Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/schedule/golden.json'), 'utf8'),
);

function bound(expression: string, tz: string) {
  return bindSchedule(parseSchedule(expression), { jobId: 'job', startedAt: new Date(0), tz });
}

function text(at: Date | undefined): string | undefined {
  return at?.toISOString().replace('.000Z', 'Z');
}

/** Morocco changed its clocks from 2026 on after these answers were made; a Node with newer zone data has other instants. */
function skipUnsettled({ tz, after }: Case, context: TestContext): void {
  const isSettled =
    tz !== 'Africa/Casablanca' || after < '2026' || offsetAt(tz, Date.UTC(2026, 11, 31)) === 3_600_000;
  context.skip(
    !isSettled,
    `zone data ${process.versions.tz} have other clock changes for ${tz} from 2026 on`,
  );
}

describe('answers of croniter and APScheduler, brought to instants with zoneinfo', () => {
  it.for(CASES)('in $tz after $after', ({ tz, after, next }, context) => {
    skipUnsettled({ tz, after, next }, context);
    const answers = Object.entries(next).map(([expression, instants]) => [
      expression,
      nextInstants(bound(expression, tz), new Date(after), instants.length).map(text),
    ]);
    expect(Object.fromEntries(answers)).toEqual(next);
  });

  it.for(CASES)('backwards to $tz after $after', ({ tz, after, next }, context) => {
    skipUnsettled({ tz, after, next }, context);
    const answers = Object.entries(next).map(([expression, instants]) => {
      const schedule = bound(expression, tz);
      const end = new Date(Date.parse(instants.at(-1) ?? after));
      const steps: (string | undefined)[] = [];
      for (let at = schedule.previous(new Date(end.getTime() + 1)); at && at > new Date(after); ) {
        steps.unshift(text(at));
        at = schedule.previous(at);
      }
      return [expression, steps];
    });
    expect(Object.fromEntries(answers)).toEqual(next);
  });

  it.for(CASES)('counted in $tz after $after', ({ tz, after, next }, context) => {
    skipUnsettled({ tz, after, next }, context);
    const answers = Object.entries(next).map(([expression, instants]) => [
      expression,
      bound(expression, tz).count(new Date(after), new Date(instants.at(-1) ?? after)),
    ]);
    expect(answers).toEqual(
      Object.entries(next).map(([expression, instants]) => [expression, instants.length]),
    );
  });
});
