/** The one place that picks implementations. */
import type { Stream } from '../model/event.js';
import { createJsonReporter } from '../reporter/json.js';
import type { Reporter } from '../reporter/reporter.js';
import { createTextReporter } from '../reporter/text.js';
import { createFileStore, type FileStore } from '../store/file/store.js';
import { VERSION } from './version.js';

/** The bookkeeping below an absolute path. */
export function openStore(root: string): FileStore {
  return createFileStore({ root, version: VERSION });
}

/** Where reporters write; a promise asks for patience. */
export type Write = (stream: Stream, bytes: Uint8Array | string) => Promise<void> | undefined;

export function createReporter(options: {
  readonly kind: 'text' | 'json';
  readonly write: Write;
  readonly quiet: boolean;
  readonly color: boolean;
}): Reporter {
  if (options.kind === 'json') return createJsonReporter((line) => options.write('stdout', line));
  return createTextReporter(options);
}
