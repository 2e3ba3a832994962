import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';

const RUNS = 100;

it('is one for the options of all sockets, once there are many', () => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-shape-'));
  const log = join(directory, 'maps.log');
  try {
    const flags = ['--log-maps', `--logfile=${log}`, '--no-logfile-per-isolate'];
    const program = join(ROOT, 'test/bench/program/timetable.mjs');
    execFileSync(process.execPath, [...flags, program, `${RUNS}`, join(directory, 'state')], {
      env: { PATH: process.env['PATH'], HOME: directory },
    });
    // The last of the properties that a socket adds to its options: each time, a hidden class that V8 did not have.
    const made = readFileSync(log, 'latin1').match(/^map,Transition,.*,decodeStrings$/gm) ?? [];
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThan(RUNS);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
