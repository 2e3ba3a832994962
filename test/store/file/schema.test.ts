/** The published schemas, held against what is written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromJSONSchema } from 'zod';
import { writeSegments } from '../../../src/store/file/history.js';
import { createFileStore } from '../../../src/store/file/store.js';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
const place = () => join(directory, 'state/namespaces/n1');

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  const store = createFileStore({ root: join(directory, 'state'), version: '1.0.0' });
  const writer = await store.open(
    'n1',
    { ...ORIGIN, author: 'Ann' },
    { mode: 'schedule', startedAt: new Date() },
  );
  await writer.setJobs([definition('a', { name: 'A' }), definition('b')]);
  const run = dueRun('a', '2026-05-01T00:00:00Z');
  const evidence = { run: run.id, pid: 7 };
  owned((await writer.claim([{ run, maxLive: 1 }]))[0]).close();
  const moments = { count: 3, firstAt: new Date(1), lastAt: new Date(2), evidence };
  const missed = dueRun('b', '2026-05-01T00:00:00Z', { status: 'missed', reason: 'asleep', ...moments });
  await writer.claim([{ run: missed }]);
  const identity = { pid: 7, start: '1', boot: 'x' };
  await writer.record({ id: run.id, status: 'running', startedAt: new Date(), process: identity });
  const end = {
    status: 'failed',
    reason: 'signal',
    signal: 'SIGKILL',
    sent: ['SIGTERM', 'SIGKILL'],
  } as const;
  await writer.record({
    id: run.id,
    ...end,
    endedAt: new Date(),
    stdoutBytes: 1,
    stderrBytes: 0,
    leftovers: 1,
  });
  await writer.close('done');
  writeSegments(join(place(), 'history'), [...(await store.runs({ limit: 5 }))]);
});
afterAll(() => rmSync(directory, { recursive: true }));

function schema(name: string): ReturnType<typeof fromJSONSchema> {
  return fromJSONSchema(JSON.parse(readFileSync(join(import.meta.dirname, '../../../schema', name), 'utf8')));
}

function linesIn(directory: string, ending: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

describe('the published schema', () => {
  it.each([
    ['journal.schema.json', () => linesIn(join(place(), 'journal'), '.jsonl'), 7],
    ['history.schema.json', () => linesIn(join(place(), 'history'), '.jsonl'), 2],
    ['definition.schema.json', () => linesIn(join(place(), 'definitions'), '.jsonl'), 2],
    ['namespace.schema.json', () => [readFileSync(join(place(), 'namespace.json'), 'utf8')], 1],
    ['format.schema.json', () => [readFileSync(join(directory, 'state/format.json'), 'utf8')], 1],
  ])('%s fits all that is written', (name, lines, count) => {
    expect(lines()).toHaveLength(count);
    for (const line of lines()) expect(schema(name).safeParse(JSON.parse(line)).error).toBeUndefined();
  });

  it.each([
    ['journal.schema.json', { t: 'run', at: '2026-05-01T00:00:00Z', w: 'x' }],
    ['history.schema.json', { id: 'x' }],
    ['namespace.schema.json', { id: 'n1' }],
  ])('%s refuses what is not', (name, value) => {
    expect(schema(name).safeParse(value).success).toBe(false);
  });
});
