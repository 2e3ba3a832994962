/** Which value of a setting counts: flag, then environment, then project file, then user file. Pure. */
import { SupertaskError } from '../errors.js';
import { checkValue } from './check-value.js';
import { SETTINGS, type SettingName, type Settings } from './table.js';

/** One place that settings come from. */
export type Layer = {
  /** For messages: `--tz`, `SUPERTASK_TZ`, a file's path. */
  readonly name: (setting: SettingName) => string;
  readonly values: Readonly<Record<string, unknown>>;
};

/**
 * Merge layers, the strongest first.
 *
 * @throws {SupertaskError} `SETTING_INVALID` for values of the wrong kind and for unknown names.
 */
export function resolveSettings(layers: readonly Layer[]): Settings {
  const settings: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer.values)) {
      if (value === undefined) continue;
      if (!isSettingName(key)) {
        throw new SupertaskError('SETTING_INVALID', `"${key}" is not a setting`, {
          hint: `Known: ${Object.keys(SETTINGS).join(', ')}.`,
        });
      }
      const checked = checkValue(key, value, layer.name(key));
      settings[key] ??= checked;
    }
  }
  return settings as Settings;
}

/** Values from environment variables; empty ones count as not given. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS)) {
    const value = env[setting.env];
    if (value !== undefined && value !== '') values[key] = value;
  }
  return { name: (setting) => SETTINGS[setting].env, values };
}

function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}
