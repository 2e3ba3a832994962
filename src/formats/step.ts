/** Nodes → steps and their targets: what a task runs, as files write it. */
import { SupertaskError } from '../errors.js';
import { parseLimit } from '../model/policy.js';
import { suggest } from '../model/suggest.js';
import type { CallArguments, Target } from '../model/target.js';
import { parseExec } from '../model/target-scheme.js';
import { parseTarget } from '../model/target-text.js';
import { NO_ENV, type Step } from '../model/task.js';
import { keepingWhole } from '../model/template.js';
import type { Situation } from '../model/uses/shape.js';
import { READY_MADE_NAMES } from '../model/uses/table.js';
import { describe, type Node } from './node.js';
import {
  attempt,
  type Fields,
  flag,
  json,
  listOf,
  mapOf,
  mismatch,
  parsed,
  type Reader,
  readFields,
  type Shape,
  scalarText,
  text,
} from './reader.js';
import { readyMadeOf, refuseWith } from './ready-made.js';
import type { Report } from './source.js';
import { environment } from './task-setting.js';

export const STEP: Shape = {
  what: 'a step',
  keys: [
    'name',
    'if',
    'uses',
    'with',
    'run',
    'exec',
    'args',
    'kwargs',
    'env',
    'timeout',
    'continue-on-error',
  ],
  foreign: {
    id: 'Steps have a name.',
    command: 'Write run: "cmd:…".',
    cmd: 'Write run: "cmd:…".',
    when: 'A task has when; a step has if.',
    continueOnError: 'Write continue-on-error: true.',
    'ignore-errors': 'Write continue-on-error: true.',
  },
};

/** What a target is made of. */
type Making = {
  readonly run: string;
  /** The arguments for a program, as they are written. */
  readonly words: readonly string[];
  /** The arguments for a function. */
  readonly call: CallArguments;
};

/** What `uses` names → how its target is made. `run` is what stands after the scheme on the command line. */
const USES: Readonly<Record<string, (making: Making) => Target>> = {
  cmd: withWords('cmd'),
  shell: withWords('cmd'),
  exec: withWords('exec'),
  python: withWords('python'),
  'python-entrypoint': entrypoint,
  'python-file': (making) => ({
    kind: 'python-file',
    ...fileParts(making.run),
    words: [],
    call: making.call,
  }),
  uv: withWords('uv'),
  docker: withWords('docker'),
  node: withWords('node'),
  'node-file': (making) => ({ kind: 'node-file', ...fileParts(making.run), words: [], call: making.call }),
};

/** The words that `uses` knows. */
export const USES_NAMES: readonly string[] = [...Object.keys(USES), ...READY_MADE_NAMES];

/** One step: a target as on the command line, or a map. */
export const step: Reader<Step> = (node, report) => {
  if (node.kind === 'map') return stepOfMap(node, report);
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    return mismatch(node, 'a step', 'Write a target such as "cmd:echo hello", or a map with run.', report);
  }
  const target = parsed((written) => keepingWhole(written, parseTarget))(node, report);
  return target && shared({ name: undefined, target, when: true, env: NO_ENV });
};

const alike = new Map<string, Step>();
const MOST_ALIKE = 4096;
const LONGEST_ALIKE = 1000;

/** Of steps that say the same, one for all: of 100,000 tasks many may run the same line. */
function shared(step: Step): Step {
  const key = JSON.stringify(step);
  if (key.length > LONGEST_ALIKE) return step;
  const known = alike.get(key) ?? step;
  if (alike.size >= MOST_ALIKE) alike.clear();
  alike.set(key, known);
  return known;
}

function stepOfMap(node: Node, report: Report): Step | undefined {
  const fields = readFields(node, STEP, report);
  return fields && stepOfFields(fields, report, { hasEvent: false });
}

/** @param situation - Whether texts may be left to the run that is reported, as in an action. */
export function stepOfFields(fields: Fields, report: Report, situation: Situation): Step | undefined {
  const name = fields.read('name', text);
  const when = fields.read('if', condition) ?? true;
  const env = fields.read('env', environment) ?? NO_ENV;
  const limit = fields.read('timeout', parsed(parseLimit));
  const continueOnError = fields.read('continue-on-error', flag);
  const target = readTarget(fields, report, situation);
  return (
    target &&
    shared({
      name,
      target,
      when,
      env,
      ...(limit === undefined ? {} : { timeoutMs: limit }),
      ...(continueOnError ? { continueOnError } : {}),
    })
  );
}

/** The words of YAML 1.1, which are text today. */
const NO_EXPRESSION = /^\s*(?:yes|no|on|off|y|n)?\s*$/i;

