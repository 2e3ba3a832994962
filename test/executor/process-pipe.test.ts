import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN } from '../support/cli.ts';

const RUNS = 100;

it('is one for all that read from the real pipes of a schedule', () => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-shape-'));
  try {
    const task = { when: 'every 1h', run: { exec: ['true'] } };
    const tasks = Array.from({ length: RUNS }, (_, index) => [`task-${index}`, task]);
    const [file, log] = [join(directory, 'tasks.json'), join(directory, 'maps.log')];
    writeFileSync(file, JSON.stringify({ tasks: Object.fromEntries(tasks) }));
    const node = ['--log-maps', `--logfile=${log}`, '--no-logfile-per-isolate'];
    execFileSync(
      process.execPath,
      [...node, BIN, 'run', '--quiet', '--now', `--times=${RUNS}`, '--file', file],
      {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: directory },
      },
    );
    // How often a socket was given a hidden class that V8 did not have, for the last property that it adds to its options.
    const made = readFileSync(log, 'latin1').match(/^map,Transition,.*,decodeStrings$/gm)?.length ?? 0;
    expect(made).toBeLessThan(RUNS / 2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
