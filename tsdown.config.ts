/**
 * Builds `dist/cli` (what the bin starts), `dist/uses` (what it starts for `uses:`) and `dist/lib` (what programs import).
 *
 * The command line is CommonJS with everything bundled in, because that starts fastest: its entry answers
 * `--version` alone, and each `import()` becomes a chunk that is read only when it is needed.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Rolldown, type UserConfig } from 'tsdown';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Names the build in the names of compiled code, so that one build never runs the code of another. */
function digestOfSources(): string {
  const digest = createHash('sha256');
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => join('src', name));
  for (const file of ['package.json', 'package-lock.json', 'tsdown.config.ts', ...sources.sort()]) {
    if (statSync(file, { throwIfNoEntry: false })?.isFile())
      digest.update(`${file}\0`).update(readFileSync(file));
  }
  return digest.digest('hex').slice(0, 12);
}

/**
 * Puts a function, `nodeImport`, in place of every `import()` that was not made into a chunk: compiled code from
 * the cache cannot import by itself, so the loader of the chunks does it. See `src/cli/chunk.ts`.
 */
const importThroughLoader: Rolldown.Plugin = {
  name: 'import-through-loader',
  renderChunk(code) {
    if (!code.includes('import(')) return null;
    return importsIn(this.parse(code))
      .sort((a, b) => b - a)
      .reduce((text, at) => `${text.slice(0, at)}nodeImport${text.slice(at + 'import'.length)}`, code);
  },
};

/**
 * Puts off what a chunk requires at its top and a one-shot run never uses: OpenSSL's wrapping costs 1.5 ms, the
 * bundler's own little runtime a file.
 */
const requireLate: Rolldown.Plugin = {
  name: 'require-late',
  renderChunk(code) {
    const late = [
      ...code.matchAll(
        /^(?:let|const) (node_child_process|node_crypto|node_os|node_tty|require_cold|require_rolldown_runtime) = (require\(.*\));$/gm,
      ),
      // Some chunks go on with something made from it.
    ].filter(([, name]) => !code.includes(`\n${name} = `));
    if (late.length === 0) return null;
    return late.reduce(
      (text, [statement, name, required]) =>
        // In brackets, for what follows `new`.
        text.replaceAll(`${name}.`, `(${name}()).`).replace(statement, `const ${name} = () => ${required};`),
      code,
    );
  },
};

/**
 * Hands on what the entry exports as one object: names that are given to it one by one make it grow again and again.
 * Nobody has looked at what it had before, since the entry requires no other chunk while it is evaluated.
 */
const exportAtOnce: Rolldown.Plugin = {
  name: 'export-at-once',
  renderChunk(code, chunk) {
    if (!chunk.isEntry) return null;
    const pairs: string[] = [];
    const rest = code.replace(/^exports\.([\w$]+) = ([\w$]+);\n?/gm, (_, name: string, value: string) => {
      pairs.push(name === value ? name : `${name}: ${value}`);
      return '';
    });
    return `${rest}module.exports = { ${pairs.join(', ')} };\n`;
  },
};

/** Escapes what is not ASCII: a single arrow in a message would make V8 hold the whole chunk in two bytes a letter. */
const ascii: Rolldown.Plugin = {
  name: 'ascii',
  // Not in renderChunk: what is printed after it has the letters again.
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = escapeLetters(file.code);
  },
};

/** Writes a chunk as the function that its loader calls, so that it can be read and compiled as it is. */
function asFunction(parameters: string): Rolldown.Plugin {
  return {
    name: 'as-function',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === 'chunk') file.code = `(function (${parameters}) {\n${file.code}\n})`;
    },
  };
}

/** What `bin/supertask.cjs` gives, and what the loader in `src/cli/chunk.ts` does. */
const START_PARAMETERS = 'require, __dirname, nodeImport';
const CHUNK_PARAMETERS = 'exports, require, module, __filename, __dirname, nodeImport';

