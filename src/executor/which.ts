/** Finds programs as execvp(3) does. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The first executable file of this name on a PATH; undefined where there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  return placesOf(name, path).find(isExecutable);
}

/** What looking for a program comes to; a file that may not be executed is passed over as long as there are others. */
export type LookUp =
  | { readonly kind: 'found' | 'not-executable'; readonly path: string }
  | { readonly kind: 'missing' };

export function lookUpProgram(name: string, path: string | undefined): LookUp {
  const places = placesOf(name, path);
  const found = places.find(isExecutable);
  if (found !== undefined) return { kind: 'found', path: found };
  const other = places.find(isFile);
  return other === undefined ? { kind: 'missing' } : { kind: 'not-executable', path: other };
}

function placesOf(name: string, path: string | undefined): readonly string[] {
  if (name.includes('/')) return [name];
  const directories = (path ?? '/usr/local/bin:/bin:/usr/bin').split(':');
  return directories.map((directory) => join(directory === '' ? '.' : directory, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  return isFile(path);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
