/** What of a directory counts as a timetable: one rule for `run`, `check` and the watch. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SupertaskError, systemCode } from '../errors.js';

export type Tree = {
  /** Files that are timetables, or may become one when they are edited; absolute, sorted. */
  readonly files: readonly string[];
  /** The directory and those below it; absolute. */
  readonly directories: readonly string[];
};

/** Whether a file is a timetable shows in so much of it, where it is too large to be one. */
const BEGINNING_BYTES = 64 * 1024;

/**
 * List a directory and what is below it. Links to files count, links to directories are not followed; what begins with
 * a dot, `node_modules`, virtual environments of Python and copies that editors leave are passed over.
 *
 * @throws {SupertaskError} `FILE_UNREADABLE`
 */
export function listTree(directory: string): Tree {
  const files: string[] = [];
  const directories: string[] = [];
  // By hand rather than by recursion: they may be nested deeply.
  const open = [directory];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    directories.push(next);
    for (const entry of listDirectory(next)) {
      const path = join(next, entry.name);
      if (isPassedOver(entry.name)) continue;
      if (entry.isDirectory() && !existsSync(join(path, 'pyvenv.cfg'))) open.push(path);
      if (!entry.isDirectory() && isFile(path) && mayBeTimetable(path)) files.push(path);
    }
  }
  return { files: files.sort(byCode), directories };
}

/** Whether a file that `listTree` names is a timetable as it stands. */
export function isTimetable(file: string, text: string): boolean {
  if (/(?:^|\/)supertask\.(?:ya?ml|json)$/.test(file) || isOwnScript(text)) return true;
  if (/\.py$/i.test(file)) return /^[ \t]*#+[ \t]*\/\/\/[ \t]*task[ \t]*$/im.test(text);
  if (/\.json$/i.test(file))
    return /^\s*\{/.test(text) ? /"tasks"\s*:\s*[[{]/.test(text) : isJobList(text, /^\s*\[/);
  return /^(?:\{[ \t]*)?["']?tasks["']?[ \t]*:/m.test(text) || isJobList(text, /^(?:\s*(?:#.*|---)?\n)*[-[]/);
}

/** The same for a text that is not read yet, and may be too large to be. */
export function beginningOf(file: string): string {
  return readBeginning(file, BEGINNING_BYTES);
}

/** APScheduler's: a list of jobs, each with `func` and `trigger`. */
function isJobList(text: string, opening: RegExp): boolean {
  return opening.test(text) && /\bfunc["']?[ \t]*:/.test(text) && /\btrigger["']?[ \t]*:/.test(text);
}

function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name.endsWith('~') || name.startsWith('#');
}

function mayBeTimetable(file: string): boolean {
  if (/\.(?:ya?ml|json|py)$/i.test(file)) return true;
  return !/\.[^./]*$/.test(file) && isOwnScript(readBeginning(file, 256));
}

/** Whether it is executed by supertask. */
function isOwnScript(text: string): boolean {
  return /^#!.*\bsupertask\b/.test(text);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function listDirectory(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const message = `${directory} cannot be read: ${systemCode(error) ?? String(error)}`;
    throw new SupertaskError('FILE_UNREADABLE', message, { hint: 'Check its permissions.', cause: error });
  }
}

function readBeginning(file: string, bytes: number): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(bytes, fstatSync(descriptor).size));
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}
