/** Captured bytes read piece by piece, while they are written. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Stream } from '../../../src/model/event.js';
import { createFile } from '../../../src/store/file/disk.js';
import { createOutputSink } from '../../../src/store/file/output.js';
import { createOutputReader, type OutputPiece } from '../../../src/store/file/output-reader.js';
import { drain } from './drain.js';

let directory: string;
let base: string;
let count = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  base = join(directory, 'run');
});
afterEach(() => rmSync(directory, { recursive: true }));

function textOf(pieces: readonly OutputPiece[], stream?: Stream): string {
  const wanted = pieces.filter((piece) => stream === undefined || piece.stream === stream);
  return Buffer.concat(wanted.map(({ bytes }) => bytes)).toString();
}

const action = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    stream: fc.constantFrom<Stream>('stdout', 'stderr'),
    text: fc.string({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('step' as const) }),
  fc.record({ kind: fc.constant('read' as const), most: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);

it('gives each byte once, of its stream and step, however it is read while it is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const path = `${base}${count++}`;
      const sink = createOutputSink(path, createFile(`${path}.out`));
      const written: Record<Stream, string> = { stdout: '', stderr: '' };
      const steps: Record<Stream, (number | undefined)[]> = { stdout: [], stderr: [] };
      const read: OutputPiece[] = [];
      let step = 0;
      let reader = createOutputReader(path);
      for (const each of actions) {
        if (each.kind === 'write') {
          sink.write(each.stream, Buffer.from(each.text));
          written[each.stream] += each.text;
          for (const _ of Buffer.from(each.text)) steps[each.stream].push(step === 0 ? undefined : step);
        }
        if (each.kind === 'step') sink.beginStep(++step);
        const piece = each.kind === 'read' ? await reader.next(each.most) : undefined;
        if (piece !== undefined) read.push(piece);
        if (each.kind !== 'reopen') continue;
        reader.close();
        const known = { stdout: 0, stderr: 0 };
        for (const { stream, from, bytes } of read) known[stream] = from + bytes.length;
        reader = createOutputReader(path, { from: known });
      }
      sink.close();
      read.push(...(await drain(reader)));
      reader.close();
      for (const stream of ['stdout', 'stderr'] as const) {
        expect(textOf(read, stream)).toBe(written[stream]);
        let end = 0;
        for (const piece of read.filter((one) => one.stream === stream)) {
          expect(piece.from).toBe(end);
          expect(piece.bytes.length).toBeGreaterThan(0);
          const of = steps[stream].slice(end, end + piece.bytes.length);
          expect(of).toEqual(of.map(() => piece.step));
          end += piece.bytes.length;
        }
      }
    }),
    { numRuns: 200 },
  );
});

it('gives what is not noted yet as it was last written, and not again when it is', async () => {
  const sink = createOutputSink(base, createFile(`${base}.out`));
  sink.write('stdout', Buffer.from('begun'));
  const reader = createOutputReader(base);
  const [piece, ...others] = await drain(reader);
  expect([piece?.at, piece?.bytes.toString(), others]).toEqual([statSync(`${base}.out`).mtime, 'begun', []]);
  sink.write('stdout', Buffer.from(' ended'));
  sink.close();
  expect(textOf(await drain(reader))).toBe(' ended');
  reader.close();
});

it('keeps the order of both streams, and passes over what is not wanted', async () => {
  writeFileSync(`${base}.out`, 'ACE');
  writeFileSync(`${base}.err`, 'BD');
  writeFileSync(`${base}.tl`, '1000 o 1\n5 e 1\n5 o 1\n5 e 1\n5 o 1\n');
  const both = createOutputReader(base);
  const pieces = await drain(both);
  expect(textOf(pieces)).toBe('ABCDE');
  expect(pieces.map(({ at }) => at.getTime())).toEqual([1000, 1005, 1010, 1015, 1020]);
  both.close();
  const one = createOutputReader(base, { streams: ['stderr'] });
  expect(textOf(await drain(one))).toBe('BD');
  one.close();
  const later = createOutputReader(base);
  await later.skip(2);
  expect(textOf(await drain(later))).toBe('CDE');
  later.close();
});

it('cuts what is long into pieces of 64 KiB, and gives what there is where more was noted', async () => {
  writeFileSync(`${base}.out`, Buffer.alloc(200_000, 'x'));
  writeFileSync(`${base}.tl`, '1000 o 200000\n5 o 7\n5 e 9\nnonsense\n');
  const reader = createOutputReader(base);
  expect((await drain(reader)).map(({ bytes }) => bytes.length)).toEqual([65_536, 65_536, 65_536, 3_392]);
  expect(reader.sizes()).toEqual({ stdout: 200_000, stderr: 0 });
  reader.close();
});

it('reads on to the end of what is removed meanwhile, and knows when there is nothing', async () => {
  writeFileSync(`${base}.out`, 'abc');
  const reader = createOutputReader(base);
  expect(textOf(await drain(reader, 1).then((pieces) => pieces.slice(0, 1)))).toBe('a');
  expect(reader.sizes()).toEqual({ stdout: 3, stderr: 0 });
  reader.close();
  expect(await reader.next()).toBeUndefined();
  const none = createOutputReader(join(directory, 'other'));
  expect([none.sizes(), await none.next()]).toEqual([undefined, undefined]);
  none.close();
});