function escapeLetters(code: string): string {
  return code.replace(
    /[^\x00-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Where each `import()` below a node of a syntax tree starts. */
function importsIn(node: unknown): number[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(importsIn);
  return 'type' in node && node.type === 'ImportExpression' && 'start' in node
    ? [Number(node.start), ...below]
    : below;
}

/**
 * One chunk for all that a one-shot run needs, because each further file costs it a fraction of a millisecond, and one
 * for what is imported there and used only when something is out of the ordinary, which is required late; for the
 * rest, the bundler's own division.
 */
const HOT = ['src/cli/main.ts', 'src/cli/commands/run.ts'].map((file) => resolve(file));

/** Of these no function is called by a one-shot that goes well. Compiled code costs 8 µs a kilobyte to read. */
const COLD = [
  'app/announce',
  'app/ask',
  'app/calendar-name',
  'app/file-source',
  'app/kept/open',
  'app/old-containers',
  'app/text-file',
  'cli/attendance',
  'cli/commands/arg-flags',
  'cli/commands/campaign-flags',
  'cli/commands/env-flags',
  'cli/commands/policy-flags',
  'cli/commands/task-flags',
  'cli/input',
  'cli/usage-error',
  'engine/agenda-change',
  'engine/aside',
  'engine/attendance',
  'engine/claim-limit',
  'engine/claim-origin',
  'engine/claim-unrun',
  'engine/claim-waiting',
  'engine/clock-jump',
  'engine/clock-watch',
  'engine/conclusion',
  'engine/dependent',
  'engine/drop',
  'engine/follow-up',
  'engine/following',
  'engine/gate',
  'engine/heartbeat',
  'engine/holding',
  'engine/instant',
  'engine/instant-count',
  'engine/judge',
  'engine/later',
  'engine/miss-evidence',
  'engine/outlook',
  'engine/override-watch',
  'engine/pool',
  'engine/queue',
  'engine/ready-run',
  'engine/recovery',
  'engine/remake',
  'engine/replacement',
  'engine/replacing',
  'engine/requested',
  'engine/retry',
  'engine/set-back',
  'engine/shut',
  'engine/standby',
  'engine/start-held',
  'engine/step-sequence',
  'engine/stop-run',
  'engine/stop-time',
  'engine/takeover',
  'engine/template',
  'engine/trigger',
  'engine/wait',
  'engine/waiting-room',
  'engine/waiting-time',
  'engine/wiring-holding',
  'engine/wiring-late',
  'engine/withheld',
  'executor/foreign',
  'executor/gate',
  'executor/process-pipe',
  'executor/spawn-failure',
  'model/calendar-day',
  'model/calendar-form',
  'model/describe',
  'model/duration',
  'model/expectation',
  'model/gate',
  'model/hash',
  'model/inherit',
  'model/job',
  'model/mark',
  'model/named-output',
  'model/override',
  'model/printable',
  'model/problem',
  'model/record',
  'model/retry',
  'model/size',
  'model/suggest',
  'model/timetable-change',
  'model/uses/summary',
  'reporter/event-line',
  'reporter/json',
  'reporter/line-view',
  'settings/file',
  'settings/timetable',
  'store/file/adoption',
  'store/file/ballast',
  'store/file/claim-place',
  'store/file/contents',
  'store/file/count',
  'store/file/definition-reader',
  'store/file/described',
  'store/file/facts',
  'store/file/file-name',
  'store/file/file-system',
  'store/file/forsaken',
  'store/file/history',
  'store/file/journals',
  'store/file/large-definitions',
  'store/file/limit',
  'store/file/lines',
  'store/file/listing',
  'store/file/maintenance',
  'store/file/other-host',
  'store/file/output-stream',
  'store/file/output-tail',
  'store/file/places',
  'store/file/record-reader',
  'store/file/refusal',
  'store/file/replaced-file',
  'store/file/retention',
  'store/file/shorten',
  'store/file/slot',
  'store/file/takeover',
  'store/file/upkeep',
  'store/file/view',
  'store/file/writer-heartbeat',
  'store/file/writer-others',
  'store/file/writer-places',
  'store/file/writer-restore',
  'store/job-facts',
  'store/lost-run',
  'store/overlap',
  'store/run-query',
  'store/tally',
].map(moduleOf);

/** @throws where there is none: a name that has changed would put its module back into every start, unnoticed. */
function moduleOf(name: string): string {
  const path = resolve(`src/${name}.ts`);
  statSync(path);
  return path;
}

function isCold(id: string): boolean {
  return COLD.includes(id) || id.includes('/node_modules/kleur/');
}

function isHotModule(id: string, graph: Rolldown.ChunkingContext): boolean {
  const seen = new Set<string>();
  const isHot = (module: string): boolean => {
    if (HOT.includes(module) || module.startsWith('\0')) return true;
    if (seen.has(module)) return false;
    seen.add(module);
    return graph.getModuleInfo(module)?.importers.some(isHot) ?? false;
  };
  return !isCold(id) && isHot(id);
}

/** What both need is in the hot one. */
const CHUNKS = [
  {
    name: (id: string, graph: Rolldown.ChunkingContext) => (isHotModule(id, graph) ? 'hot' : null),
    priority: 2,
  },
  { name: (id: string) => (isCold(id) ? 'cold' : null), priority: 1 },
];

const shared = {
  platform: 'node',
  target: 'node20',
  define: {
    SUPERTASK_VERSION: JSON.stringify(version),
    SUPERTASK_BUILD: JSON.stringify(digestOfSources()),
  },
  report: false,
} satisfies UserConfig;

const program = {
  ...shared,
  outDir: 'dist/cli',
  format: 'cjs',
  dts: false,
  // Two builds write to one directory; the build script empties it first.
  clean: false,
  deps: {
    alwaysBundle: [/./],
    // 9 MB, and asked for by cosmiconfig only to read a TypeScript config file.
    neverBundle: ['typescript'],
    onlyBundle: false,
  },
  checks: { legacyCjs: false },
} satisfies UserConfig;

/** Without comments, which would be read at every start. */
const output = { strict: true, comments: { legal: true, annotation: false, jsdoc: false } };

export default defineConfig([
  {
    ...program,
    entry: { start: 'src/cli/start.ts' },
    plugins: [asFunction(START_PARAMETERS)],
    outputOptions: { ...output, codeSplitting: false },
  },
  {
    ...program,
    entry: { main: 'src/cli/main.ts' },
    plugins: [importThroughLoader, requireLate, exportAtOnce, ascii, asFunction(CHUNK_PARAMETERS)],
    // Else the entry would be a file that only passes on what the chunk exports.
    inputOptions: { preserveEntrySignatures: 'allow-extension' },
    outputOptions: { ...output, codeSplitting: { groups: CHUNKS, includeDependenciesRecursively: false } },
  },
  // A program of its own, which ready-made things run in; what only one of them needs is a chunk.
  {
    ...program,
    entry: { main: 'src/uses/main.ts' },
    outDir: 'dist/uses',
    outputOptions: output,
  },
  {
    ...shared,
    entry: { index: 'src/index.ts' },
    outDir: 'dist/lib',
    format: 'esm',
    dts: true,
    fixedExtension: false,
  },
]);
