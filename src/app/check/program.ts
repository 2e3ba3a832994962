/** Programs, interpreters and engines that steps need. */
import { PYTHON_HINT } from '../../executor/python.js';
import { readShebang } from '../../executor/shebang.js';
import { programsOf } from '../../executor/shell-command.js';
import { TYPESCRIPT_HINT, typescriptOptions } from '../../executor/typescript.js';
import { UV_HINT } from '../../executor/uv.js';
import { quoteWord } from '../../model/target.js';
import { type CheckContext, isTemplate, type Work, worksOf } from './context.js';
import { needsUv } from './file.js';
import { type Finding, finding } from './finding.js';

/** A program that a step needs. */
export type Need = { readonly name: string; readonly isCertain?: boolean; readonly hint?: string };

export function checkPrograms(context: CheckContext): readonly Finding[] {
  return worksOf(context).flatMap((work) => {
    if (context.machine.directory(work.cwd) !== undefined) return [];
    const needs = needsOf(work, context).filter(({ name }) => !isTemplate(name));
    return [...needs.flatMap((need) => checkProgram(need, work, context)), ...checkTypescript(work)];
  });
}

export function needsOf({ step, cwd, env }: Work, { machine }: CheckContext): readonly Need[] {
  const { target } = step;
  switch (target.kind) {
    case 'cmd':
      return isTemplate(target.line) ? [] : programsOf(withValues(target.line, env));
    case 'exec':
      return [{ name: target.program }];
    case 'python':
    case 'python-entrypoint':
      return [{ name: 'python3', hint: PYTHON_HINT }];
    case 'python-file':
      return needsUv(target.path, cwd, machine)
        ? [{ name: 'uv', hint: `the file lists dependencies (PEP 723), which uv brings: ${UV_HINT}` }]
        : [{ name: 'python3', hint: PYTHON_HINT }];
    case 'uv':
      return [{ name: 'uv', hint: UV_HINT }];
    case 'docker':
    case 'node':
    case 'node-file':
    case 'uses':
      return [];
  }
}

/** A line with the values of its templates in their places, where they are words as any other. */
function withValues(line: string, env: Work['env']): string {
  return line.replace(/\$\{(SUPERTASK_VALUE_\d+)\}/g, (whole, name: string) => {
    const value = env[name] ?? '';
    return /^[\w./+-]+$/.test(value) ? value : whole;
  });
}

function checkProgram(
  { name, isCertain = true, hint }: Need,
  work: Work,
  { machine }: CheckContext,
): Finding[] {
  const { task, env, cwd } = work;
  const place = work.place('run|exec');
  const found = machine.program(name, env, cwd);
  const shown = JSON.stringify(name);
  if (found.kind === 'missing') {
    const where = name.includes('/') ? 'does not exist' : 'is not on PATH';
    const code = isCertain ? 'PROGRAM_MISSING' : 'PROGRAM_MAYBE_MISSING';
    const way = hint === undefined ? wayOut(name, cwd) : sentence(hint);
    return [finding(code, `the program ${shown} ${where}`, place, { hint: way, task: task.id })];
  }
  if (found.kind === 'not-executable') {
    const way = `Make it executable: chmod +x ${quoteWord(found.path)}`;
    return [
      finding('PROGRAM_NOT_EXECUTABLE', `${shown} is not executable`, place, { hint: way, task: task.id }),
    ];
  }
  const interpreter = readShebang(found.path);
  if (interpreter === undefined || machine.program(interpreter, env, cwd).kind === 'found') return [];
  const message = `the first line of ${shown} names ${JSON.stringify(interpreter)}, which is not there`;
  const way = `Install it, or change the first line of ${found.path}.`;
  return [finding('PROGRAM_MISSING', message, place, { hint: way, task: task.id })];
}

function wayOut(name: string, cwd: string): string {
  if (!name.includes('/'))
    return 'Install it, or write its path. PATH is the one of this shell; a service may have another.';
  return name.startsWith('/') ? 'Check the path.' : `Relative paths count from ${cwd}.`;
}

function checkTypescript({ step, task, cwd, place }: Work): Finding[] {
  const { target } = step;
  if (target.kind !== 'node-file' || !/\.[cm]?ts$/.test(target.path)) return [];
  if (typescriptOptions(`${cwd}/${target.path}`) !== undefined) return [];
  const message = `${JSON.stringify(target.path)} is TypeScript, and this Node cannot run it`;
  return [
    finding('PROGRAM_MISSING', message, place('run'), { hint: sentence(TYPESCRIPT_HINT), task: task.id }),
  ];
}

function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) || /:\/\/\S+$/.test(text) ? text : `${text}.`;
}
