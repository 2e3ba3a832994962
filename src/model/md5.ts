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

/** The digest of a text in UTF-8, or of bytes: 32 hexadecimal digits. */
export function md5(data: string | Uint8Array): string {
  const words = toWords(typeof data === 'string' ? Buffer.from(data) : data);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < words.length; at += 16) addBlock(state, words, at);
  return [...state].map(toHex).join('');
}

/** The message as little-endian words, closed by a single bit and its length in bits. */
function toWords(bytes: Uint8Array): Int32Array {
  const blocks = Math.floor((bytes.length + 8) / BLOCK) + 1;
  const words = new Int32Array(blocks * 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) words[at >> 2] = view.getInt32(at, true);
  let rest = 0x80;
  for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8) | (bytes[at] ?? 0);
  words[whole >> 2] = rest;
  words[words.length - 2] = bytes.length << 3;
  words[words.length - 1] = Math.floor(bytes.length / 0x20000000);
  return words;
}

let sines: Int32Array | undefined;

function addBlock(state: Int32Array, words: Int32Array, offset: number): void {
  sines ??= Int32Array.from({ length: BLOCK }, (_, index) => (Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0);
  let [a = 0, b = 0, c = 0, d = 0] = state;
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
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
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
  for (let at = 0; at < 32; at += 8) hex += ((word >>> at) & 0xff).toString(16).padStart(2, '0');
  return hex;
}
