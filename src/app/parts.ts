/** The one place that picks implementations. */
import { createJsonReporter } from '../reporter/json.js';
import type { Reporter } from '../reporter/reporter.js';
import { createTextReporter, type TextOptions } from '../reporter/text.js';
import { createFileStore, type FileStore } from '../store/file/store.js';
import { VERSION } from './version.js';

/** The bookkeeping below an absolute path. */
export function openStore(root: string): FileStore {
  return createFileStore({ root, version: VERSION });
}

export function createReporter(options: TextOptions & { readonly kind: 'text' | 'json' }): Reporter {
  if (options.kind === 'json') return createJsonReporter((line) => options.write('stdout', line));
  return createTextReporter(options);
}
