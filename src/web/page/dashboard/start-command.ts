/** How a scheduler is started again. */
import type { NamespaceRecord } from '../../api/record.js';

/** A file by its name, as with an address; of anything else only its own command line knows. */
export function startCommand({ kind, source }: Pick<NamespaceRecord, 'kind' | 'source'>): string {
  if (kind === 'file' || kind === 'url') return `supertask run --file ${quoted(source)}`;
  return 'supertask list-namespaces';
}

function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
