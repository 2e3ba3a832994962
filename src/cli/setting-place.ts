/** Reads what settings say; what cannot be read is told with the place that it comes from. */
import { SupertaskError } from '../errors.js';
import { placeOf } from '../settings/resolve.js';
import type { SettingName, Settings } from '../settings/table.js';

/** A setting as its reader has it; undefined where it is not given. */
export function readSetting<Key extends SettingName, Value>(
  settings: Settings,
  key: Key,
  read: (value: NonNullable<Settings[Key]>) => Value,
): Value | undefined {
  const value = settings[key];
  if (value === undefined || value === null) return undefined;
  try {
    return read(value);
  } catch (error) {
    throw placed(error, settings, key);
  }
}

/** The error with the place before what it says, where it is one that the user can mend there. */
export function placed(error: unknown, settings: Settings, key: SettingName): unknown {
  if (!(error instanceof SupertaskError)) return error;
  const place = placeOf(settings, key);
  const message = error.message.startsWith(`${place} `) ? error.message : `${place}: ${error.message}`;
  return new SupertaskError(error.code, message, { hint: error.hint, cause: error });
}
