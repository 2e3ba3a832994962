/** What would keep jobs from running: the checks of `check` that ask the machine, with what was found. */
import { inheritedBy } from '../../engine/inherit.js';
import { askTool } from '../../executor/tool.js';
import type { Task } from '../../model/task.js';
import { inspectInput } from '../check/check.js';
import { type Check, type CheckContext, type Work, worksOf } from '../check/context.js';
import { checkDirectories, checkFiles } from '../check/file.js';
import type { Finding } from '../check/finding.js';
import { checkImages } from '../check/image.js';
import type { Input } from '../check/inputs.js';
import { createMachine, type Machine } from '../check/machine.js';
import { checkPrograms, needsOf } from '../check/program.js';
import { checkSecrets } from '../check/secret.js';
import { checkShellLines } from '../check/shell.js';
import { findHiding } from '../secret.js';
import { type Diagnosis, fail, ok, warn } from './diagnosis.js';

export type JobOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tz: string;
  readonly now: Date;
  /** Only this task; undefined: all that are enabled. */
  readonly task?: string | undefined;
  /** What a task of the file is called. */
  readonly idOf: (task: Task) => string;
};

const ASK_MS = 10_000;
/** Programs that may be there and not work: shims that know no version, say. */
const ASKED = ['python3', 'uv'];

export async function examineJobs(input: Input, options: JobOptions): Promise<readonly Diagnosis[]> {
  const machine = createMachine();
  const { context, found, timetable } = await inspectInput(input, options, machine);
  const { task: wanted, idOf } = options;
  const tasks =
    wanted === undefined ? context.tasks : timetable.tasks.filter((task) => idOf(task) === wanted);
  const diagnoses = found.map((each) => ({ ...fromFinding('timetable', each), job: each.task }));
  const versions = new Map<string, Promise<Diagnosis | undefined>>();
  for (const task of tasks) {
    const of = await examineJob({ ...context, tasks: [task] }, task, versions);
    const shown = wanted === undefined ? brief(of) : [...of, ...examineEnabled(task)];
    diagnoses.push(...shown.map((each) => ({ ...each, job: idOf(task) })));
  }
  const { text: hide } = await findHiding(timetable.tasks, options.env);
  return diagnoses.map((each) => ({
    ...each,
    message: hide(each.message),
    hint: each.hint && hide(each.hint),
  }));
}

async function examineJob(
  context: CheckContext,
  task: Task,
  versions: Map<string, Promise<Diagnosis | undefined>>,
): Promise<readonly Diagnosis[]> {
  const works = worksOf(context);
  const kinds = new Set(works.map(({ step }) => step.target.kind));
  const groups: readonly (readonly [string, Check, string | undefined])[] = [
    ['directory', checkDirectories, task.cwd ?? context.directory],
    ['file', checkFiles, filesOf(works)],
    ['program', checkPrograms, programsOf(works, context)],
    ['shell line', checkShellLines, kinds.has('cmd') ? 'the shell can read it' : undefined],
    ['image', checkImages, kinds.has('docker') ? 'the engine answers, and has it' : undefined],
    ['secret', checkSecrets, (task.secrets ?? []).length > 0 ? 'all that are declared are set' : undefined],
  ];
  const all: Diagnosis[] = [];
  for (const [name, check, goodWords] of groups) {
    const found = await check(context);
    all.push(...found.map((each) => fromFinding(name, each)));
    if (found.length === 0 && goodWords !== undefined) all.push(ok(name, goodWords));
  }
  for (const work of works) all.push(...(await examineInterpreters(work, context, versions)));
  return [...all, ...examineCronPath(works, context, task)];
}

function examineEnabled({ enabled }: Task): readonly Diagnosis[] {
  if (enabled) return [];
  return [warn('enabled', 'it is not: no schedule runs it', 'Take enabled: false out of its timetable.')];
}

