/** A task as the text of a timetable that has it alone, and back. */
/// <reference path="./js-yaml.d.ts" />
import { CORE_SCHEMA, dump, load } from 'js-yaml';
import type { TaskForm } from '../../api/record.js';
import type { Notation } from './finding.js';

export type Written = { readonly id: string; readonly task: TaskForm };

export function formatTask({ id, task }: Written, notation: Notation): string {
  const timetable = { tasks: { [id]: task } };
  return notation === 'json'
    ? `${JSON.stringify(timetable, null, 2)}\n`
    : dump(timetable, { schema: CORE_SCHEMA, lineWidth: 100, noRefs: true });
}

/** @throws {Error} That says what it is instead. */
export function parseTask(text: string): Written {
  // The types of YAML 1.2, as the server reads it; JSON is a part of it.
  const value = load(text, { schema: CORE_SCHEMA });
  if (!isMap(value) || !isMap(value['tasks']))
    throw new Error('The text has to have “tasks:” on top, and below it the job.');
  const others = Object.keys(value).filter((key) => key !== 'tasks' && !key.startsWith('x-'));
  if (others.length > 0)
    throw new Error(
      `What is made here has no ${others.map((key) => `“${key}”`).join(', ')}: only “tasks” can be kept.`,
    );
  const entries = Object.entries(value['tasks']);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1)
    throw new Error(`There are ${entries.length} tasks in the text; one job is made at a time.`);
  const [id, task] = entry;
  if (!isMap(task)) throw new Error(`What stands below “${id}:” is no map of keys.`);
  return { id, task: task as TaskForm };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
