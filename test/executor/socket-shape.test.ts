import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';

const RUNS = 100;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-shape-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** How often a socket was given a hidden class that V8 did not have, for the last property that it adds to its options. */
function shapesMade(program: string, ...args: readonly string[]): number {
  const log = join(directory, 'maps.log');
  const flags = ['--log-maps', `--logfile=${log}`, '--no-logfile-per-isolate'];
  execFileSync(process.execPath, [...flags, join(ROOT, program), ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory },
  });
  return readFileSync(log, 'latin1').match(/^map,Transition,.*,decodeStrings$/gm)?.length ?? 0;
}

it('is one for the options of all sockets, once there are many', () => {
  const made = shapesMade('test/bench/program/timetable.mjs', `${RUNS}`, join(directory, 'state'));
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(RUNS);
});

it('is one for all that read from the real pipes of a schedule', () => {
  const file = join(directory, 'tasks.json');
  const task = { when: 'every 1h', run: { exec: ['true'] } };
  const tasks = Array.from({ length: RUNS }, (_, index) => [`task-${index}`, task]);
  writeFileSync(file, JSON.stringify({ tasks: Object.fromEntries(tasks) }));
  const made = shapesMade(
    'bin/supertask.cjs',
    'run',
    '--quiet',
    '--now',
    '--times',
    `${RUNS}`,
    '--file',
    file,
  );
  expect(made).toBeLessThan(RUNS / 2);
});
