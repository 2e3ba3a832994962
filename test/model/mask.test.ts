import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask, secretForms } from '../../src/model/mask.ts';

const SECRET = 'hunter2/+ü"\'x';
/** Of each kind that some writer of JSON gives by its code. */
const EACH_ESCAPED = 'zür/<a&b>=\'"+\\\t\u001b';

/** The stream's answer to chunks, joined. */
function masked(secrets: readonly string[], chunks: readonly Buffer[]): Buffer {
  const stream = createMask(secrets).stream();
  return Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.end()]);
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

/** What the words of the port mean, done slowly: every place where a form stands, overlapping ones as one. */
function reference(secrets: readonly string[], bytes: Buffer): Buffer {
  const forms = secrets.flatMap(secretForms).map((form) => Buffer.from(form));
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start < bytes.length; start++) {
    for (const form of forms) {
      const { length } = form;
      if (!bytes.subarray(start, start + length).equals(form)) continue;
      const last = spans.at(-1);
      if (last !== undefined && start < last.end) last.end = Math.max(last.end, start + length);
      else spans.push({ start, end: start + length });
    }
  }
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    pieces.push(bytes.subarray(from, start), Buffer.from('***'));
    from = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

describe('a secret is hidden', () => {
  it.each([
    ['as it is', `a ${SECRET} b`, 'a *** b'],
    ['twice', `${SECRET}${SECRET}`, '******'],
    ['in a URL', `?q=${encodeURIComponent(SECRET)}&x`, '?q=***&x'],
    ['in a form', new URLSearchParams({ q: SECRET }).toString(), 'q=***'],
    ['in JSON', JSON.stringify({ q: SECRET }), '{"q":"***"}'],
    ['in base64', `: ${Buffer.from(SECRET).toString('base64')}.`, ': ***.'],
    ['in base64url', `: ${Buffer.from(SECRET).toString('base64url')}.`, ': ***.'],
  ])('%s', (_, text, expected) => {
    expect(createMask([SECRET]).text(text)).toBe(expected);
  });

  it.each([
    ['Python', 'z\\u00fcr/<a&b>=\'"+\\\\\\t\\u001b'],
    ['PHP', 'z\\u00fcr\\/<a&b>=\'"+\\\\\\t\\u001b'],
    ['Go', 'zür/\\u003ca\\u0026b\\u003e=\'"+\\\\\\t\\u001b'],
    ['Gson', 'zür/\\u003ca\\u0026b\\u003e\\u003d\\u0027"+\\\\\\t\\u001b'],
    ['capital digits', 'zür/<a&b>=\'"+\\\\\\t\\u001B'],
  ])('in the JSON of %s', (_, json) => {
    const written = `{"q":"${json.replaceAll('"', '\\"')}"}`;
    expect(JSON.parse(written)).toEqual({ q: EACH_ESCAPED });
    expect(createMask([EACH_ESCAPED]).text(written)).toBe('{"q":"***"}');
  });

  it('in the JSON of .NET', () => {
    const written = '{"q":"z\\u00FCr/\\u003Ca\\u0026b\\u003E=\\u0027\\u0022\\u002B\\\\\\t\\u001B"}';
    expect(JSON.parse(written)).toEqual({ q: EACH_ESCAPED });
    expect(createMask([EACH_ESCAPED]).text(written)).toBe('{"q":"***"}');
  });

  it('in JSON, with characters of two units, and an escape of its own in it', () => {
    const secret = 'p\\u00E4ss-😀';
    expect(createMask([secret]).text('"p\\\\u00E4ss-\\uD83D\\uDE00"')).toBe('"***"');
  });

  it.each(['', 'u', 'us', 'user:'])('in the base64 of something longer, after %j', (before) => {
    const encoded = Buffer.from(`${before}${SECRET}:and more`).toString('base64');
    const text = createMask([SECRET]).text(encoded);
    expect(text).toContain('***');
    // At most the letters that it shares with its neighbours are left.
    const known = Buffer.from(text.replace('***', ''), 'base64').toString('latin1');
    for (let at = 0; at + 3 <= SECRET.length; at++) expect(known).not.toContain(SECRET.slice(at, at + 3));
  });

  it('line by line, and as a whole, where it has several', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n';
    expect(createMask([key]).text(key)).toBe('***\n');
    expect(createMask([key]).text(key.replaceAll('\n', '\r\n'))).toBe('***\r\n***\r\n***\r\n***\r\n');
    expect(createMask([key]).text(`  ${key.split('\n')[1]}`)).toBe('  ***');
  });

  it('where one is the beginning of another', () => {
    const mask = createMask(['abcdefgh', 'abcdefghijkl']);
    expect(mask.text('abcdefghijkl abcdefghij')).toBe('*** ***ij');
    expect(
      masked(['abcdefgh', 'abcdefghijkl'], [Buffer.from('abcdefgh'), Buffer.from('ijkl')]).toString(),
    ).toBe('***');
  });
});

