/** Target → command, for the kinds that have to look around first: at a file, an interpreter, an engine. */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { systemCode } from '../errors.js';
import type { Target } from '../model/target.js';
import { type Command, isRefusal, type Refusal, refuse } from './command.js';
import { containerArgs, containerVariables } from './docker.js';
import { controlContainer, createEngines, type Engines } from './engine.js';
import type { ExecutionRequest } from './executor.js';
import { parseInlineScript } from './inline-script.js';
import * as node from './node.js';
import * as python from './python.js';
import { createInterpreters, type Interpreters } from './python-interpreter.js';
import { planReadyMade } from './ready-made.js';
import { refuseDirectory } from './spawn-failure.js';
import { TYPESCRIPT_HINT, typescriptOptions } from './typescript.js';
import * as uv from './uv.js';

type Of<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>;
type Looked = Exclude<Target, { kind: 'cmd' | 'exec' }>;
type Plan = Command | Refusal;

/** What was found out for earlier runs. */
export type Findings = { readonly interpreters: Interpreters; readonly engines: Engines };

export function createFindings(): Findings {
  return { interpreters: createInterpreters(), engines: createEngines() };
}

/** Never rejects for what a user can do wrong: that is a refusal. */
export async function planTarget(target: Looked, request: ExecutionRequest, known: Findings): Promise<Plan> {
  const misplaced = refuseDirectory(request.cwd);
  if (misplaced !== undefined) return misplaced;
  switch (target.kind) {
    case 'python':
      return underPython(python.snippetArgs(target.code, target.words, request.context), request, known);
    case 'python-file':
      return planPythonFile(target, request, known);
    case 'python-entrypoint':
      return planEntrypoint(target, request, known);
    case 'uv':
      return underUv(uv.uvArgs(target.words), request);
    case 'docker':
      return planContainer(target, request, known);
    case 'node':
      return underNode(node.snippetArgs(target.code, target.words, request.context), request);
    case 'node-file':
      return planNodeFile(target, request);
    case 'uses':
      return planReadyMade(target, request);
  }
}

function underPython(args: string[], request: ExecutionRequest, { interpreters }: Findings): Command {
  const { env, cwd } = request;
  const program = interpreters.pick(env, cwd);
  return { program, args, env: { ...python.PYTHON_ENV, ...env }, cwd, hint: python.PYTHON_HINT };
}

function underUv(args: string[], { env, cwd }: ExecutionRequest, hint = uv.UV_HINT): Command {
  return { program: 'uv', args, env: { ...python.PYTHON_ENV, ...env }, cwd, hint };
}

function underNode(args: string[], { env, cwd }: ExecutionRequest): Command {
  return { program: process.execPath, args, env, cwd };
}

function planPythonFile(target: Of<'python-file'>, request: ExecutionRequest, known: Findings): Plan {
  const found = readSource(target.path, request.cwd);
  if (isRefusal(found)) return found;
  const { func, words, call } = target;
  const path = resolve(request.cwd, target.path);
  const script = parseInlineScript(found.text);
  const needsUv = script !== undefined && script.dependencies.length > 0;
  const hint = `${target.path} lists dependencies (PEP 723), which uv brings: ${uv.UV_HINT}`;
  const mayCall = func !== undefined || /^[ \t]*(?:async[ \t]+)?def[ \t]+run\b/m.test(found.text);
  if (mayCall) {
    const stem = basename(path).replace(/\.py$/, '');
    const args = python.fileArgs({ path, directory: dirname(found.real), stem, func }, words, call);
    return needsUv
      ? underUv(uv.uvPythonArgs(script, args), request, hint)
      : underPython(args, request, known);
  }
  if (Object.keys(call.kwargs).length > 0) {
    return refuse(`${target.path} defines no function run, so it cannot be given options`);
  }
  const all = [...words, ...call.args.map(String)];
  return needsUv
    ? underUv(uv.uvScriptArgs(path, all), request, hint)
    : underPython([path, ...all], request, known);
}

function planEntrypoint(
  { entrypoint, call }: Of<'python-entrypoint'>,
  request: ExecutionRequest,
  known: Findings,
): Plan {
  const parts = python.splitEntrypoint(entrypoint);
  if (parts === undefined) {
    return refuse(`${JSON.stringify(entrypoint)} is not an entry point; write package.module:function`);
  }
  return underPython(python.entrypointArgs(parts.module, parts.func, call), request, known);
}

async function planContainer(
  { image, words }: Of<'docker'>,
  request: ExecutionRequest,
  { engines }: Findings,
): Promise<Plan> {
  const { env, cwd, runId, context } = request;
  const engine = await engines.find(env);
  if (typeof engine === 'string') return refuse(engine, 127);
  const variables = containerVariables(env, request.ownEnv, process.env);
  const { namespace, job } = context;
  const args = containerArgs(engine, { image, words, runId, namespace, job, variables });
  return { program: engine.program, args, env, cwd, remote: controlContainer(engine, runId, env) };
}

function planNodeFile({ path, func, words, call }: Of<'node-file'>, request: ExecutionRequest): Plan {
  const found = readSource(path, request.cwd);
  if (isRefusal(found)) return found;
  const isTypescript = /\.[cm]?ts$/.test(path);
  const options = isTypescript ? typescriptOptions(found.real) : [];
  if (options === undefined) return refuse(`${path} is TypeScript; ${TYPESCRIPT_HINT}`, 126);
  const mayCall = func !== undefined || node.offersFunction(found.text);
  const absolute = resolve(request.cwd, path);
  if (mayCall) return underNode(node.moduleArgs({ path: absolute, func, call }, words, options), request);
  if (Object.keys(call.kwargs).length > 0) {
    return refuse(`${path} exports no function, so it cannot be given options`);
  }
  return underNode(node.scriptArgs(absolute, [...words, ...call.args.map(String)], options), request);
}

/** The text of a file that is about to be run, and its path with links followed. */
function readSource(path: string, cwd: string): { text: string; real: string } | Refusal {
  const absolute = resolve(cwd, path);
  try {
    return { text: readFileSync(absolute, 'utf8'), real: realpathSync(absolute) };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse(`${absolute} does not exist`, 127);
    if (code === 'EISDIR') return refuse(`${absolute} is a directory`, 126);
    return refuse(`${absolute} cannot be read: ${code ?? String(error)}`, 126);
  }
}
