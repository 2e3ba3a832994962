/** Targets that are a script file: `file.py`, `file.js:func`. */
import { NO_CALL, type Target } from './target.js';

const PYTHON_FILE = /^(?<path>[^\s:]+\.py)(?::(?<func>[A-Za-z_]\w*))?$/;
const NODE_FILE = /^(?<path>[^\s:]+\.(?:js|mjs|cjs|ts|mts|cts))(?::(?<func>[A-Za-z_$][\w$]*))?$/;

/** Undefined: it is no single word that ends as scripts do. */
export function fileTarget(
  text: string,
  words: readonly string[],
  only?: 'python-file' | 'node-file',
): Target | undefined {
  const python = only === 'node-file' ? undefined : PYTHON_FILE.exec(text)?.groups;
  if (python) {
    return { kind: 'python-file', path: python['path'] ?? '', func: python['func'], words, call: NO_CALL };
  }
  const node = only === 'python-file' ? undefined : NODE_FILE.exec(text)?.groups;
  if (node) return { kind: 'node-file', path: node['path'] ?? '', func: node['func'], words, call: NO_CALL };
  return undefined;
}
