/** From what the user names — a file, a directory, `-` — to the texts that are checked. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SupertaskError, systemCode } from '../../errors.js';
import { readText } from '../source.js';

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
 * Find the texts. Of a directory, all timetables and self-describing scripts in it and below; what begins with a dot,
 * and `node_modules`, is passed over.
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
  const absolute = resolve(cwd, path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return inputsBelow(absolute);
  if (SCRIPT.test(absolute)) {
    const hint = 'Name a timetable, or a Python file with a block # /// task.';
    throw new SupertaskError('USAGE', `${path} holds no schedule, so there is nothing to check`, { hint });
  }
  return [{ file: absolute, directory: dirname(absolute), text: readText(absolute) }];
}

function inputsBelow(directory: string): readonly Input[] {
  const found = filesBelow(directory).flatMap((file): Input[] => {
    if (!mayBeTimetable(file)) return [];
    const text = readText(file);
    return isTimetable(file, text) ? [{ file, directory: dirname(file), text }] : [];
  });
  if (found.length > 0) return found;
  throw new SupertaskError('FILE_NOT_FOUND', `there is no timetable in ${directory}`, {
    hint: 'A timetable has tasks: on top, a script a block # /// task. Make one: supertask init',
  });
}

/** Links to files count, links to directories are not followed. */
function filesBelow(directory: string): string[] {
  const entries = listDirectory(directory).filter(
    ({ name }) => !name.startsWith('.') && name !== 'node_modules',
  );
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? [path] : [];
  });
}

function listDirectory(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const message = `${directory} cannot be read: ${systemCode(error) ?? String(error)}`;
    throw new SupertaskError('FILE_UNREADABLE', message, { hint: 'Check its permissions.', cause: error });
  }
}

function mayBeTimetable(file: string): boolean {
  if (/\.(?:ya?ml|json|py)$/i.test(file)) return true;
  return !/\.[^./]*$/.test(file) && /^#!.*\bsupertask\b/.test(firstBytes(file));
}

function isTimetable(file: string, text: string): boolean {
  if (/(?:^|\/)supertask\.(?:ya?ml|json)$/.test(file) || text.startsWith('#!')) return true;
  if (file.endsWith('.py')) return /^[ \t]*#+[ \t]*\/\/\/[ \t]*task[ \t]*$/im.test(text);
  if (file.endsWith('.json')) return /^\s*\{/.test(text) && /"tasks"\s*:\s*[[{]/.test(text);
  return /^\{?[ \t]*["']?tasks["']?[ \t]*:/m.test(text);
}

function firstBytes(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(256);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0)).split('\n')[0] ?? '';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
