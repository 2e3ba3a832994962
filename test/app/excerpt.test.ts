import { describe, expect, it } from 'vitest';
import { createExcerpts } from '../../src/app/check/excerpt.ts';

const plain = (text: string): string => text;

describe('an excerpt', () => {
  it('marks the word that is meant, or the quoted text', () => {
    const excerptOf = createExcerpts('\uFEFFa: {\r\n  wehn: "every 1h", b}', plain);
    expect(excerptOf(2, 3)).toEqual({ text: '  wehn: "every 1h", b}', mark: { at: 2, length: 4 } });
    expect(excerptOf(2, 9)).toEqual({ text: '  wehn: "every 1h", b}', mark: { at: 8, length: 10 } });
    expect(excerptOf(2, undefined)).toEqual({ text: '  wehn: "every 1h", b}' });
    expect(excerptOf(3, 1)).toBeUndefined();
    expect(excerptOf(undefined, undefined)).toBeUndefined();
  });

  it('marks a template as a whole', () => {
    const text = 'run: echo $${{ a }} ${{ params["}"] }}.';
    const mark = { at: 20, length: 18 };
    expect(createExcerpts(text, plain)(1, 21)).toEqual({ text, mark });
  });

  it('marks the place that is left of it where a secret stands before', () => {
    const excerptOf = createExcerpts('{"API_TOKEN": "hunter2hunter2", "wehn": 1}', plain);
    const text = '{"API_TOKEN": ***, "wehn": 1}';
    expect(excerptOf(1, 33)).toEqual({ text, mark: { at: text.indexOf('"wehn'), length: 6 } });
    expect(excerptOf(1, 20)?.text).toBe(text);
  });

  it('of a long line with a secret has no mark, and no secret', () => {
    const filler = '"a": 1, '.repeat(2_000);
    const excerptOf = createExcerpts(`{${filler}"password": "hunter2hunter2", "wehn": 1}`, plain);
    expect(excerptOf(1, 16_035)).toEqual({ text: `{${filler}"password": ***, "wehn": 1}` });
  });

  it('of a long line without one is marked however many there are', () => {
    const excerptOf = createExcerpts(`{${'"a": 1, '.repeat(100_000)}}`, plain);
    const places = Array.from({ length: 100_000 }, (_, index) => index * 8 + 1);
    expect(places.filter((at) => excerptOf(1, at + 1)?.mark?.at !== at)).toEqual([]);
  });
});
