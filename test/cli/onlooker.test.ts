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
  const streams = createStreams(undefined, { stdout: stream, stderr: stream });
  const read = async (): Promise<void> => {
    while (stream.writableLength > 0) {
      take();
      await new Promise(setImmediate);
    }
  };
  const missed: string[] = [];
  const note = (name: string, bytes: number) => void missed.push(`${name} ${bytes}`);
  return { ...createOnlooker(streams, note, 1), taken, missed, read };
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
    const { write, isBehind, taken, missed, read } = onlooker();
    await write('stdout', KIB);
    for (let count = 1; count < 1024; count++) expect(write('stdout', KIB)).toBeUndefined();
    for (let count = 0; count < 100; count++) expect(write('stdout', KIB)).toBeUndefined();
    expect(isBehind('stdout')).toBe(true);
    await read();
    expect(taken).toHaveLength(1024);
    expect(missed).toEqual(['stdout 102400']);
    const patience = write('stdout', 'again');
    expect(patience).toBeDefined();
    await read();
    await patience;
    expect(taken.at(-1)).toBe('again');
  });

  it('is waited for as long as anything is taken, and again when something is', async () => {
    let taken = 0;
    let more = 5;
    const streams = {
      write: () => new Promise<void>(() => {}),
      backlog: () => ({ bytes: 2 ** 30, taken: more-- > 0 ? ++taken : taken }),
    };
    const missed = (): void => {};
    const { write } = createOnlooker(streams, missed, 1);
    await write('stdout', 'slowly');
    expect(taken).toBe(5);
    expect(write('stdout', 'stalled')).toBeUndefined();
    more = 1;
    expect(write('stdout', 'again')).toBeDefined();
  });
});
