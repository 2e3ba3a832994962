import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextClockChange, offsetAt, parseZone, placeWall } from '../../src/model/zone.js';

const HOUR = 3_600_000;

describe('zone names', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    [' UTC ', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['US/Eastern', 'US/Eastern'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('%s is %s', (text, name) => {
    expect(parseZone(text)).toBe(name);
  });

  it.each([
    ['Europe/Berln', 'Did you mean Europe/Berlin?'],
    ['berlin', 'Did you mean Europe/Berlin?'],
    ['New York', 'Did you mean America/New_York?'],
    ['UTC+2', 'Use a place such as Europe/Berlin, or Etc/GMT-2 (its sign is reversed).'],
    ['+02:00', 'Use a place such as Europe/Berlin, or Etc/GMT-2 (its sign is reversed).'],
    ['', 'Use an IANA name such as UTC, Europe/Berlin or America/New_York.'],
    ['../../etc/passwd', 'Use an IANA name such as UTC, Europe/Berlin or America/New_York.'],
    ['x'.repeat(65), 'Use an IANA name such as UTC, Europe/Berlin or America/New_York.'],
  ])('refuses %s', (text, hint) => {
    expect(() => parseZone(text)).toThrow(expect.objectContaining({ code: 'ZONE_UNKNOWN', hint }));
  });
});

describe('offsets', () => {
  it('are those that the runtime shows, at any instant of any zone', () => {
    const formats = new Map<string, Intl.DateTimeFormat>();
    const shown = (tz: string, at: Date) => {
      const format =
        formats.get(tz) ??
        new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'medium' });
      formats.set(tz, format);
      return Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at.getTime();
    };
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const instants = fc.date({
      min: new Date('1970-01-02'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zones, instants, (tz, instant) => {
        const at = new Date(Math.floor(instant.getTime() / 1000) * 1000);
        expect(offsetAt(tz, at.getTime())).toBe(shown(tz, at));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Europe/Berlin', '2026-06-01', '2026-10-25T01:00:00.000Z', 2 * HOUR, HOUR],
    ['Australia/Lord_Howe', '2026-06-01', '2026-10-03T15:30:00.000Z', 10.5 * HOUR, 11 * HOUR],
    ['Pacific/Apia', '2011-12-01', '2011-12-30T10:00:00.000Z', -10 * HOUR, 14 * HOUR],
    ['America/Noronha', '2000-10-01', '2000-10-08T02:00:00.000Z', -2 * HOUR, -HOUR],
    ['America/Noronha', '2000-10-09', '2000-10-15T01:00:00.000Z', -HOUR, -2 * HOUR],
  ])('%s changes after %s at %s', (tz, after, at, beforeMs, afterMs) => {
    expect(nextClockChange(tz, new Date(after))).toEqual({ at: new Date(at), beforeMs, afterMs });
  });

  it.each(['UTC', 'Asia/Tokyo'])('%s does not change', (tz) => {
    expect(nextClockChange(tz, new Date('2026-06-01'))).toBeUndefined();
  });
});

describe('wall times', () => {
  const wall = (text: string) => Date.parse(`${text}Z`);

  it.each([
    ['Europe/Berlin', '2026-07-01T12:00', { kind: 'exact', atMs: wall('2026-07-01T10:00'), repeated: false }],
    ['Europe/Berlin', '2026-10-25T02:30', { kind: 'exact', atMs: wall('2026-10-25T00:30'), repeated: true }],
    ['Europe/Berlin', '2026-10-25T03:00', { kind: 'exact', atMs: wall('2026-10-25T02:00'), repeated: false }],
    [
      'Europe/Berlin',
      '2026-03-29T02:30',
      {
        kind: 'gap',
        atMs: wall('2026-03-29T01:00'),
        fromWallMs: wall('2026-03-29T02:00'),
        toWallMs: wall('2026-03-29T03:00'),
      },
    ],
    [
      'Pacific/Apia',
      '2011-12-30T12:00',
      {
        kind: 'gap',
        atMs: wall('2011-12-30T10:00'),
        fromWallMs: wall('2011-12-30T00:00'),
        toWallMs: wall('2011-12-31T00:00'),
      },
    ],
  ])('in %s at %s', (tz, text, place) => {
    expect(placeWall(tz, wall(text))).toEqual(place);
  });
});
