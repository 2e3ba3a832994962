/** Has the system tell of changes of files, however they are saved. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FSWatcher } from 'chokidar';
import { trailOf } from './trail.js';

/** Tells that something may have changed. */
export type Watcher = {
  /**
   * Watch these files, and whatever else comes and goes in these directories.
   *
   * @param isAnew - Also if they are watched already.
   */
  follow(paths: readonly string[], whole: readonly string[], isAnew: boolean): void;
  close(): Promise<void>;
};

/** Files are watched from their directories, so that it does not matter which of them is moved over which. */
export function createWatcher(onHint: () => void, onError: (error: unknown) => void): Watcher {
  let current: { readonly names: string; readonly watcher: Promise<FSWatcher | undefined> } | undefined;
  let isClosed = false;

  const open = async (
    names: ReadonlySet<string>,
    whole: ReadonlySet<string>,
  ): Promise<FSWatcher | undefined> => {
    if (names.size === 0) return undefined;
    const { watch } = await import('chokidar');
    if (isClosed) return undefined;
    const directories = new Set([...whole, ...[...names].map(dirname)]);
    const watcher = watch([...directories], {
      depth: 0,
      ignored: (path) => !names.has(path) && !directories.has(path) && !whole.has(dirname(path)),
      ignoreInitial: true,
      followSymlinks: false,
      persistent: false,
      atomic: false,
    });
    watcher.on('all', onHint);
    watcher.on('ready', onHint);
    watcher.on('error', onError);
    return watcher;
  };

  const shut = async (): Promise<void> => (await current?.watcher)?.close();

  return {
    follow(paths, whole, isAnew) {
      const trail = new Set([...paths, ...whole].flatMap(trailOf));
      // Another directory may have been put in the place of one.
      const places = [...new Set([...whole, ...[...trail].map(dirname)])].map(identityOf);
      const names = [...trail, ...places].sort().join('\n');
      if ((names === current?.names && !isAnew) || isClosed) return;
      const closing = shut();
      current = { names, watcher: closing.then(() => open(trail, new Set(whole))) };
    },
    close() {
      isClosed = true;
      return shut();
    },
  };
}

function identityOf(directory: string): string {
  try {
    const { dev, ino } = statSync(directory);
    return `${directory}\0${dev}:${ino}`;
  } catch {
    return directory;
  }
}
