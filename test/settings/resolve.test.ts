import { describe, expect, it } from 'vitest';
import { environmentLayer, type Layer, resolveSettings } from '../../src/settings/resolve.ts';

const layer = (name: string, values: Readonly<Record<string, unknown>>): Layer => ({
  name: (key) => `${name}: ${key}`,
  values,
});

describe('settings', () => {
  it('come from the strongest place that has them', () => {
    const layers = [
      layer('flag', { tz: 'UTC', json: undefined }),
      environmentLayer({ SUPERTASK_TZ: 'Asia/Tokyo', SUPERTASK_JSON: '1', SUPERTASK_NS: '' }),
      layer('project', { ns: 'shop', json: false, quiet: true }),
      layer('user', { ns: 'mine', color: 'never' }),
    ];
    expect(resolveSettings(layers)).toEqual({
      tz: 'UTC',
      json: true,
      ns: 'shop',
      quiet: true,
      color: 'never',
    });
  });

  it.each([
    [{ zone: 'UTC' }, /"zone" is not a setting/],
    [{ quiet: 'loud' }, /file: quiet is "loud"/],
    [{ color: 'sometimes' }, /file: color is "sometimes"/],
    [{ tz: ['UTC'] }, /file: tz is \["UTC"\]/],
  ])('refuse %j, naming the place', (values, message) => {
    expect(() => resolveSettings([layer('file', values)])).toThrow(message);
  });

  it('are checked also where a stronger place wins', () => {
    expect(() => resolveSettings([layer('flag', { color: 'auto' }), layer('file', { color: 'x' })])).toThrow(
      /file: color/,
    );
  });
});
