import { describe, expect, it } from 'vitest';
import { createSseReader } from '../../../src/web/api/sse.js';

const STREAM =
  'retry: 2000\n\n: hello\nid: 7\nevent: run\ndata: {"a":1}\n\ndata: first\ndata: second\n\n: beat\nid: 9\n\n';

describe('a stream of server-sent events', () => {
  it('is read into events, each with the newest id', () => {
    const reader = createSseReader();
    expect(reader.push(STREAM)).toEqual([
      { id: '7', event: 'run', data: '{"a":1}' },
      { id: '7', event: 'message', data: 'first\nsecond' },
    ]);
    expect(reader.retryMs).toBe(2_000);
  });

  it('goes on from an id that came without an event', () => {
    const reader = createSseReader('3');
    reader.push('event: run\ndata: x\n\n');
    expect(reader.lastId).toBe('3');
    reader.push('id: 9\n\n');
    expect(reader.lastId).toBe('9');
  });

  it('does not go on from an event that is not complete', () => {
    const reader = createSseReader('3');
    reader.push('id: 4\ndata: half');
    expect(reader.lastId).toBe('3');
  });

  it.each(['\n', '\r\n', '\r'])('is the same wherever it is cut, with lines that end with %j', (end) => {
    const text = STREAM.replaceAll('\n', end);
    const whole = createSseReader().push(`${text}x`);
    for (let at = 1; at < text.length; at++) {
      const reader = createSseReader();
      expect([...reader.push(text.slice(0, at)), ...reader.push(`${text.slice(at)}x`)]).toEqual(whole);
    }
  });
});
