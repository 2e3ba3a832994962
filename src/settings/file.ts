/** Reads settings from a file. */
import { SupertaskError } from '../errors.js';
import type { Layer } from './resolve.js';

/** @throws {SupertaskError} `SETTING_INVALID` when it cannot be read, or has something else in it. */
export async function fileLayer(path: string): Promise<Layer> {
  const { cosmiconfig } = await import('cosmiconfig');
  const found = await cosmiconfig('supertask')
    .load(path)
    .catch((cause: unknown) => {
      throw new SupertaskError('SETTING_INVALID', `${path} cannot be read as settings: ${String(cause)}`, {
        cause,
      });
    });
  const values: unknown = found?.config ?? {};
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new SupertaskError('SETTING_INVALID', `${path} is not a map of settings`, {
      hint: 'Write one setting per line, such as tz: Europe/Berlin.',
      location: { file: path },
    });
  }
  return { name: (key) => `${path}: ${key}`, values: { ...values } };
}
