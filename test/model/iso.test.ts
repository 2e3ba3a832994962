import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoText } from '../../src/model/iso.js';

describe('an instant as text', () => {
  it('is what toISOString gives', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => isoText(date) === date.toISOString()),
      { numRuns: 2_000 },
    );
    const edges = ['1970-01-01T00:00:00.000Z', '2026-12-31T23:59:59.009Z', '9999-12-31T23:59:59.099Z'];
    for (const text of edges) expect(isoText(new Date(text))).toBe(text);
  });

  it('is none for what is no date', () => {
    expect(() => isoText(new Date(Number.NaN))).toThrow(RangeError);
  });
});
