/** Names that nobody else has. Random, but no secrets: V8's generator starts from the system's entropy, and is there. */

/** So many random hexadecimal digits. Loading `node:crypto` for this would cost a start 1.5 ms. */
export function randomHex(digits: number): string {
  let hex = '';
  while (hex.length < digits) {
    hex += Math.floor(Math.random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return hex.slice(0, digits);
}
