/** Which format the state has, and whose namespace it is: looked at before anything is written. */
import { dirname } from 'node:path';
import { SupertaskError } from '../../errors.js';
import type { Namespace, Origin, SourceKind } from '../../model/namespace.js';
import { parseAdoption } from './adoption.js';
import { ensureDirectory, guarded, readObject, replaceFile, syncDirectory } from './disk.js';
import { namespacesIn, type Place } from './layout.js';
import { quarantine } from './replaced-file.js';

/** What this version writes; it reads all versions up to it. */
const FORMAT = 1;

/**
 * Make the state directory, or check that this version may write to it.
 *
 * @throws {SupertaskError} `STATE_NEWER` or `STATE_UNAVAILABLE`
 */
export function ensureRoot(root: string, warn: (message: string) => void): void {
  ensureDirectory(root);
  ensureDirectory(namespacesIn(root));
  const path = `${root}/format.json`;
  const found = readObject(path);
  if (found === 'corrupt')
    warn(`${path} was unreadable; it is kept as ${quarantine(`${root}/quarantine`, path)}`);
  if (found === undefined || found === 'corrupt') {
    const text = `${JSON.stringify({ format: FORMAT, minWriter: FORMAT })}\n`;
    guarded('write', path, () => replaceFile(path, text));
    return;
  }
  const needed = newerFormat(found);
  if (needed === undefined) return;
  throw new SupertaskError(
    'STATE_NEWER',
    `the state in ${root} has format ${needed}, this version writes ${FORMAT}`,
    {
      hint: 'It can be read, not written: update supertask, or set SUPERTASK_STATE_DIR to another directory.',
    },
  );
}

/** The format that a writer must know, where this version does not. */
export function neededFormat(root: string): number | undefined {
  const found = readObject(`${root}/format.json`);
  return typeof found === 'object' ? newerFormat(found) : undefined;
}

function newerFormat(found: Readonly<Record<string, unknown>>): number | undefined {
  const needed = Number(found['minWriter'] ?? found['format'] ?? FORMAT);
  return needed <= FORMAT ? undefined : needed;
}

/** Make a namespace's directory, or check it and mend its description. Returns whether it was not there before. */
export function ensureNamespace(
  place: Place,
  fresh: { id: string; origin: Origin; at: Date; version: string },
  warn: (message: string) => void,
): boolean {
  makeDirectories(place);
  const found = readObject(place.origin);
  if (found !== undefined && found !== 'corrupt' && parseNamespace(found, fresh.id) !== undefined)
    return false;
  if (found !== undefined) {
    warn(
      `${place.origin} was unreadable and is written anew; it is kept as ${quarantine(place.quarantine, place.origin)}`,
    );
  }
  const { author, ...origin } = fresh.origin;
  const namespace: Namespace = {
    id: fresh.id,
    ...origin,
    ...(author === undefined ? {} : { author }),
    generator: fresh.version,
    createdAt: fresh.at,
    updatedAt: fresh.at,
  };
  writeNamespace(place, namespace);
  return found === undefined;
}

export function writeNamespace(place: Place, namespace: Namespace): void {
  guarded('write', place.origin, () =>
    replaceFile(place.origin, `${JSON.stringify(namespace, undefined, 2)}\n`),
  );
  // A power cut must not take the directory that the first run's record is in.
  const above = dirname(place.directory);
  guarded('write to', above, () => syncDirectory(above));
}

export function makeDirectories(place: Place): void {
  ensureDirectory(place.directory);
  ensureDirectory(place.journals);
  ensureDirectory(place.output);
}

const KINDS: readonly SourceKind[] = ['inline', 'file', 'url', 'stdin', 'api'];

/** Undefined where it is not one that can be believed. */
export function parseNamespace(value: Readonly<Record<string, unknown>>, id: string): Namespace | undefined {
  const { host, user, source, kind, author, generator, createdAt, updatedAt, adopted } = value;
  const known = KINDS.find((candidate) => candidate === kind);
  if (typeof host !== 'string' || typeof user !== 'string' || typeof source !== 'string') return undefined;
  const created = new Date(String(createdAt));
  if (known === undefined || Number.isNaN(created.getTime())) return undefined;
  const updated = new Date(String(updatedAt));
  return {
    id,
    host,
    user,
    source,
    kind: known,
    ...(typeof author === 'string' ? { author } : {}),
    generator: String(generator),
    createdAt: created,
    updatedAt: Number.isNaN(updated.getTime()) ? created : updated,
    ...(Array.isArray(adopted) ? { adopted: adopted.flatMap(parseAdoption) } : {}),
  };
}
