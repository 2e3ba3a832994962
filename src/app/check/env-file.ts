/** Files of variables, as `run --env-file` reads them. */

import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { SupertaskError } from '../../errors.js';
import { readText } from '../text-file.js';
import { type Finding, finding } from './finding.js';

export type EnvFile = {
  readonly file: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly findings: readonly Finding[];
};

export function readEnvFile(path: string, cwd: string): EnvFile {
  const file = resolve(cwd, path);
  try {
    const text = readText(file);
    return { file, text, variables: parseEnv(text), findings: checkLines(file, text) };
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return {
      file,
      text: '',
      variables: {},
      findings: [finding(error.code, error.message, { file }, { hint: error.hint })],
    };
  }
}

/** What is neither empty, nor a comment, nor an assignment. A value in quotes may go on over several lines. */
function checkLines(file: string, text: string): readonly Finding[] {
  const found: Finding[] = [];
  let open: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (open !== undefined) {
      if (line.includes(open)) open = undefined;
      continue;
    }
    const [, value] = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(.*)$/.exec(line) ?? [];
    const quote = /^["'`]/.exec(value ?? '')?.[0];
    if (quote !== undefined && value?.indexOf(quote, 1) === -1) open = quote;
    if (value !== undefined || /^\s*(?:#|$)/.test(line)) continue;
    const place = { file, line: index + 1, column: line.length - line.trimStart().length + 1 };
    const hint = 'Write NAME=value, one a line.';
    found.push(finding('ENV_LINE', 'this line is not NAME=value, so it is passed over', place, { hint }));
  }
  return found;
}
