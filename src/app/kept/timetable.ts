/** A timetable as somebody sends it, for the jobs of a namespace that are made through the API. */
import { SupertaskError } from '../../errors.js';
import { readForms } from '../../formats/form.js';
import type { Json } from '../../model/json.js';
import { isObject, type TaskForm } from '../../model/kept-job.js';
import type { JsonRecord } from '../../model/record.js';
import { parseZone } from '../../model/zone.js';
import { systemZone } from '../../settings/zone.js';
import { checkText } from '../check/check.js';
import { checkedRecord } from '../check/record.js';
import type { Service } from '../service.js';
import { invalidTasks, type KeptPlace } from './change.js';

export type GivenTimetable = {
  /** By id; each as a timetable has it. */
  readonly tasks?: TaskForm;
  /** The same in YAML or JSON. */
  readonly text?: string;
  /** Of the text: the extension tells the notation. */
  readonly name?: string;
};

const UNNAMED = '<text>';

/** @throws {SupertaskError} `USAGE`, `TIMETABLE_INVALID` with all problems of the text, each with its place. */
export async function tasksGiven(
  { tasks, text, name = UNNAMED }: GivenTimetable,
  { surroundings }: KeptPlace,
): Promise<ReadonlyMap<string, TaskForm>> {
  if ((tasks === undefined) === (text === undefined))
    throw new SupertaskError('USAGE', 'either tasks or text has to be given', {
      hint: 'tasks is a map of ids and tasks, text a whole timetable.',
    });
  if (text === undefined)
    return new Map(Object.entries(tasks ?? {}).map(([id, task]) => [id, formOf(id, task)]));
  const { forms, problems } = await readForms(text, {
    file: name,
    directory: surroundings.directory ?? '/',
  });
  if (problems.length > 0) throw invalidTasks(problems, 'the timetable');
  return forms;
}

/** What `supertask check` finds in it, none of which keeps it from being kept. */
export async function findingsIn(
  { text, name = UNNAMED }: GivenTimetable,
  forms: ReadonlyMap<string, TaskForm>,
  { surroundings }: KeptPlace,
  { env, now }: Service,
): Promise<readonly JsonRecord[]> {
  if (forms.size === 0) return [];
  const directory = surroundings.directory ?? '/';
  const written = text ?? JSON.stringify({ tasks: Object.fromEntries(forms) }, undefined, 2);
  const options = { tz: parseZone(systemZone(env)), now: now(), env, isStatic: false };
  const checked = await checkText({ file: name, directory, text: written }, options);
  const { findings } = checkedRecord(checked, true, directory);
  // Nobody has seen the lines of a text that was made here.
  return text === undefined ? findings.map((each) => ({ ...each, line: null, column: null })) : findings;
}

function formOf(id: string, task: Json): TaskForm {
  if (isObject(task)) return task;
  throw new SupertaskError(
    'USAGE',
    `tasks.${id} is ${JSON.stringify(task).slice(0, 60)} and has to be a task`,
    {
      hint: 'Write {"when": …, "run": …}.',
    },
  );
}
