/** Everything that is wrong with timetables, found in one pass. */
import { resolve } from 'node:path';
import { type Problem, SupertaskError } from '../../errors.js';
import { inspectTimetable } from '../../formats/inspect.js';
import type { Places } from '../../formats/place.js';
import type { Task } from '../../model/task.js';
import type { Timetable } from '../../model/timetable.js';
import { findClashes, type Part } from '../directory.js';
import { findHiding } from '../secret.js';
import { isDirectory } from '../text-file.js';
import { withKnownCalendars } from './calendar.js';
import { FILE_CHECKS, MACHINE_CHECKS } from './checks.js';
import type { CheckContext } from './context.js';
import { checkEnvFile } from './env-file.js';
import { createExcerpts, type Excerpt } from './excerpt.js';
import { type Finding, finding } from './finding.js';
import { findInputs, type Input } from './inputs.js';
import { jobsOf } from './job.js';
import { createMachine, type Machine } from './machine.js';

export type CheckOptions = {
  /** Files, directories, or `-`. */
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly tz: string;
  readonly now: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly envFiles: readonly string[];
  /** Look at nothing but the files themselves. */
  readonly isStatic: boolean;
  readonly readInput: () => Promise<string>;
};

export type Checked = {
  readonly files: readonly string[];
  readonly taskCount: number;
  /** File by file, in the order of the text. */
  readonly findings: readonly ShownFinding[];
};

/** `excerpt` is the line that it is about. */
export type ShownFinding = Finding & { readonly excerpt?: Excerpt | undefined };

/**
 * Check timetables. Nothing of them is run, and nothing is written.
 *
 * @throws {SupertaskError} `USAGE`, `FILE_NOT_FOUND`, `FILE_UNREADABLE` for what was named and cannot be looked at.
 */
export async function checkTimetables(options: CheckOptions): Promise<Checked> {
  const envFiles = options.envFiles.map((path) => checkEnvFile(path, options.cwd));
  const env = Object.assign({}, options.env, ...envFiles.map(({ variables }) => variables));
  const machine = createMachine();
  const files = new Set<string>();
  // Without their lines: a wrong one may hold a secret that nobody can know of.
  const findings = await show(
    envFiles.flatMap((file) => file.findings),
    '',
    [],
    env,
  );
  let taskCount = 0;
  for (const path of options.paths) {
    const parts: CheckedPart[] = [];
    for (const input of await findInputs(path, options.cwd, options.readInput)) {
      if (files.has(input.file)) continue;
      files.add(input.file);
      const { timetable, found } = await checkInput(input, { ...options, env }, machine);
      taskCount += timetable.tasks.length;
      // Arguments that schedules bring may be secret, too.
      const tasks = found.length === 0 ? [] : timetable.tasks.flatMap((task) => [task, ...jobsOf(task)]);
      findings.push(...(await show(found, input.text, tasks, env)));
      parts.push({ ...input, timetable });
    }
    const directory = resolve(options.cwd, path);
    if (isDirectory(directory)) findings.push(...(await showClashes(directory, parts, env)));
  }
  return { files: [...files], taskCount, findings };
}

/**
 * Check a text that lies nowhere; what it names counts from `directory`.
 *
 * @param options.isStatic - Nor is any file looked at that the text names.
 */
export async function checkText(
  input: Input,
  options: Pick<CheckOptions, 'tz' | 'now' | 'env' | 'isStatic'>,
): Promise<Checked> {
  const own = options.isStatic ? { ...options, read: refuseFile } : options;
  const { timetable, found } = await checkInput(input, own, createMachine());
  const tasks = timetable.tasks.flatMap((task) => [task, ...jobsOf(task)]);
  return {
    files: [input.file],
    taskCount: timetable.tasks.length,
    findings: await show(found, input.text, tasks, options.env),
  };
}

function refuseFile(path: string): string {
  throw new SupertaskError('FILE_UNREADABLE', `${path} is not looked at here`, {
    hint: 'supertask check looks at the files that a timetable names.',
  });
}

type CheckedPart = Part & Pick<Input, 'text'>;

