import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { md5 } from '../../src/model/md5.js';

const reference = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');

describe('md5', () => {
  // RFC 1321, appendix A.5
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      '57edf4a22be3c955ac49da2e2107b67a',
    ],
  ])('of %j is %s', (text, digest) => {
    expect(md5(text)).toBe(digest);
  });

  it('is what OpenSSL says, at every length around the end of a block', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
      expect(md5(bytes)).toBe(reference(bytes));
    }
  });

  it('is what OpenSSL says for any text and any part of a buffer', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(8),
        (text, bytes, from) => {
          expect(md5(text)).toBe(reference(text));
          expect(md5(bytes.subarray(from))).toBe(reference(bytes.subarray(from)));
        },
      ),
    );
  });
});
