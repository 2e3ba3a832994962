import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobDefinition } from '../../../src/model/job.ts';
import { isSetOf, loadDefinitions } from '../../../src/store/file/definition-reader.js';
import { keepDefinitions } from '../../../src/store/file/definitions.js';
import { definition } from '../conformance.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const many = (count: number): JobDefinition[] =>
  Array.from({ length: count }, (_, index) => definition(`job-${index}`, { target: `cmd:echo ä ${index}` }));

it.each([
  ['none', []],
  ['a few', many(3)],
  ['some with more', [definition('a', { labels: { team: 'b', only: '' }, args: { x: '1', y: [2] } })]],
  ['thousands', many(5_000)],
  [
    'some that are longer than a block',
    [...many(3), definition('long', { target: `cmd:${'ä'.repeat(99_000)}` })],
  ],
])('keeps %s under the digest of their bytes, and finds them again', (_, jobs) => {
  const set = keepDefinitions(directory, jobs);
  expect(readdirSync(directory)).toEqual([`${set}.jsonl`]);
  expect(isSetOf(set, readFileSync(`${directory}/${set}.jsonl`))).toBe(true);
  expect(loadDefinitions(directory, set)).toEqual(jobs);
});

it.each([3, 5_000])('leaves a set that is there alone, and mends one that was cut short (%i)', (count) => {
  const set = keepDefinitions(directory, many(count));
  const path = `${directory}/${set}.jsonl`;
  const { ino, size } = statSync(path);
  expect(keepDefinitions(directory, many(count))).toBe(set);
  expect(statSync(path).ino).toBe(ino);
  truncateSync(path, size - 10);
  expect(keepDefinitions(directory, many(count))).toBe(set);
  expect(statSync(path).size).toBe(size);
  expect(readdirSync(directory)).toHaveLength(1);
});

it.each([3, 5_000])(
  'sets the time of a set that is there and old, so that it is not removed (%i)',
  (count) => {
    const set = keepDefinitions(directory, many(count));
    const path = `${directory}/${set}.jsonl`;
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const { ino } = statSync(path);
    for (const [hours, isRenewed] of [
      [11, false],
      [13, true],
    ] as const) {
      utimesSync(path, hoursAgo(hours), hoursAgo(hours));
      expect(keepDefinitions(directory, many(count))).toBe(set);
      expect(statSync(path).ino).toBe(ino);
      expect(statSync(path).mtime > hoursAgo(1)).toBe(isRenewed);
    }
  },
);