/** Of the files of a directory: they run as one timetable. */
async function showClashes(
  directory: string,
  parts: readonly CheckedPart[],
  env: CheckOptions['env'],
): Promise<ShownFinding[]> {
  const shown: ShownFinding[] = [];
  const readable = parts.map((part) => ({
    ...part,
    timetable: { ...part.timetable, tasks: part.timetable.tasks.filter(({ id }) => id !== '') },
  }));
  for (const problem of findClashes(directory, readable)) {
    const part = parts.find(({ file }) => file === problem.location?.file);
    const found = [problemFinding(problem, part?.file ?? directory)];
    shown.push(...(await show(found, part?.text ?? '', part?.timetable.tasks ?? [], env)));
  }
  return shown;
}

export type Inspected = {
  readonly timetable: Timetable;
  readonly context: CheckContext;
  /** What is wrong with the text. */
  readonly found: readonly Finding[];
  readonly problems: readonly Problem[];
};

type InputOptions = Pick<CheckOptions, 'tz' | 'now' | 'env'> & {
  /** Gives the text of a calendar's file; default: what the machine has. */
  readonly read?: (path: string) => string;
};

/** Read as much of a timetable as can be read, with what checks need. */
export async function inspectInput(
  { file, directory, text }: Input,
  { read, ...options }: InputOptions,
  machine: Machine,
): Promise<Inspected> {
  const { timetable, problems, places } = await inspectTimetable(text, { file, directory });
  const named = await withKnownCalendars(timetable, directory, read);
  const context: CheckContext = {
    ...options,
    tasks: named.timetable.tasks.filter(({ enabled, id }) => enabled && id !== ''),
    places,
    directory,
    machine,
  };
  const found = [...problems, ...named.problems].map((problem) => problemFinding(problem, file));
  return { timetable, context, found, problems };
}

async function checkInput(
  input: Input,
  options: InputOptions & Pick<CheckOptions, 'isStatic'>,
  machine: Machine,
): Promise<{ readonly timetable: Timetable; readonly found: readonly Finding[] }> {
  const { timetable, context, found: ofText, problems } = await inspectInput(input, options, machine);
  const { file } = input;
  const { places } = context;
  const found = [...ofText];
  found.push(...timetable.warnings.map((words) => finding('SURPRISE', words, { file })));
  for (const check of FILE_CHECKS) found.push(...(await check(context)));
  if (!options.isStatic) {
    const tasks = context.tasks.filter(({ id }) => !isMisplaced(id, places, problems));
    for (const check of MACHINE_CHECKS) found.push(...(await check({ ...context, tasks })));
  }
  return { timetable, found: inOrder(distinct(found)) };
}

/** Where a directory could not be read from the file, what is not in it is no finding. */
function isMisplaced(id: string, places: Places, problems: readonly Problem[]): boolean {
  const { line, column } = places.task(id, 'cwd');
  const own = places.task(id);
  if (own.line === line && own.column === column) return false;
  return problems.some(({ location }) => location?.line === line && location?.column === column);
}

function problemFinding({ code, message, hint, location }: Problem, file: string): Finding {
  return finding(code, message, location ?? { file }, { hint });
}

/** What stands behind an anchor is told once, however many tasks use it. */
function distinct(found: readonly Finding[]): Finding[] {
  const byPlace = new Map<string, Finding>();
  for (const each of found) {
    const { code, message, line, column } = each;
    const key = JSON.stringify([code, message, line, column]);
    if (!byPlace.has(key)) byPlace.set(key, each);
  }
  return [...byPlace.values()];
}

function inOrder(found: readonly Finding[]): Finding[] {
  return [...found].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** With their lines, and without secrets: what is shown here may end in a public log. */
async function show(
  found: readonly Finding[],
  text: string,
  tasks: readonly Task[],
  env: CheckOptions['env'],
): Promise<ShownFinding[]> {
  if (found.length === 0) return [];
  const { text: hide } = await findHiding(tasks, env);
  const excerptOf = createExcerpts(text, hide);
  return found.map((each) => ({
    ...each,
    message: hide(each.message),
    hint: each.hint && hide(each.hint),
    excerpt: excerptOf(each.line, each.column),
  }));
}
