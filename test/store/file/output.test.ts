/** Captured bytes beyond what is kept, and on a disk that takes no more. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFile } from '../../../src/store/file/disk.js';
import { createOutputSink, OUTPUT_LIMIT } from '../../../src/store/file/output.js';
import { createOutputReader, type OutputPiece } from '../../../src/store/file/output-reader.js';
import { readOutput } from '../../../src/store/file/output-stream.js';
import { textOf } from '../conformance.js';
import { drain } from './drain.js';

const LIMIT = { headBytes: 10, tailBytes: 6 };

let directory: string;
let base: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  base = join(directory, 'run');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function pieces(): Promise<OutputPiece[]> {
  const reader = createOutputReader(base);
  return drain(reader).finally(reader.close);
}

it.each([
  ['a named pipe', (path: string) => execFileSync('mkfifo', [path]), undefined],
  ['a link to what has no end', (path: string) => symlinkSync('/dev/zero', path), undefined],
  [
    'a file that is longer than any memory',
    (path: string) => {
      writeFileSync(path, 'ROWS=3\n');
      truncateSync(path, 2 ** 40);
    },
    { ROWS: '3' },
  ],
])('of a run that made %s where it names values waits for nothing', (_, make, outputs) => {
  const sink = createOutputSink(base, createFile(`${base}.out`));
  const { namedOutput = '' } = sink;
  make(namedOutput);
  expect(sink.close().outputs).toEqual(outputs);
  expect(existsSync(namedOutput)).toBe(false);
});

it.each([
  [['0123456789'], '0123456789', false],
  [['0123456789abcdef'], '0123456789abcdef', false],
  [['0123456789abcdefg'], '0123456789\n[supertask: 1 bytes were not kept]\nbcdefg', true],
  [
    ['01234', '56789abc', 'defgh', 'ijklm', 'n'],
    '0123456789\n[supertask: 8 bytes were not kept]\nijklmn',
    true,
  ],
])('of %j keeps the first and the last bytes', async (chunks, kept, truncated) => {
  const sink = createOutputSink(base, createFile(`${base}.out`), LIMIT);
  for (const chunk of chunks) sink.write('stdout', Buffer.from(chunk));
  expect(sink.close()).toEqual({ stdoutBytes: chunks.join('').length, stderrBytes: 0, truncated });
  expect(await textOf(readOutput(base, 'stdout', 0))).toBe(kept);
  expect((await pieces()).reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(kept.length);
});

it('shares the room between both streams, and marks each that lost some', async () => {
  const sink = createOutputSink(base, createFile(`${base}.out`), LIMIT);
  for (let index = 0; index < 100; index++)
    sink.write(index % 2 === 0 ? 'stdout' : 'stderr', Buffer.from(`${index % 10}`));
  expect(sink.close()).toEqual({ stdoutBytes: 50, stderrBytes: 50, truncated: true });
  const marker = '\n[supertask: 42 bytes were not kept]\n';
  expect(await textOf(readOutput(base, 'stdout', 0))).toBe(`02468${marker}468`);
  expect(await textOf(readOutput(base, 'stderr', 0))).toBe(`13579${marker}579`);
});

it('knows the step of bytes at the end of much, and marks steps so that older readers pass over it', async () => {
  const sink = createOutputSink(base, createFile(`${base}.out`), LIMIT);
  for (const step of [1, 2, 3, 4]) {
    sink.beginStep(step);
    sink.write('stdout', Buffer.from(`step ${step}`));
  }
  sink.close();
  const bytes = new Map<number | undefined, number>();
  for (const piece of await pieces())
    bytes.set(piece.step, (bytes.get(piece.step) ?? 0) + piece.bytes.length);
  const marker = '\n[supertask: 8 bytes were not kept]\n';
  expect([...bytes]).toEqual([
    [1, 6],
    [2, 4],
    [4, marker.length + 6],
  ]);
  const lines = readFileSync(`${base}.tl`, 'utf8').split('\n');
  expect(lines.filter((line) => !/^-?\d+ [oe] \d+$/.test(line))).toEqual(['0 s 1', '0 s 2', '0 s 4', '']);
});

it('keeps 15 MiB and 1 MiB of a gigabyte, in little memory', async () => {
  const sink = createOutputSink(base, createFile(`${base}.out`));
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let index = 0; index < 256; index++) sink.write('stdout', chunk);
  expect(sink.close()).toEqual({ stdoutBytes: 256 * chunk.length, stderrBytes: 0, truncated: true });
  let bytes = 0;
  for await (const part of readOutput(base, 'stdout', 0)) bytes += part.length;
  expect(bytes).toBe(
    OUTPUT_LIMIT.headBytes + OUTPUT_LIMIT.tailBytes + '\n[supertask: 251658240 bytes were not kept]\n'.length,
  );
});

it('counts what cannot be kept, and does not throw', () => {
  const sink = createOutputSink(join(directory, 'gone', 'run'), undefined);
  sink.write('stdout', Buffer.from('abc'));
  sink.write('stderr', Buffer.from('de'));
  expect(sink.close()).toEqual({ stdoutBytes: 3, stderrBytes: 2, truncated: true });
  expect(sink.close()).toEqual({ stdoutBytes: 3, stderrBytes: 2, truncated: true });
});

it('gives what was written so far to those who follow', async () => {
  const sink = createOutputSink(base, createFile(`${base}.out`));
  sink.write('stdout', Buffer.from('first\n'));
  expect(await textOf(readOutput(base, 'stdout', 0))).toBe('first\n');
  expect(await pieces()).toMatchObject([{ stream: 'stdout', bytes: Buffer.from('first\n') }]);
  sink.write('stdout', Buffer.from('second\n'));
  expect(await textOf(readOutput(base, 'stdout', 6))).toBe('second\n');
  sink.close();
});
