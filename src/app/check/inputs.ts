/** From what the user names — a file, a directory, `-` — to the texts that are checked. */
import { dirname, resolve } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { findTimetables } from '../directory.js';
import { refuseScheme } from '../file-source.js';
import { isDirectory, readText } from '../text-file.js';

export type Input = {
  /** Absolute path, or `<stdin>`. */
  readonly file: string;
  /** What relative paths in it count from. */
  readonly directory: string;
  readonly text: string;
};

const STDIN = '<stdin>';
const SCRIPT = /\.(?:js|mjs|cjs|ts|mts|cts)$/;

/**
 * Find the texts. Of a directory, all timetables and self-describing scripts in it and below, as `run` does.
 *
 * @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, also for a directory without any; `USAGE` for what
 *   cannot be checked.
 */
export async function findInputs(
  path: string,
  cwd: string,
  readInput: () => Promise<string>,
): Promise<readonly Input[]> {
  if (path === '-') return [{ file: STDIN, directory: cwd, text: await readInput() }];
  if (/^https?:\/\//i.test(path)) {
    const hint = `Let another program fetch it: curl -fsS ${path} | supertask check -`;
    throw new SupertaskError('USAGE', `${path} is a URL, and check reads files`, { hint });
  }
  await refuseScheme(path);
  const absolute = resolve(cwd, path);
  if (isDirectory(absolute))
    return findTimetables(absolute).map((found) => ({ ...found, directory: dirname(found.file) }));
  if (SCRIPT.test(absolute)) {
    const hint = 'Name a timetable, or a Python file with a block # /// task.';
    throw new SupertaskError('USAGE', `${path} holds no schedule, so there is nothing to check`, { hint });
  }
  return [{ file: absolute, directory: dirname(absolute), text: readText(absolute) }];
}