describe('what is not secret', () => {
  it('is given without a copy', () => {
    const chunk = Buffer.from('nothing to see here\n');
    const given = createMask([SECRET]).stream().push(chunk);
    expect([given.buffer, given.byteOffset, given.length]).toEqual([
      chunk.buffer,
      chunk.byteOffset,
      chunk.length,
    ]);
    const text = 'nothing';
    expect(createMask([SECRET]).text(text)).toBe(text);
  });

  it('is not held back longer than it may be the beginning of a secret', () => {
    const stream = createMask(['password-1']).stream();
    expect(stream.push(Buffer.from('progress: 50% pass')).toString()).toBe('progress: 50% ');
    expect(stream.push(Buffer.from('ed\n')).toString()).toBe('passed\n');
    expect(stream.push(Buffer.from('password-')).toString()).toBe('');
    expect(stream.end().toString()).toBe('password-');
  });

  it('does not grow in memory, whatever comes', () => {
    const stream = createMask(['aaaaaaaa']).stream();
    const given = Array.from({ length: 1000 }, () => stream.push(Buffer.alloc(1000, 'a')));
    // One row of overlapping secrets is one secret, whose stars were given at the start.
    expect(Buffer.concat(given).toString()).toBe('***');
    expect(stream.end().toString()).toBe('');
  });

  it('may be anything but text', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0x00, 0xc3]),
      Buffer.from(SECRET),
      Buffer.from([0xc3, 0x28]),
    ]);
    expect(masked([SECRET], [bytes])).toEqual(Buffer.from([0xff, 0x00, 0xc3, 0x2a, 0x2a, 0x2a, 0xc3, 0x28]));
  });
});

describe('however a stream is cut', () => {
  // Few letters, so that secrets overlap, begin each other and begin at the end of a chunk.
  const secret = fc.string({ unit: fc.constantFrom('a', 'b', '%'), minLength: 8, maxLength: 12 });
  const noise = fc.string({ unit: fc.constantFrom('a', 'b', '%', ' '), maxLength: 12 });

  it('the same is hidden, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(noise, fc.nat(), fc.nat({ max: 12 })), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (secrets, parts, places) => {
          const text = parts.map(
            ([before, which, length]) => before + secrets[which % secrets.length]?.slice(0, length),
          );
          const bytes = Buffer.from(text.join(''));
          expect(masked(secrets, cut(bytes, places)).toString()).toBe(reference(secrets, bytes).toString());
        },
      ),
      { numRuns: 500 },
    );
  });

  it('no form of a secret comes through', () => {
    const value = fc
      .string({ unit: 'binary', minLength: 8, maxLength: 40 })
      .filter((text) => text.trim().length >= 8);
    fc.assert(
      fc.property(
        value,
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 20 }),
        (text, around, which, places) => {
          const forms = secretForms(text);
          const form = Buffer.from(forms[which % forms.length] ?? '');
          const bytes = Buffer.concat([around, form, around]);
          const clean = masked([text], cut(bytes, places));
          expect(clean.includes(form)).toBe(false);
        },
      ),
    );
  });

  it('bytes without a secret are the same bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (given, places) => {
          const bytes = Buffer.from(given);
          expect(masked(['correct horse battery staple'], cut(bytes, places))).toEqual(bytes);
        },
      ),
    );
  });
});
