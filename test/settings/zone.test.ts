import { lstatSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemZone } from '../../src/settings/zone.ts';

const isLinked = lstatSync('/etc/localtime', { throwIfNoEntry: false })?.isSymbolicLink() === true;

describe('the zone that TZ stands for', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    [':Europe/Berlin', 'Europe/Berlin'],
    ['US/Eastern', expect.stringMatching(/^US\/Eastern$|^America\/New_York$/)],
    ['', 'UTC'],
    [':', 'UTC'],
    ['UTC0', 'UTC'],
    ['GMT-0', expect.stringMatching(/^GMT-0$|^UTC$/)],
    [':/usr/share/zoneinfo/Asia/Tokyo', 'Asia/Tokyo'],
    ['/usr/share/zoneinfo/posix/Asia/Tokyo', 'Asia/Tokyo'],
    ['right/Asia/Tokyo', 'Asia/Tokyo'],
    ['asia/tokyo', 'Asia/Tokyo'],
  ])('%j is %j', (given, zone) => {
    expect(systemZone({ TZ: given })).toEqual(zone);
  });

  it.skipIf(!isLinked)('is that of /etc/localtime where it names that', () => {
    const [, zone] = readlinkSync('/etc/localtime').split('/zoneinfo/');
    expect([systemZone({}), systemZone({ TZ: ':/etc/localtime' })]).toEqual([zone, zone]);
  });

  it.each(['Mars/Base', 'CET-1CEST,M3.5.0,M10.5.0/3', '<+03>-3', '/nowhere', '+02:00', 'Factory', '../x'])(
    'is none for %j, and that is said',
    (given) => {
      expect(() => systemZone({ TZ: given })).toThrow(
        `TZ is ${JSON.stringify(given)}, which is no time zone name`,
      );
    },
  );
});
