/** From what the user names — words, a file, a URL, standard input — to a timetable and its origin. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ErrorCode, SupertaskError, systemCode } from '../errors.js';
import type { SourceKind } from '../model/namespace.js';
import { DEFAULT_POLICY } from '../model/policy.js';
import { formatTarget, NO_CALL, type Target } from '../model/target.js';
import { slugId, type Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';

export type Source = {
  readonly kind: SourceKind;
  /** Absolute path, URL, or for inline commands the working directory and the target's text. */
  readonly source: string;
  readonly timetable: Timetable;
  /** Where its tasks run that name no directory, absolute. */
  readonly directory: string;
};

/** Larger files are refused before they are parsed. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;
const URL_PATIENCE_MS = 30_000;
const NODE_FILE = /\.(?:js|mjs|cjs|ts|mts|cts)$/;

/** One target from the command line. */
export function inlineSource(target: Target, cwd: string, name: string | undefined): Source {
  const text = formatTarget(target);
  return {
    kind: 'inline',
    source: `${cwd} ${text}`,
    timetable: plainTimetable(target, inlineTaskId(text, name), name),
    directory: cwd,
  };
}

/** The id of a task from the command line. @param text - Of its target, with the scheme. */
export function inlineTaskId(text: string, name: string | undefined): string {
  return slugId(name ?? text.replace(/^[a-z]+:/, ''));
}

/**
 * Read `--file`: a path, `-` for standard input, or an http(s) URL.
 *
 * @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, or all problems of the timetable.
 */
export async function loadSource(
  file: string,
  cwd: string,
  readInput: () => Promise<string>,
): Promise<Source> {
  if (file === '-') return inputSource(await readInput(), cwd);
  if (/^https?:\/\//i.test(file)) return urlSource(file, cwd);
  const path = resolve(cwd, file);
  const text = readText(path);
  return {
    kind: 'file',
    source: path,
    timetable: await parseText(text, path, dirname(path)),
    directory: dirname(path),
  };
}

async function inputSource(text: string, cwd: string): Promise<Source> {
  checkSize(Buffer.byteLength(text), 'standard input');
  const { createHash } = await import('node:crypto');
  // Two texts piped in from one directory are two sources: nothing else tells them apart.
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const timetable = await parseRemote(text, '<stdin>', cwd);
  return { kind: 'stdin', source: `${cwd} - ${digest}`, timetable, directory: cwd };
}

async function urlSource(url: string, cwd: string): Promise<Source> {
  const response = await fetch(url, { signal: AbortSignal.timeout(URL_PATIENCE_MS) }).catch(
    (cause: unknown) => {
      throw unreadable(
        withoutSecrets(url),
        describeFetchError(cause),
        'Check the address and the network.',
        cause,
      );
    },
  );
  if (!response.ok) {
    await response.body?.cancel();
    const code = response.status === 404 ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    throw new SupertaskError(
      code,
      `${withoutSecrets(url)} answered ${response.status} ${response.statusText}`.trim(),
    );
  }
  const text = await readBody(response, url);
  const timetable = await parseRemote(text, withoutSecrets(url), cwd);
  return { kind: 'url', source: withoutSecrets(url), timetable, directory: cwd };
}

async function readBody(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    checkSize(size, withoutSecrets(url));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function parseText(text: string, file: string, directory: string): Promise<Timetable> {
  if (NODE_FILE.test(file)) {
    const target: Target = { kind: 'node-file', path: file, func: undefined, words: [], call: NO_CALL };
    return plainTimetable(target, slugId(file.replace(/^.*\//, '').replace(NODE_FILE, '')), undefined);
  }
  const { parseTimetableLazily } = await import('../formats/lazy.js');
  return nameCalendars(await parseTimetableLazily(text, { file, directory }), directory);
}

/** Scripts are run where they lie, so that they find what lies beside them; text from elsewhere lies nowhere. */
async function parseRemote(text: string, file: string, cwd: string): Promise<Timetable> {
  const { detectFormat } = await import('../formats/detect.js');
  if (!NODE_FILE.test(file.replace(/[?#].*$/s, '')) && detectFormat(file, text) !== 'python') {
    return parseText(text, file, cwd);
  }
  throw unreadable(
    file,
    'it is a script, and only timetables can come from there',
    'Save it to a file and name that.',
  );
}

/** Few timetables have calendars, and theirs are read before anything is scheduled. */
export async function nameCalendars(timetable: Timetable, directory: string): Promise<Timetable> {
  const isNamed = timetable.tasks.some(({ schedules }) =>
    schedules.some(({ calendar }) => typeof calendar === 'string'),
  );
  if (!isNamed && timetable.calendars === undefined) return timetable;
  const { withCalendars } = await import('./calendars.js');
  return withCalendars(timetable, { readText, directory });
}

function plainTimetable(target: Target, id: string, name: string | undefined): Timetable {
  const task: Task = {
    id,
    name,
    description: undefined,
    enabled: true,
    schedules: [],
    steps: [{ name: undefined, target, when: true, env: {} }],
    env: {},
    cwd: undefined,
    policy: DEFAULT_POLICY,
    location: undefined,
  };
  return { namespace: undefined, author: undefined, tasks: [task], warnings: [] };
}

/** Read a text file that the user named, with errors the user understands. */
export function readText(path: string): string {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw unreadable(path, 'it is a directory', 'Name a file in it.');
    if (!stat.isFile())
      throw unreadable(path, 'it is not a regular file', 'Use --file - to read from a pipe.');
    checkSize(stat.size, path);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof SupertaskError) throw error;
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw new SupertaskError('FILE_NOT_FOUND', `there is no file ${path}`, {
        hint: 'Check the path; it is taken from the directory supertask is started in.',
        cause: error,
      });
    }
    throw unreadable(path, systemCode(error) ?? String(error), 'Check its permissions.', error);
  }
}

function checkSize(bytes: number, place: string): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw unreadable(place, `it is larger than ${MAX_FILE_BYTES} bytes`, 'Split the timetable into several.');
}

function unreadable(place: string, why: string, hint: string, cause?: unknown): SupertaskError {
  const code: ErrorCode = 'FILE_UNREADABLE';
  return new SupertaskError(code, `${place} cannot be read: ${why}`, { hint, cause });
}

function describeFetchError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${URL_PATIENCE_MS / 1_000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** User name and password of a URL are secrets: they stay out of the bookkeeping and of messages. */
function withoutSecrets(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    return parsed.href;
  } catch {
    return url;
  }
}
