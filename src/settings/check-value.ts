/** Whether a value is one that a setting can have. Pure. */
import { SupertaskError } from '../errors.js';
import { SETTINGS, type SettingName } from './table.js';

/**
 * The value as the setting has it.
 *
 * @param place - Where it was given, for messages.
 * @throws {SupertaskError} `SETTING_INVALID`
 */
export function checkValue(key: SettingName, value: unknown, place: string): unknown {
  const setting = SETTINGS[key];
  if (setting.kind === 'switch') {
    if (value === true || value === 'true' || value === '1') return true;
    if (value === false || value === 'false' || value === '0') return false;
    throw invalid(`${place} is ${JSON.stringify(value)}`, 'Use true or false.');
  }
  // A flag whose value may be left out.
  if (typeof value === 'boolean' && setting.flag.endsWith(']')) return String(value);
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalid(`${place} is ${JSON.stringify(value)}`, 'Give one value as text.');
  }
  const text = String(value);
  // Most often a variable in its place is not set: taken as it is, it would mean the directory here, or any id.
  if (text.trim() === '') throw invalid(`${place} is empty`, 'Give it a value, or leave it out.');
  if ('choices' in setting && !(setting.choices as readonly string[]).includes(text)) {
    throw invalid(`${place} is ${JSON.stringify(text)}`, `Use one of: ${setting.choices.join(', ')}.`);
  }
  return text;
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SETTING_INVALID', message, { hint });
}
