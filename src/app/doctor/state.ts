/** The place of the bookkeeping: its permissions, its disk, and the directory of control sockets. */
import { accessSync, constants, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { formatSize } from '../../model/size.js';
import { quoteWord } from '../../model/target.js';
import { socketPlace } from '../../store/file/control.js';
import { describeShared, sharedFileSystem } from '../../store/file/file-system.js';
import { type Diagnosis, fail, ok, warn } from './diagnosis.js';

/** Below the first nothing is started, below the second it is a matter of days. */
const LEAST_BYTES = 2 * 1024 * 1024;
const FEW_BYTES = 100 * 1024 * 1024;
const FEW_FILES = 1_000;

/** @param root - Absolute. @param runtime - `$XDG_RUNTIME_DIR` */
export function examineState(root: string, runtime: string | undefined): readonly Diagnosis[] {
  const nearest = nearestExisting(root);
  return [
    examineDirectory('state', root, 'Set SUPERTASK_STATE_DIR to a directory that you can write to.'),
    examineDisk(nearest),
    examineFileSystem(root, nearest),
    examineSockets(root, runtime),
  ];
}

function examineDirectory(check: string, path: string, hint: string): Diagnosis {
  const stats = look(path);
  if (stats === undefined) {
    const above = nearestExisting(path);
    if (mayWrite(above)) return ok(check, `${path} will be made`);
    return fail(check, `${path} cannot be made: ${above} cannot be written to`, hint);
  }
  if (typeof stats === 'string') return fail(check, `${path} cannot be looked at: ${stats}`, hint);
  if (!stats.isDirectory()) return fail(check, `${path} is not a directory`, hint);
  if (!mayWrite(path)) return fail(check, `${path} cannot be written to`, hint);
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  if (!isOwn(stats)) return warn(check, `${path} belongs to another user (${stats.uid})`, hint);
  if ((stats.mode & 0o077) !== 0) {
    return warn(check, `${path} is open to others (mode ${mode})`, `Close it: chmod 700 ${quoteWord(path)}`);
  }
  return ok(check, `${path} is yours alone (mode ${mode})`);
}

function examineDisk(path: string): Diagnosis {
  const { bavail, bsize, files, ffree } = statfsSync(path);
  const free = bavail * bsize;
  const hint = 'Free some space, or set SUPERTASK_STATE_DIR to a directory on another disk.';
  const words = `${formatSize(free)} are free below ${path}`;
  if (free < LEAST_BYTES) return fail('disk', `${words}: nothing will be started`, hint);
  // Some file systems make room for names as it is needed, and say 0 of 0.
  if (files > 0 && ffree === 0)
    return fail('disk', `no file can be made below ${path}: no inode is free`, hint);
  if (files > 0 && ffree < FEW_FILES) return warn('disk', `${ffree} inodes are free below ${path}`, hint);
  return free < FEW_BYTES ? warn('disk', words, hint) : ok('disk', words);
}

function examineFileSystem(root: string, nearest: string): Diagnosis {
  const shared = sharedFileSystem(nearest);
  if (shared === undefined) return ok('file system', `${root} is on a local one`);
  const [message = '', hint = ''] = describeShared(root, shared).split('; ');
  return warn('file system', message, `${hint}.`);
}

function examineSockets(root: string, runtime: string | undefined): Diagnosis {
  const path = socketPlace(root, runtime);
  const hint = 'Set XDG_RUNTIME_DIR to a directory that is yours alone, or a shorter SUPERTASK_STATE_DIR.';
  if (path === undefined)
    return warn('sockets', 'the path of the state directory is too long for control sockets', hint);
  const found = examineDirectory('sockets', path, hint);
  // A socket in a directory that others can reach is passed over.
  return found.status === 'warn' ? { ...found, status: 'fail' } : found;
}

/** Undefined where there is nothing; a text where that cannot be told. */
function look(path: string): Stats | string | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' ? undefined : (code ?? String(error));
  }
}

function nearestExisting(path: string): string {
  const found = look(path);
  return (found === undefined || typeof found === 'string') && dirname(path) !== path
    ? nearestExisting(dirname(path))
    : path;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isOwn({ uid }: Stats): boolean {
  const user = process.getuid?.();
  return user === undefined || uid === user;
}
