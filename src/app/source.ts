/** From what the user names — words, a file, a URL, standard input — to a timetable and its origin. */
import { dirname, resolve } from 'node:path';
import { SupertaskError } from '../errors.js';
import type { KeptCommand } from '../model/job.js';
import type { SourceKind } from '../model/namespace.js';
import type { Args } from '../model/param.js';
import { DEFAULT_POLICY } from '../model/policy.js';
import { formatTarget, NO_CALL, quoteWord, type Target } from '../model/target.js';
import { slugId, type Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import type { RemoteText } from './remote.js';
import { checkSize, fingerprint, isDirectory, MAX_FILE_BYTES, readText, unreadable } from './text-file.js';
import type { Tree } from './tree.js';

export type Source = {
  readonly kind: SourceKind;
  /** Absolute path, URL, or for inline commands the working directory and the target's text. */
  readonly source: string;
  readonly timetable: Timetable;
  /** Where its tasks run that name no directory, absolute. */
  readonly directory: string;
  /** What was read for it, absolute, and what each looked like then: to notice when it changes. */
  readonly files?: ReadonlyMap<string, string>;
  /** Of a directory: what it would be read from now. */
  readonly list?: () => Tree;
  /** The tasks before flags changed them; undefined: none did. */
  readonly written?: readonly Task[];
  /** Of a command line: how it was given. */
  readonly command?: KeptCommand;
  /** Of a URL: what was answered. */
  readonly remote?: RemoteText;
};

/** Nothing of its own: all jobs are made through the API. */
export function apiSource(cwd: string): Source {
  const timetable = { namespace: undefined, author: undefined, tasks: [], warnings: [] };
  return { kind: 'api', source: cwd, timetable, directory: cwd };
}

const OTHER_SCRIPT = /\.(?:sh|bash|zsh|fish|pl|rb|php|lua)$/;
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
 * Read `--file`: a path, also of a directory, `-` for standard input, or an http(s) URL.
 *
 * @param how.remote - Of a URL: what it has answered already.
 * @param how.args - For every task that has such a parameter, in place of those in its schedules.
 * @param how.files - Takes what is looked at, as it looked then; also where it cannot be read in the end.
 * @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, or all problems of the timetable.
 */
export async function loadSource(
  file: string,
  cwd: string,
  readInput: () => Promise<string>,
  how: {
    readonly remote?: RemoteText | undefined;
    readonly args?: Args | undefined;
    readonly files?: Map<string, string> | undefined;
  } = {},
): Promise<Source> {
  const { remote, args, files = new Map<string, string>() } = how;
  if (file.trim() === '') {
    throw new SupertaskError('USAGE', 'the name of the file is empty', {
      hint: 'Is a variable not set that stands in its place? For all timetables of this directory, name it: .',
    });
  }
  if (file === '-') return inputSource(await readInput(), cwd, args);
  if (isUrl(file)) return urlSource(file, cwd, { remote, args, files });
  const path = resolve(cwd, file);
  if (isDirectory(path)) return directorySource(path, args, files);
  const timetable = await parseText(
    noteText(files)(path),
    { file: path, directory: dirname(path), args },
    files,
  );
  return { kind: 'file', source: path, timetable, directory: dirname(path), files };
}

/** What `loadSource` calls a path or a URL as a source, without a look at it. */
export async function sourceName(file: string, cwd: string): Promise<string> {
  if (!isUrl(file)) return resolve(cwd, file);
  return (await import('./remote.js')).shownUrl(file);
}

function isUrl(file: string): boolean {
  return /^https?:\/\//i.test(file);
}

async function directorySource(
  directory: string,
  args: Args | undefined,
  files: Map<string, string>,
): Promise<Source> {
  const { loadDirectory } = await import('./directory.js');
  const { listTree } = await import('./tree.js');
  const timetable = await loadDirectory(directory, files, ({ file, text }) =>
    parseText(text, { file, directory: dirname(file), args }, files),
  );
  return {
    kind: 'file',
    source: directory,
    timetable,
    directory,
    files,
    list: () => listTree(directory),
  };
}

async function inputSource(text: string, cwd: string, args: Args | undefined): Promise<Source> {
  checkSize(Buffer.byteLength(text), 'standard input');
  const { createHash } = await import('node:crypto');
  // Two texts piped in from one directory are two sources: nothing else tells them apart.
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const timetable = await parseRemote(text, { file: '<stdin>', directory: cwd, args });
  return { kind: 'stdin', source: `${cwd} - ${digest}`, timetable, directory: cwd };
}

type UrlReading = {
  readonly remote: RemoteText | undefined;
  readonly args: Args | undefined;
  readonly files: Map<string, string>;
};

async function urlSource(
  url: string,
  cwd: string,
  { remote: given, args, files }: UrlReading,
): Promise<Source> {
  const { fetchText, isHidden, shownUrl } = await import('./remote.js');
  if (isHidden(url)) {
    throw unreadable(url, 'the secret in it is not kept', 'Name it as it is, with --file.');
  }
  const remote = given ?? (await fetchText(url, MAX_FILE_BYTES));
  if (remote === undefined) throw new TypeError('a server was asked for nothing in particular');
  const source = shownUrl(url);
  const timetable = await parseRemote(remote.text, { file: source, directory: cwd, args }, files);
  return { kind: 'url', source, timetable, directory: cwd, files, remote };
}

type Reading = {
  readonly file: string;
  readonly directory: string;
  readonly args: Args | undefined;
};

/** @param files - Takes what else was read for it. */
async function parseText(
  text: string,
  reading: Reading,
  files = new Map<string, string>(),
): Promise<Timetable> {
  const { file, directory } = reading;
  if (NODE_FILE.test(file)) {
    const target: Target = { kind: 'node-file', path: file, func: undefined, words: [], call: NO_CALL };
    return plainTimetable(target, slugId(file.replace(/^.*\//, '').replace(NODE_FILE, '')), undefined);
  }
  if (OTHER_SCRIPT.test(file)) {
    const hint = `Run it as a command: supertask run -- ${quoteWord(file)}`;
    throw unreadable(file, 'it is a script, and no timetable', hint);
  }
  const { parseTimetableLazily } = await import('../formats/lazy.js');
  return nameCalendars(await parseTimetableLazily(text, reading), directory, noteText(files));
}

/** Scripts are run where they lie, so that they find what lies beside them; text from elsewhere lies nowhere. */
async function parseRemote(text: string, reading: Reading, files?: Map<string, string>): Promise<Timetable> {
  const { file } = reading;
  const { detectFormat } = await import('../formats/detect.js');
  if (!NODE_FILE.test(file.replace(/[?#].*$/s, '')) && detectFormat(file, text) !== 'python') {
    return parseText(text, reading, files);
  }
  throw unreadable(
    file,
    'it is a script, and only timetables can come from there',
    'Save it to a file and name that.',
  );
}

/** Few timetables have calendars, and theirs are read before anything is scheduled. */
export async function nameCalendars(
  timetable: Timetable,
  directory: string,
  read: (path: string) => string = readText,
): Promise<Timetable> {
  const isNamed = timetable.tasks.some(({ schedules }) =>
    schedules.some(({ calendar }) => typeof calendar === 'string'),
  );
  if (!isNamed && timetable.calendars === undefined) return timetable;
  const { withCalendars } = await import('./calendars.js');
  return withCalendars(timetable, { readText: read, directory });
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

/** Reads text files, and notes what they looked like before they were read. */
function noteText(files: Map<string, string>): (path: string) => string {
  return (path) => {
    files.set(path, fingerprint(path));
    return readText(path);
  };
}
