/** What programs import, as they would use it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { occurrences, parseTimetable, runTimetable } from '../../src/index.ts';

let stateDir = '';

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'supertask-library-'));
});

afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

function text(value: unknown): string {
  return value as string;
}

describe('occurrences', () => {
  it('are strictly after the instant', () => {
    const after = new Date('2026-01-01T00:00:00Z');
    const next = occurrences('@daily', { tz: 'UTC', after, count: 2 });
    expect(next.map((at) => at.toISOString())).toEqual([
      '2026-01-02T00:00:00.000Z',
      '2026-01-03T00:00:00.000Z',
    ]);
    expect(occurrences('at 2026-01-01T00:00Z', { after })).toEqual([]);
  });
});

describe('parseTimetable', () => {
  it('tells of a file that it was not given by its own word', () => {
    expect(parseTimetable('tasks: {a: {run: x}}').tasks.map(({ id }) => id)).toEqual(['a']);
    expect(() => parseTimetable('tasks: {a: {rum: x}}')).toThrow('timetable');
  });

  it.each([undefined, 5, Buffer.from('tasks: {}')])('refuses %o', (value) => {
    expect(() => parseTimetable(text(value))).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('runTimetable', () => {
  it('runs until nothing is to come, and says how it went', async () => {
    const types: string[] = [];
    const timetable = parseTimetable('tasks: {a: {run: exit 3}, b: {run: "true"}}');
    const result = await runTimetable(timetable, { stateDir, onEvent: ({ type }) => types.push(type) });
    expect(result).toEqual({ reason: 'finished', ended: 2, unsuccessful: 1 });
    expect(types.sort()).toEqual(['run-finished', 'run-finished', 'run-started', 'run-started']);
  });

  it('goes on until it is aborted, and takes its runs with it', async () => {
    const stop = new AbortController();
    const timetable = parseTimetable('tasks: {a: {when: every 1d from start, run: echo up; sleep 600}}');
    const result = await runTimetable(timetable, {
      stateDir,
      signal: stop.signal,
      onEvent: ({ type }) => type === 'run-output' && stop.abort(),
    });
    expect(result).toEqual({ reason: 'aborted', ended: 1, unsuccessful: 1 });
  });

  it('does not swallow what onEvent throws, and lets the runs end first', async () => {
    const ended: string[] = [];
    const timetable = parseTimetable('tasks: {a: {run: "true"}}');
    const running = runTimetable(timetable, {
      stateDir,
      onEvent({ type }) {
        if (type === 'run-finished') ended.push(type);
        throw new Error(type);
      },
    });
    await expect(running).rejects.toThrow('run-started');
    expect(ended).toEqual(['run-finished']);
  });

  it.each([
    [undefined, {}, 'USAGE'],
    [{}, {}, 'USAGE'],
    [parseTimetable('tasks: {a: {run: x}}'), { tz: 'Mars/Olympus' }, 'ZONE_UNKNOWN'],
    [parseTimetable('tasks: {a: {run: x}}'), { namespace: '../x' }, 'ID_INVALID'],
  ])('refuses %o with %o', async (timetable, options, code) => {
    const running = runTimetable(timetable as ReturnType<typeof parseTimetable>, { ...options, stateDir });
    await expect(running).rejects.toMatchObject({ name: 'SupertaskError', code });
  });
});
