/** Texts that the user names: files, read with errors the user understands. */
import { isUtf8 } from 'node:buffer';
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
    const bytes = readFileSync(path);
    return SCRIPT.test(path) ? bytes.toString('utf8') : checkUtf8(bytes, path);
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

/** Those may say in which encoding they are, and whoever runs them reads them. */
const SCRIPT = /\.(?:py|[cm]?[jt]s)$/;

/**
 * Bytes as text. What is in another encoding would silently become another text.
 *
 * @throws {SupertaskError} `FILE_UNREADABLE`
 */
export function checkUtf8(bytes: Buffer, place: string): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') || isUtf8(bytes)) return text;
  const before = text.slice(0, text.indexOf('\ufffd')).split('\n');
  const where = `${place}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  const isWide = /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2));
  const why = isWide ? 'it is UTF-16' : 'there is a byte that is no UTF-8';
  throw unreadable(where, why, 'Save it as UTF-8, for example with iconv.');
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
