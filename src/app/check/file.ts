/** Directories that tasks run in, and files that steps run. */
import { resolve } from 'node:path';
import { parseInlineScript } from '../../executor/inline-script.js';
import { quoteWord } from '../../model/target.js';
import { type CheckContext, isTemplate, type Work, worksOf } from './context.js';
import { type Finding, finding } from './finding.js';
import type { Machine } from './machine.js';

export function checkDirectories(context: CheckContext): readonly Finding[] {
  const { places, machine } = context;
  return worksOf(context).flatMap(({ task: { id, ...task }, cwd }) => {
    const isOwn = task.cwd !== undefined && !isTemplate(cwd);
    const trouble = isOwn ? machine.directory(cwd) : undefined;
    if (trouble === undefined) return [];
    const hint = trouble.isMissing
      ? `Make it: mkdir -p ${quoteWord(cwd)}`
      : 'Name a directory that can be worked in.';
    const message = `the directory ${cwd} ${trouble.words}`;
    return [finding('DIRECTORY_UNUSABLE', message, places.task(id, 'cwd'), { hint, task: id })];
  });
}

export function checkFiles(context: CheckContext): readonly Finding[] {
  return worksOf(context).flatMap((work) => checkFile(work, context.machine));
}

function checkFile({ step, task, cwd, place }: Work, machine: Machine): readonly Finding[] {
  const { target } = step;
  if (target.kind !== 'python-file' && target.kind !== 'node-file') return [];
  if (isTemplate(target.path) || machine.directory(cwd) !== undefined) return [];
  const path = resolve(cwd, target.path);
  const text = machine.text(path);
  if (typeof text !== 'string') {
    const code = text.isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    const hint = target.path.startsWith('/') ? 'Check the path.' : `Relative paths count from ${cwd}.`;
    return [finding(code, `the file ${path} ${text.words}`, place('run'), { hint, task: task.id })];
  }
  const { func } = target;
  // A function may come with `from x import *`, or `export * from`.
  if (func === undefined || hasWord(text, func) || /\bimport\s*\*|\bexport\s*\*/.test(text)) return [];
  const message = `${target.path} has no function ${func}`;
  const hint = 'Name one that the file defines, or none: then its run is called.';
  return [finding('FUNCTION_MISSING', message, place('run'), { hint, task: task.id })];
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^\p{L}\p{N}_$]+/u).includes(word);
}

/** Whether a Python file lists dependencies, which python3 alone does not have. */
export function needsUv(path: string, cwd: string, machine: Machine): boolean {
  const text = machine.text(resolve(cwd, path));
  return typeof text === 'string' && (parseInlineScript(text)?.dependencies.length ?? 0) > 0;
}
