/** What commander hands over, as values of ours. */
import { SETTINGS, type Settings } from '../settings/table.js';

/** Those flags that are settings. */
export function pickSettings(flags: Readonly<Record<string, unknown>>): Settings {
  return Object.fromEntries(Object.entries(flags).filter(([key]) => Object.hasOwn(SETTINGS, key)));
}
