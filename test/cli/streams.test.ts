import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createStreams } from '../../src/cli/streams.ts';

/** Takes one chunk at a time, when it is told to. */
function reader() {
  const taken: string[] = [];
  const next: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      taken.push(String(chunk));
      next.push(done);
    },
  });
  const read = async () => {
    for (let take = next.shift(); take !== undefined; take = next.shift()) {
      take();
      await new Promise(setImmediate);
    }
  };
  return { stream, taken, read };
}

describe('the streams of the program', () => {
  it('make everybody wait for a slow reader with one ear', async () => {
    const { stream, taken, read } = reader();
    const { write, flush } = createStreams(undefined, { stdout: stream, stderr: stream });
    const waits = Array.from({ length: 50 }, (_, index) => write('stdout', `${index}`));
    expect(waits.every((wait) => wait !== undefined)).toBe(true);
    expect(stream.listenerCount('drain')).toBe(1);
    await read();
    await Promise.all([...waits, flush()]);
    expect(taken).toHaveLength(50);
    expect(stream.listenerCount('drain')).toBe(0);
    const again = write('stdout', 'again');
    expect(again).toBeDefined();
    await read();
    await again;
    expect(taken.at(-1)).toBe('again');
  });

  it('make nobody wait for a reader that is gone', async () => {
    const { stream } = reader();
    const broken: string[] = [];
    const { write, flush } = createStreams((name) => broken.push(name), { stdout: stream, stderr: stream });
    const wait = write('stderr', 'unread');
    stream.destroy(new Error('EPIPE'));
    await wait;
    await flush();
    expect(write('stderr', 'more')).toBeUndefined();
    expect(broken).toEqual(['stderr']);
  });

  it('make nobody wait for a reader that does not read, once it is given up', async () => {
    const { stream, taken } = reader();
    const { write, flush, abandon } = createStreams(undefined, { stdout: stream, stderr: stream });
    const wait = write('stdout', 'unread');
    const flushed = flush();
    abandon();
    await Promise.all([wait, flushed]);
    expect(write('stdout', 'more')).toBeUndefined();
    await flush();
    expect([taken, stream.writableLength, stream.listenerCount('drain')]).toEqual([['unread'], 6, 0]);
  });
});
