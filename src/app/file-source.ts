/** From what `--file` names — a path, a directory, a URL, standard input — to a timetable and its origin. */
import { dirname, resolve } from 'node:path';
import { SupertaskError } from '../errors.js';
import type { Args } from '../model/param.js';
import { NO_CALL, quoteWord, type Target } from '../model/target.js';
import { slugId } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import { nameCalendars } from './calendar-name.js';
import type { RemoteText } from './remote.js';
import { plainTimetable, type Source } from './source.js';
import { checkSize, fingerprint, isDirectory, MAX_FILE_BYTES, readText, unreadable } from './text-file.js';

const OTHER_SCRIPT = /\.(?:sh|bash|zsh|fish|pl|rb|php|lua)$/;
const NODE_FILE = /\.(?:js|mjs|cjs|ts|mts|cts)$/;

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
  await refuseScheme(file);
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

/** @throws {SupertaskError} `FILE_UNREADABLE` for `ftp://…` and the like, which would be taken for a path. */
export async function refuseScheme(file: string): Promise<void> {
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(file)?.[1];
  if (scheme === undefined) return;
  const { shownUrl } = await import('./remote.js');
  const why = `"${scheme}:" is not fetched, only http and https are`;
  throw unreadable(shownUrl(file), why, 'Save it to a file, and name that by its path.');
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

/** Reads text files, and notes what they looked like before they were read. */
function noteText(files: Map<string, string>): (path: string) => string {
  return (path) => {
    files.set(path, fingerprint(path));
    return readText(path);
  };
}
