import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOnlooker } from '../../src/cli/onlooker.ts';
import { createStreams } from '../../src/cli/streams.ts';

const KIB = 'x'.repeat(1024);

/** Takes what is written when it is told to, and stalls in no time. */
function onlooker() {
  const taken: string[] = [];
  let take = (): void => {};
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      taken.push(String(chunk));
      take = done;
    },
  });
  const { write } = createStreams(undefined, { stdout: stream, stderr: stream });
  const read = async (): Promise<void> => {
    while (stream.writableLength > 0) {
      take();
      await new Promise(setImmediate);
    }
  };
  return { ...createOnlooker(write, 1), taken, read };
}

describe('an onlooker', () => {
  it('is waited for while reading', async () => {
    const { write, isBehind, taken, read } = onlooker();
    const patience = write('stdout', 'a');
    expect(patience).toBeDefined();
    expect(isBehind('stdout')).toBe(true);
    await read();
    await patience;
    expect([taken, isBehind('stdout')]).toEqual([['a'], false]);
  });

  it('who has stopped reading holds up nobody, and is told how much was left out', async () => {
    const { write, isBehind, taken, read } = onlooker();
    await write('stdout', KIB);
    for (let count = 1; count < 1024; count++) expect(write('stdout', KIB)).toBeUndefined();
    for (let count = 0; count < 100; count++) expect(write('stdout', KIB)).toBeUndefined();
    expect(isBehind('stdout')).toBe(true);
    await read();
    expect(taken.filter((text) => text === KIB)).toHaveLength(1024);
    await read();
    expect(taken.at(-1)).toMatch(
      /^supertask: warning: 102400 bytes were not written to stdout, which nobody read/,
    );
    const patience = write('stdout', 'again');
    expect(patience).toBeDefined();
    await read();
    await patience;
    expect(taken.at(-1)).toBe('again');
  });
});
