/** The text of a timetable → its tasks as JSON, to be kept one by one. */
import type { Problem } from '../errors.js';
import { SupertaskError } from '../errors.js';
import type { TaskForm } from '../model/kept-job.js';
import { detectFormat, type ParseOptions } from './detect.js';
import { readDocument, TIMETABLE } from './document.js';
import { describe, type MapNode, type Node, toJson } from './node.js';
import { createReport, type Report } from './source.js';

export type Forms = {
  /** By id, in the order of the text; of no use beside problems. */
  readonly forms: ReadonlyMap<string, TaskForm>;
  /** Each with its line and column. */
  readonly problems: readonly Problem[];
};

/** Read tasks that are to stand for themselves. Throws nothing for what is wrong with the text. */
export async function readForms(text: string, options: ParseOptions): Promise<Forms> {
  const problems = (error: unknown): Forms => {
    if (!(error instanceof SupertaskError)) throw error;
    return { forms: new Map(), problems: error.problems };
  };
  try {
    const report = createReport(options.file, text);
    const readRoot = await notationOf(options, report);
    const { root } = readDocument(report, options, readRoot);
    const tasks = tasksOf(root, report);
    if (tasks !== undefined) refuseInexact(tasks, report);
    report.check();
    const entries = (tasks?.entries ?? []).map(({ key, value }) => [key, toJson(value) as TaskForm] as const);
    return { forms: new Map(entries), problems: [] };
  } catch (error) {
    return problems(error);
  }
}

async function notationOf(
  { file, format }: ParseOptions,
  report: Report,
): Promise<(report: Report) => Node | undefined> {
  const notation = format ?? detectFormat(file, report.source.text);
  if (notation === 'json') return (await import('./json.js')).readJson;
  if (notation === 'yaml') return (await import('./yaml.js')).readYaml;
  report.problem(0, 'a Python file cannot be kept', 'Write a timetable in YAML or JSON.');
  return report.check as () => undefined;
}

/** All that tasks have in common would be lost: each of them is kept by itself. */
function tasksOf(root: Node | undefined, report: Report): MapNode | undefined {
  if (root === undefined) return undefined;
  if (root.kind !== 'map') {
    report.problem(
      root.at,
      `expected a map with tasks, found ${describe(root)}`,
      'Write tasks: and below it id: {…}.',
    );
    return undefined;
  }
  for (const { key, keyAt } of root.entries)
    if (key !== 'tasks' && TIMETABLE.keys.includes(key))
      report.problem(
        keyAt,
        `${key} cannot be kept: jobs made through the API have nothing in common`,
        'Write what each task needs into the task; leave out the rest, or run the timetable as a file.',
      );
  const tasks = root.entries.find(({ key }) => key === 'tasks')?.value;
  if (tasks === undefined || tasks.kind === 'map') return tasks as MapNode | undefined;
  report.problem(
    tasks.at,
    `expected a map of tasks, found ${describe(tasks)}`,
    'Write id: {when: …, run: …} below tasks:.',
  );
  return undefined;
}

/** Where text is meant, `1.10` is read as it is written; as JSON it would be kept as 1.1. */
function refuseInexact(node: Node, report: Report): void {
  if (node.kind === 'list') for (const item of node.items) refuseInexact(item, report);
  if (node.kind === 'map') for (const { value } of node.entries) refuseInexact(value, report);
  if (node.kind !== 'scalar' || typeof node.value === 'string' || node.value === null) return;
  const kept = String(node.value);
  if (kept !== node.text)
    report.problem(node.at, `${node.text} would be kept as ${kept}`, `Write ${kept}, or put it in quotes.`);
}