/** An engine that does not answer runs nothing; an image that is absent is fetched, if all goes well. */
function fromFinding(check: string, { code, severity, message, hint = '', line }: Finding): Diagnosis {
  const words = check === 'timetable' && line !== undefined ? `line ${line}: ${message}` : message;
  const isFailure = severity === 'error' || code === 'IMAGE_UNKNOWN';
  return isFailure ? fail(check, words, hint) : warn(check, words, hint);
}

function filesOf(works: readonly Work[]): string | undefined {
  const files = works.flatMap(({ step: { target } }) =>
    target.kind === 'python-file' || target.kind === 'node-file' ? [target.path] : [],
  );
  return files.length === 0 ? undefined : files.join(', ');
}

function programsOf(works: readonly Work[], context: CheckContext): string | undefined {
  const paths = works.flatMap((work) =>
    needsOf(work, context).flatMap(({ name }) => pathOf(context.machine, name, work.env, work.cwd) ?? []),
  );
  return paths.length === 0 ? undefined : [...new Set(paths)].join(', ');
}

function pathOf(machine: Machine, name: string, env: Work['env'], cwd: string): string | undefined {
  const found = machine.program(name, env, cwd);
  return found.kind === 'found' ? found.path : undefined;
}

async function examineInterpreters(
  work: Work,
  context: CheckContext,
  versions: Map<string, Promise<Diagnosis | undefined>>,
): Promise<readonly Diagnosis[]> {
  const { env, cwd } = work;
  const asked = needsOf(work, context).flatMap(({ name }) => {
    const path = ASKED.includes(name) ? pathOf(context.machine, name, env, cwd) : undefined;
    if (path === undefined) return [];
    const answer = versions.get(path) ?? askVersion(name, path, env, cwd);
    versions.set(path, answer);
    return [answer];
  });
  return (await Promise.all(asked)).filter((found) => found !== undefined);
}

async function askVersion(name: string, path: string, env: Work['env'], cwd: string): Promise<Diagnosis> {
  const { exitCode, stdout, stderr } = await askTool(path, ['--version'], { env, cwd, timeoutMs: ASK_MS });
  if (exitCode === 0) return ok(name, `${stdout.trim() || stderr.trim()}`);
  const [said = ''] = stderr.trim().split('\n');
  return fail(
    name,
    `${path} does not say its version: ${said || 'it did not answer'}`,
    `Try it: ${path} --version`,
  );
}

/** The same lookup with the PATH that services and cron have; jobs that ask for that have it already. */
function examineCronPath(works: readonly Work[], context: CheckContext, task: Task): readonly Diagnosis[] {
  if (task.inherit !== undefined && task.inherit !== 'all') return [];
  const bare = inheritedBy(context.env, 'minimal');
  const found = works.flatMap((work) =>
    needsOf(work, context).flatMap(({ name }) => {
      const path = pathOf(context.machine, name, work.env, work.cwd);
      const env = { ...bare, ...task.env, ...work.step.env };
      return path === undefined
        ? []
        : [{ path, isLost: pathOf(context.machine, name, env, work.cwd) === undefined }];
    }),
  );
  if (found.length === 0) return [];
  const lost = new Set(found.flatMap(({ path, isLost }) => (isLost ? [path] : [])));
  if (lost.size === 0) return [ok('bare PATH', `found with cron's as well: ${bare['PATH']}`)];
  const message = `not on cron's, ${bare['PATH']}: ${[...lost].join(', ')}`;
  const hint = 'Set PATH in env of the task, or write paths in full, before a service or cron starts it.';
  return [warn('bare PATH', message, hint)];
}

/** Of many jobs, what is good is one line each. */
function brief(found: readonly Diagnosis[]): readonly Diagnosis[] {
  const good = found.filter(({ status }) => status === 'ok').map(({ check }) => check);
  const others = found.filter(({ status }) => status !== 'ok');
  return good.length === 0 ? others : [ok('job', [...new Set(good)].join(', ')), ...others];
}
