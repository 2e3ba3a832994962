import { expect, it } from 'vitest';
import { mergeFirst } from '../../../src/web/api/merge-first.js';

const merge = (known: string, first: string) => mergeFirst([...known], [...first], (item) => item).join('');

it.each([
  ['nothing known yet', '', 'abc', 'abc'],
  ['nothing new', 'abcdef', 'abc', 'abcdef'],
  ['new ones push others off the first page', 'abcdef', 'xab', 'xabcdef'],
  ['one of the first page is gone', 'abcdef', 'acd', 'acdef'],
  ['all of the first page is new', 'abcdef', 'xyz', 'xyz'],
  ['there is nothing any more', 'abc', '', ''],
])('%s', (_, known, first, expected) => {
  expect(merge(known, first)).toBe(expected);
});
