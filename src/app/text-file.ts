/** Texts that the user names: files, read with errors the user understands. */
import { readFileSync, statSync } from 'node:fs';
import { type ErrorCode, SupertaskError, systemCode } from '../errors.js';

/** Larger files are refused before they are parsed. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** What tells one state of a file from another without reading it; empty where there is none. */
export function fingerprint(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return '';
  }
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Read a text file that the user named, with errors the user understands. */
export function readText(path: string): string {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw unreadable(path, 'it is a directory', 'Name a file in it.');
    if (!stat.isFile())
      throw unreadable(path, 'it is not a regular file', 'Use --file - to read from a pipe.');
    checkSize(stat.size, path);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof SupertaskError) throw error;
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw new SupertaskError('FILE_NOT_FOUND', `there is no file ${path}`, {
        hint: 'Check the path; it is taken from the directory supertask is started in.',
        cause: error,
      });
    }
    throw unreadable(path, systemCode(error) ?? String(error), 'Check its permissions.', error);
  }
}

/** @throws {SupertaskError} `FILE_UNREADABLE` */
export function checkSize(bytes: number, place: string): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw unreadable(place, `it is larger than ${MAX_FILE_BYTES} bytes`, 'Split the timetable into several.');
}

export function unreadable(place: string, why: string, hint: string, cause?: unknown): SupertaskError {
  const code: ErrorCode = 'FILE_UNREADABLE';
  return new SupertaskError(code, `${place} cannot be read: ${why}`, { hint, cause });
}
