/** Pieces of output as JSON: text where they are text, whatever was cut where. Pure. */
import { isUtf8 } from 'node:buffer';
import type { Stream } from '../model/event.js';
import type { Json } from '../model/json.js';
import type { OutputPiece } from '../store/file/store.js';

/** Joins characters of several bytes of which a part came earlier. */
export type Joiner = {
  /** What is whole by now. */
  add(piece: OutputPiece): readonly OutputPiece[];
  /** Beginnings of characters whose end never came. */
  rest(): readonly OutputPiece[];
};

/** @param isCut - It does not begin where the streams do: ends of characters whose beginning is not there are left out. */
export function createJoiner({ isCut }: { readonly isCut: boolean }): Joiner {
  const open = new Map<Stream, OutputPiece>();
  const begun = new Set<Stream>();
  return {
    add(given) {
      const whole: OutputPiece[] = [];
      const before = open.get(given.stream);
      open.delete(given.stream);
      const isSame = before !== undefined && before.step === given.step;
      if (before !== undefined && !isSame) whole.push(before);
      const { bytes, from } = isSame
        ? { bytes: Buffer.concat([before.bytes, given.bytes]), from: before.from }
        : given;
      const start = isCut && !begun.has(given.stream) && from > 0 ? continuedBytes(bytes) : 0;
      begun.add(given.stream);
      const end = bytes.length - openBytes(bytes);
      if (end > start) whole.push({ ...given, from: from + start, bytes: bytes.subarray(start, end) });
      if (end < bytes.length)
        open.set(given.stream, { ...given, from: from + end, bytes: bytes.subarray(end) });
      return whole;
    },
    rest() {
      const rest = [...open.values()];
      open.clear();
      return rest;
    },
  };
}

/** Bytes that are not UTF-8 are given in base64. */
export function pieceRecord({ at, stream, step, from, bytes }: OutputPiece): Readonly<Record<string, Json>> {
  return {
    at: at.toISOString(),
    stream,
    ...(step === undefined ? {} : { step }),
    from,
    ...(isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') }),
  };
}

/** How many bytes at the end begin a character that is longer. */
function openBytes(bytes: Buffer): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return byte < 0xf8 && length > count ? count : 0;
  }
  return 0;
}

/** How many bytes at the beginning end a character. */
function continuedBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && count < bytes.length && isContinuation(bytes[count] ?? 0)) count += 1;
  return count;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
