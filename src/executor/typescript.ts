/**
 * How a `.ts` file runs under this Node: which options `node` needs.
 *
 * Node 22.18 and newer leave types out by themselves, 22.6 when asked. Node 20 gets a loader: the project's own
 * `tsx` where there is one, else hooks that use a stripper package.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { dataUrl } from './node.js';

/** Packages that strip types, best first; all of them work alike, as far as types go. */
const STRIPPERS = ['@swc/wasm-typescript', 'amaro', 'typescript'] as const;

const QUIET = '--disable-warning=ExperimentalWarning';

export const TYPESCRIPT_HINT =
  'this Node cannot run TypeScript by itself: use Node 22.18 or newer, or install tsx beside the file';

/** @returns Options for `node`, or undefined when this Node can not be taught. */
export function typescriptOptions(path: string): readonly string[] | undefined {
  if ('typescript' in process.features && process.features.typescript) return [QUIET];
  if (process.allowedNodeEnvironmentFlags.has('--experimental-strip-types')) {
    return ['--experimental-strip-types', QUIET];
  }
  const tsx = resolveFrom(path, 'tsx');
  if (tsx !== undefined) return ['--import', pathToFileURL(tsx).href];
  for (const name of STRIPPERS) {
    const stripper = resolveFrom(import.meta.url, name) ?? resolveFrom(path, name);
    if (stripper !== undefined) return ['--import', dataUrl(registration(name, stripper))];
  }
  return undefined;
}

function resolveFrom(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

function registration(name: string, path: string): string {
  const hooks = JSON.stringify(dataUrl(LOADER));
  const data = JSON.stringify({ isCompiler: name === 'typescript', path });
  return `import { register } from 'node:module'; register(${hooks}, { data: ${data} });`;
}

/**
 * Hooks for `module.register`. Lines and columns stay where they are, so stacks need no source map; of a mistake the
 * stack is none but ours, in which all of this would stand as a URL.
 */
const LOADER = `
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
let strip;
export function initialize({ isCompiler, path }) {
  const tool = createRequire(path)(path);
  strip = isCompiler
    ? (text, filename) => tool.transpileModule(text, { fileName: filename, compilerOptions: { target: 'es2022', module: 'preserve', verbatimModuleSyntax: true } }).outputText
    : (text, filename) => {
      try { return tool.transformSync(text, { mode: 'strip-only', filename }).code; }
      catch (error) { throw mistake(filename, error); }
    };
}
function mistake(filename, { startLine, message, snippet }) {
  const error = new SyntaxError(filename + (startLine ? ':' + startLine : '') + ': ' + message);
  error.stack = 'SyntaxError: ' + error.message + (snippet ? '\\n' + snippet.trimEnd().replace(/^\\n*/, '\\n') + '\\n' : '');
  return error;
}
async function packageType(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try { return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).type; } catch {}
    if (folder === dirname(folder)) return undefined;
  }
}
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !/\\.[cm]?ts$/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  const source = strip(await readFile(file, 'utf8'), file);
  const type = file.endsWith('.mts') ? 'module' : file.endsWith('.cts') ? 'commonjs' : await packageType(file);
  const isModule = type === undefined ? /^\\s*(?:import|export)\\b/m.test(source) : type === 'module';
  return { format: isModule ? 'module' : 'commonjs', source, shortCircuit: true };
}
`;
