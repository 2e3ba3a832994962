/**
 * MD5 (RFC 1321): short names for what is the same. Nothing rests on nobody being able to forge one.
 *
 * Written out because loading `node:crypto` costs a start 1.5 ms or more, and a one-shot run needs it for nothing else.
 */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
/** In round r, step s takes word FACTORS[r] × s + STARTS[r] of the block's sixteen. */
const FACTORS = [1, 5, 3, 7] as const;
const STARTS = [0, 1, 5, 0] as const;
const BLOCK = 64;
const DIGITS = '0123456789abcdef';

/** The digest of a text in UTF-8, or of bytes: 32 hexadecimal digits. */
export function md5(data: string | Uint8Array): string {
  const words = toWords(typeof data === 'string' ? Buffer.from(data) : data);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < words.length; at += 16) addBlock(state, words, at);
  let hex = '';
  for (let index = 0; index < 4; index++) hex += toHex(state[index] ?? 0);
  return hex;
}

/** The message as little-endian words, closed by a single bit and its length in bits. */
function toWords(bytes: Uint8Array): number[] {
  const { length } = bytes;
  const blocks = Math.floor((length + 8) / BLOCK) + 1;
  const words: number[] = [];
  for (let at = 0; at < blocks * BLOCK; at += 4) {
    let word = 0;
    for (let index = 3; index >= 0; index--) {
      // Behind the last byte a single bit, and then nothing.
      word = (word << 8) | (bytes[at + index] ?? (at + index === length ? 0x80 : 0));
    }
    words.push(word);
  }
  words[words.length - 2] = length << 3;
  words[words.length - 1] = Math.floor(length / 0x20000000);
  return words;
}

let sines: number[] | undefined;

function makeSines(): number[] {
  const made: number[] = [];
  for (let step = 1; step <= BLOCK; step++) made.push((Math.abs(Math.sin(step)) * 2 ** 32) | 0);
  return made;
}

function addBlock(state: number[], words: readonly number[], offset: number): void {
  sines ??= makeSines();
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  for (let step = 0; step < BLOCK; step++) {
    const round = step >> 4;
    const word = words[offset + (((FACTORS[round] ?? 0) * step + (STARTS[round] ?? 0)) % 16)] ?? 0;
    const sum = (mix(round, b, c, d) + a + (sines[step] ?? 0) + word) | 0;
    const shift = SHIFTS[(round << 2) | (step & 3)] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = ((state[0] ?? 0) + a) | 0;
  state[1] = ((state[1] ?? 0) + b) | 0;
  state[2] = ((state[2] ?? 0) + c) | 0;
  state[3] = ((state[3] ?? 0) + d) | 0;
}

function mix(round: number, b: number, c: number, d: number): number {
  switch (round) {
    case 0:
      return (b & c) | (~b & d);
    case 1:
      return (d & b) | (~d & c);
    case 2:
      return b ^ c ^ d;
    default:
      return c ^ (b | ~d);
  }
}

function toHex(word: number): string {
  let hex = '';
  for (let at = 0; at < 32; at += 8) {
    const byte = word >>> at;
    hex += `${DIGITS[(byte >> 4) & 15]}${DIGITS[byte & 15]}`;
  }
  return hex;
}
