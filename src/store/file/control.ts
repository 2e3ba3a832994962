/**
 * Where the control sockets of schedulers are: links in a namespace lead to them, named after who listens.
 *
 * The socket itself lies where its path is short enough and the directory is the user's alone. Readers may have another
 * environment than the scheduler, so they go by the link.
 */
import { lstatSync, mkdtempSync, readlinkSync, rmdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { md5 } from '../../model/md5.js';
import type { ProcessId } from '../../model/run.js';
import { ensureDirectory, guarded, isAbsent, listNames, removeFile } from './disk.js';
import { isProcessAlive, ownIdentity } from './identity.js';
import { type Place, placeAt } from './layout.js';

/** A socket on which a live scheduler of a namespace answers. */
export type ControlAddress = { readonly process: ProcessId; readonly path: string };

/** A place for this process's own socket. */
export type ControlPlace = {
  /** Absolute; nothing is there yet. */
  readonly path: string;
  /** Somebody listens there now: let others find it. */
  publish(): void;
  /** Remove link and socket. */
  withdraw(): void;
};

/** What `sockaddr_un` holds, without its last zero. */
const MAX_PATH_BYTES = 107;
const ENDING = '.sock';
const PRIVATE = 'supertask-';
const NAME = /^(\d+)-(\d*)-([0-9a-f]{0,8})-([0-9a-f]{4})-[0-9a-f]{4}\.sock$/;

/** Directory of sockets in the state directory, for systems without one for what lives as long as a session. */
export function socketsIn(root: string): string {
  return join(root, 'control');
}

/**
 * Find a place for the socket of this process, and clear away those of the dead.
 *
 * @param runtime - `$XDG_RUNTIME_DIR`; one that is not the user's own is passed over.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`
 */
export function prepareControl(root: string, place: Place, runtime: string | undefined): ControlPlace {
  ensureDirectory(place.control);
  for (const name of listNames(place.control)) clearLink(`${place.control}/${name}`);
  const name = ownName(place);
  const directory = socketDirectory(root, runtime, name);
  for (const other of listNames(directory)) if (isDead(other)) removeSocket(join(directory, other));
  const path = join(directory, name);
  const link = `${place.control}/${name}`;
  if (isOwnSocket(path)) removeFile(path);
  return {
    path,
    publish() {
      guarded('make a link in', place.control, () => {
        removeFile(link);
        symlinkSync(path, link);
      });
    },
    withdraw() {
      removeFile(link);
      removeSocket(path);
    },
  };
}

/** Where live schedulers of a namespace answer. Sockets that are not the user's own are passed over. */
export function findControls(place: Place): ControlAddress[] {
  return listNames(place.control).flatMap((name) => {
    const process = processOf(name);
    const path = targetOf(`${place.control}/${name}`);
    if (process === undefined || path === undefined || isDead(name) || !isOwnSocket(path)) return [];
    return [{ process, path }];
  });
}

function ownName(place: Place): string {
  const { pid, start, boot } = ownIdentity();
  return `${pid}-${start}-${boot.slice(0, 8)}-${placeDigest()}-${md5(place.directory).slice(0, 4)}${ENDING}`;
}

/** Pids mean nothing in another container. */
function placeDigest(): string {
  return md5(ownIdentity().pidns).slice(0, 4);
}

function processOf(name: string): ProcessId | undefined {
  const [, pid, start = '', boot = ''] = NAME.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), start, boot };
}

/** Whether who was to answer there is gone for good; `false` where that cannot be told from here. */
function isDead(name: string): boolean {
  const [, , , boot, pidns] = NAME.exec(name) ?? [];
  const process = processOf(name);
  if (process === undefined) return false;
  const own = ownIdentity().boot;
  if (boot !== own.slice(0, 8)) return true;
  return pidns === placeDigest() && !isProcessAlive({ ...process, boot: own });
}

/** Where a scheduler would put its socket; undefined: into a temporary directory, the paths are too long. */
export function socketPlace(root: string, runtime: string | undefined): string | undefined {
  return socketCandidate(root, runtime, ownName(placeAt(root)));
}

function socketCandidate(root: string, runtime: string | undefined, name: string): string | undefined {
  const candidates = [...(isUsable(runtime) ? [join(runtime, 'supertask')] : []), socketsIn(root)];
  return candidates.find((directory) => Buffer.byteLength(join(directory, name)) <= MAX_PATH_BYTES);
}

function socketDirectory(root: string, runtime: string | undefined, name: string): string {
  const directory = socketCandidate(root, runtime, name);
  if (directory !== undefined) {
    ensureDirectory(directory);
    return directory;
  }
  return guarded('make a directory in', tmpdir(), () => mkdtempSync(join(tmpdir(), PRIVATE)));
}

/** The XDG base directory specification: owned by the user, and nobody else has access. */
function isUsable(runtime: string | undefined): runtime is string {
  if (runtime === undefined || !isAbsolute(runtime)) return false;
  const stats = lstatSync(runtime, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && isOwn(stats) && (stats.mode & 0o077) === 0;
}

function clearLink(link: string): void {
  if (!isDead(basename(link))) return;
  const path = targetOf(link);
  if (path !== undefined && basename(path) === basename(link)) removeSocket(path);
  removeFile(link);
}

/** Remove a socket, and the directory that was made for it alone. */
function removeSocket(path: string): void {
  if (isOwnSocket(path)) removeFile(path);
  const directory = dirname(path);
  if (dirname(directory) !== tmpdir() || !basename(directory).startsWith(PRIVATE)) return;
  try {
    rmdirSync(directory);
  } catch {
    // It has never been there, or holds something else.
  }
}

function isOwnSocket(path: string): boolean {
  const socket = lstatSync(path, { throwIfNoEntry: false });
  if (socket?.isSocket() !== true || !isOwn(socket)) return false;
  const directory = lstatSync(dirname(path), { throwIfNoEntry: false });
  return directory?.isDirectory() === true && isOwn(directory) && (directory.mode & 0o077) === 0;
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  const user = process.getuid?.();
  return user === undefined || uid === user;
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
    throw error;
  }
}
