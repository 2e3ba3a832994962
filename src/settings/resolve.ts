/** Which value of a setting counts: flag, then environment, then project file, then user file. Pure. */
import { SupertaskError } from '../errors.js';
import { checkValue } from './check-value.js';
import { SETTINGS, type SettingName, type Settings } from './table.js';

/** One place that settings come from. */
export type Layer = {
  /** For messages: `--tz`, `SUPERTASK_TZ`, a file's path. */
  readonly name: (setting: string) => string;
  readonly values: Readonly<Record<string, unknown>>;
};

/** Where settings that were merged come from. */
const places = new WeakMap<Settings, ReadonlyMap<string, string>>();

/** Where a setting was given, for messages; the flag where that is not known. */
export function placeOf(settings: Settings, key: SettingName): string {
  return places.get(settings)?.get(key) ?? flagOf(key);
}

/** `--tz` */
export function flagOf(key: SettingName): string {
  return SETTINGS[key].flag.split(/ [<[]/)[0] ?? key;
}

/**
 * Merge layers, the strongest first.
 *
 * @throws {SupertaskError} `SETTING_INVALID` for values of the wrong kind and for unknown names.
 */
export function resolveSettings(layers: readonly Layer[]): Settings {
  const settings: Record<string, unknown> = {};
  const from = new Map<string, string>();
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer.values)) {
      if (value === undefined) continue;
      if (!isSettingName(key)) {
        throw new SupertaskError('SETTING_INVALID', `${layer.name(key)} is not a setting`, {
          hint: `Known: ${Object.keys(SETTINGS).join(', ')}.`,
        });
      }
      const checked = checkValue(key, value, layer.name(key));
      if (settings[key] === undefined) from.set(key, layer.name(key));
      settings[key] ??= checked;
    }
  }
  places.set(settings, from);
  return settings as Settings;
}

/** Values from environment variables; empty ones count as not given. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS)) {
    const value = env[setting.env];
    if (value !== undefined && value !== '') values[key] = value;
  }
  return { name: (setting) => (isSettingName(setting) ? SETTINGS[setting].env : setting), values };
}

function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}
