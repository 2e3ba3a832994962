/** What the system refuses, and what state is refused: errors that the user can do something about. */
import { type Stats, statSync } from 'node:fs';
import { SupertaskError, systemCode } from '../../errors.js';
import { quoteWord } from '../../model/target.js';

/** Why a directory, as `lstat` tells of it, is not one that `user` alone can use. */
export function directoryRefused(path: string, stats: Stats, user: number | undefined): SupertaskError {
  if (stats.isSymbolicLink())
    return refused(`the state directory ${path} is a symbolic link`, 'Name the real directory instead.');
  if (!stats.isDirectory()) return noDirectory(path);
  if (stats.uid !== user)
    return refused(
      `the state directory ${path} belongs to another user (uid ${stats.uid}, not ${user})`,
      'Run as its owner, or set SUPERTASK_STATE_DIR to a directory of your own.',
    );
  return refused(
    `the state directory ${path} can be written by others (mode ${(stats.mode & 0o777).toString(8)})`,
    `Run: chmod go-w ${quoteWord(path)}`,
  );
}

/** A file has no bookkeeping in it, but who named it believes that there is some. */
export function refuseFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) throw noDirectory(path);
}

function noDirectory(path: string): SupertaskError {
  return refused(`the state directory ${path} is not a directory`, 'Move it away, or use another directory.');
}

/** What the system refuses, as an error that tells the user; anything else as it is. */
export function unavailable(doing: string, path: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined || !SYSTEM_CODE.test(code)) return cause;
  return new SupertaskError('STATE_UNAVAILABLE', `cannot ${doing} ${path}: ${code}`, {
    hint: HINTS[code] ?? 'Set SUPERTASK_STATE_DIR to a directory that you can write to.',
    cause,
  });
}

function refused(message: string, hint: string): SupertaskError {
  return new SupertaskError('STATE_UNAVAILABLE', message, { hint });
}

/** Errors of supertask have codes as well, and so have those of Node, which are bugs: `ERR_…`. */
const SYSTEM_CODE = /^E[A-Z\d]+$/;

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, or set SUPERTASK_STATE_DIR to a directory on another disk.',
  EDQUOT: 'Your disk quota is used up: free some space, or set SUPERTASK_STATE_DIR elsewhere.',
  EROFS: 'The file system is read-only: set SUPERTASK_STATE_DIR to a directory that can be written.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n), or run fewer jobs at once.',
  ELOOP: 'There is a symbolic link where a file of supertask belongs: remove it.',
};
