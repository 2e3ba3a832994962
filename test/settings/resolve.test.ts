import { describe, expect, it } from 'vitest';
import { environmentLayer, type Layer, placeOf, resolveSettings } from '../../src/settings/resolve.ts';

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
    [{ zone: 'UTC' }, /file: zone is not a setting/],
    [{ quiet: 'loud' }, /file: quiet is "loud"/],
    [{ color: 'sometimes' }, /file: color is "sometimes"/],
    [{ tz: ['UTC'] }, /file: tz is \["UTC"\]/],
  ])('refuse %j, naming the place', (values, message) => {
    expect(() => resolveSettings([layer('file', values)])).toThrow(message);
  });

  it('say where they come from', () => {
    const settings = resolveSettings([
      layer('flag', { tz: 'UTC', ns: undefined }),
      environmentLayer({ SUPERTASK_TZ: 'Asia/Tokyo', SUPERTASK_NS: 'shop' }),
      layer('file', { ns: 'mine', poll: '1h' }),
    ]);
    const places = (['tz', 'ns', 'poll'] as const).map((key) => placeOf(settings, key));
    expect(places).toEqual(['flag: tz', 'SUPERTASK_NS', 'file: poll']);
    expect(placeOf({}, 'maxRunning')).toBe('--max-running');
  });

  it('are checked also where a stronger place wins', () => {
    expect(() => resolveSettings([layer('flag', { color: 'auto' }), layer('file', { color: 'x' })])).toThrow(
      /file: color/,
    );
  });
});
