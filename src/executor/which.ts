/** Finds programs as execvp(3) does. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The first executable file of this name on a PATH; undefined where there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  const directories = (path ?? '/usr/local/bin:/bin:/usr/bin').split(':');
  return directories.map((directory) => join(directory === '' ? '.' : directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
