import { expect, it } from 'vitest';
import { jobId } from '../../src/model/job-id.ts';

it.each([
  [{}, 'close'],
  [{ country: 'US' }, 'close@country=US'],
  [{ b: '2', a: '1' }, 'close@a=1,b=2'],
  [{ country: '' }, 'close@country='],
  [{ path: '../../etc' }, 'close@path=..-..-etc~16c4f8'],
  [{ text: 'a b' }, 'close@text=a-b~130af2'],
  [{ text: 'a\nb' }, 'close@text=a-b~289bfe'],
])('%j is %s', (args, id) => {
  expect(jobId('close', args)).toBe(id);
});

it('tells long values apart, and stays a name that a file may have', () => {
  const long = 'x'.repeat(300);
  const ids = [jobId('t', { a: `${long}1` }), jobId('t', { a: `${long}2` })];
  expect(new Set(ids).size).toBe(2);
  expect(ids.map((id) => id.length)).toEqual([107, 107]);
});

it('does not depend on the order in which arguments are given', () => {
  expect(jobId('t', { a: ' ', b: '2' })).toBe(jobId('t', { b: '2', a: ' ' }));
});
