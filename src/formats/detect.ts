/** Which notation a file is in. Loads no parser, so that only the one that is needed gets loaded. */
import { dirname, isAbsolute } from 'node:path';
import type { Args } from '../model/param.js';

export type Format = 'yaml' | 'json' | 'python';

export type ParseOptions = {
  /** As shown in messages: a path, a URL, or `-` for standard input. Its extension tells the notation. */
  readonly file: string;
  readonly format?: Format | undefined;
  /** Absolute; what a relative `cwd` in the file counts from. Default: the directory of an absolute `file`. */
  readonly directory?: string | undefined;
  /** Arguments for every task that has such a parameter; they take the place of those in its schedules. */
  readonly args?: Args | undefined;
};

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  py: 'python',
};

/**
 * Tell the notation of a timetable from its name, else (standard input, a URL without an extension) from its text.
 *
 * @param file - A path, a URL, or `-`.
 */
export function detectFormat(file: string, text: string): Format {
  const path = /^https?:\/\//i.test(file) ? file.replace(/[?#].*$/s, '') : file;
  const extension = /\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const known = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  if (known !== undefined) return known;
  if (/^#!.*\bpython|^# \/\/\/ (?:task|script)\s*$/m.test(text)) return 'python';
  return isJson(text) ? 'json' : 'yaml';
}

/** `{tasks: …}` and `[{id: …}]` are YAML as well; JSON has its keys in quotes. */
function isJson(text: string): boolean {
  return /^\s*(?:\[\s*)?\{\s*["}]/.test(text);
}

/** What a relative `cwd` in a file counts from; undefined: from nothing, so that it is refused. */
export function directoryOf({ file, directory }: ParseOptions): string | undefined {
  return directory ?? (isAbsolute(file) ? dirname(file) : undefined);
}