/** Text is an expression; it is checked with the other templates of the task. */
const condition: Reader<boolean | string> = (node, report) => {
  if (node.kind === 'scalar' && typeof node.value === 'string' && !NO_EXPRESSION.test(node.value)) {
    return node.value;
  }
  if (node.kind === 'scalar' && node.value !== null && node.value !== '') return flag(node, report);
  const hint = 'Write for example if: failure(), or if: ${{ params.full == "yes" }}.';
  return mismatch(node, 'true, false or an expression', hint, report);
};

function readTarget(fields: Fields, report: Report, situation: Situation): Target | undefined {
  const readyMade = readyMadeOf(fields, report, situation);
  if (readyMade !== undefined) return readyMade.target;
  refuseWith(fields, report);
  const exec = fields.entry('exec');
  const run = fields.entry('run');
  if (exec !== undefined) {
    const other = ['run', 'uses', 'args', 'kwargs'].map((key) => fields.entry(key)).find(Boolean);
    if (other !== undefined) {
      report.problem(
        other.keyAt,
        `"${other.key}" beside "exec"`,
        'exec holds the program and its arguments.',
      );
    }
    const words = listOf(scalarText)(exec.value, report);
    return words && attempt(() => parseExec(words), exec.value.at, report);
  }
  if (run === undefined) {
    report.problem(fields.at, 'a step lacks "run"', 'Say what to run, for example run: "cmd:echo hello".');
    return undefined;
  }
  if (run.value.kind === 'map' && run.value.entries.every(({ key }) => key === 'exec')) {
    return stepOfMap(run.value, report)?.target;
  }
  const written = text(run.value, report);
  const make = usesOf(fields, report);
  const args = fields.read('args', listOf(json)) ?? [];
  const words = fields.read('args', wordsOf) ?? [];
  const kwargs = fields.read('kwargs', mapOf(json)) ?? {};
  if (written === undefined || make === undefined) return undefined;
  const making = { words, call: { args, kwargs } };
  const target = attempt(
    () => keepingWhole(written, (run) => make({ ...making, run })),
    run.value.at,
    report,
  );
  if (target !== undefined) checkArguments(target, fields, report);
  return target;
}

/** What is no text is told by `checkArguments`, where the target is known. */
const wordsOf: Reader<readonly string[]> = (node) => {
  if (node.kind !== 'list') return undefined;
  return node.items.map((item) => (item.kind === 'scalar' ? item.text : ''));
};

function usesOf(fields: Fields, report: Report): ((making: Making) => Target) | undefined {
  const entry = fields.entry('uses');
  if (entry === undefined) return withoutUses;
  const name = text(entry.value, report);
  if (name === undefined) return undefined;
  const make = Object.hasOwn(USES, name) ? USES[name] : undefined;
  if (make !== undefined) return make;
  const near = suggest(name, USES_NAMES);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  const hint = `${meant}Known: ${USES_NAMES.join(', ')}.`;
  report.problem(entry.value.at, `${JSON.stringify(name)} is nothing that a step can use`, hint);
  return undefined;
}

/** The rest of the arguments' rules: only functions have named ones, and programs get words. */
function checkArguments(target: Target, fields: Fields, report: Report): void {
  const isCall = 'call' in target;
  const kwargs = fields.entry('kwargs');
  if (kwargs !== undefined && !isCall) {
    const hint = 'Use args, or a function: python-entrypoint, python-file or node-file.';
    report.problem(kwargs.keyAt, `"kwargs" need a function, and ${target.kind}: is none`, hint);
  }
  const args = fields.entry('args');
  if (isCall || args?.value.kind !== 'list') return;
  for (const item of args.value.items) {
    if (item.kind === 'broken' || (item.kind === 'scalar' && item.value !== null)) continue;
    report.problem(item.at, `an argument of ${target.kind}: must be text, found ${describe(item)}`);
  }
}

function withoutUses({ run, words, call }: Making): Target {
  const target = parseTarget(run, words);
  return 'call' in target && target.kind !== 'python-entrypoint' ? { ...target, words: [], call } : target;
}

function withWords(scheme: string): (making: Making) => Target {
  return (making) => withoutUses({ ...making, run: `${scheme}:${making.run}` });
}

function entrypoint({ run, call }: Making): Target {
  if (/^[^\s:.][^\s:]*:[^\s:]+$/.test(run)) return { kind: 'python-entrypoint', entrypoint: run, call };
  throw new SupertaskError('TARGET_INVALID', `${JSON.stringify(run)} is not a Python entry point`, {
    hint: 'Write package.module:function.',
  });
}

function fileParts(run: string): { readonly path: string; readonly func: string | undefined } {
  const [, path = run, func] = /^(.+\.\w+):([A-Za-z_$][\w$]*)$/s.exec(run) ?? [];
  if (!path.includes('\0')) return { path, func };
  throw new SupertaskError('TARGET_INVALID', 'a path contains a NUL character', { hint: 'Remove it.' });
}
