import { expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/model/size.ts';

it.each([
  ['0', 0],
  ['65536', 65_536],
  ['12 bytes', 12],
  ['64k', 65_536],
  ['1.5 MiB', 1_572_864],
  ['500MB', 500_000_000],
  ['2GiB', 2_147_483_648],
  ['1T', 1_099_511_627_776],
])('%s is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each(['', 'much', '-1', '1e3', '5 M B', '99999999TB'])('%j is refused', (text) => {
  expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'SIZE_INVALID' }));
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_572_864, '1.5 MiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
