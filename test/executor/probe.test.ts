import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.ts';
import { CLOSED, createProbe } from '../../src/executor/probe.ts';
import { expectNoSurvivors } from '../support/execution.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  expectNoSurvivors();
});

const place = () => ({ runId: 'r', cwd: directory, env: process.env });
const command = (line: string) => ({ kind: 'command', line }) as const;

it('looks by as many commands at a time as there are places', async () => {
  const probe = createProbe(createExecutor(), 1);
  // Fails beside another one.
  const alone = command('mkdir busy && sleep 0.05 && rmdir busy');
  const found = await Promise.all(Array.from({ length: 5 }, () => probe.look(alone, place())));
  expect(found.map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
  probe.close();
});

it('begins no further command once it is closed', async () => {
  const probe = createProbe(createExecutor(), 1);
  const [going, waiting] = [command('exec sleep 60'), command('true')].map((each) =>
    probe.look(each, place()),
  );
  probe.close();
  expect(await going).toMatchObject({ holds: false });
  expect(await waiting).toEqual(CLOSED);
});
