/** Schedules with templates in them: of arguments and tables only, since their instants have to be known beforehand. */
import type { Args } from './param.js';
import type { Schedule, ScheduleForm } from './schedule.js';
import { parseScheduleObject } from './schedule-object.js';
import type { Task } from './task.js';
import { hasTemplate, mapTexts } from './template.js';
import { fillText } from './template-evaluate.js';
import { constantScope } from './template-scope.js';

/** Whether an object form of a schedule has templates. Arguments are taken as they are. */
export function isTemplated({ args: _, ...form }: { readonly [key: string]: unknown }): boolean {
  let found = false;
  mapTexts(form, (text) => {
    found ||= hasTemplate(text);
    return text;
  });
  return found;
}

/**
 * Read the object form of a schedule with the arguments of a job in it.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`, or what is wrong with the schedule that comes out.
 */
export function fillSchedule(template: ScheduleForm, args: Args, tables: Task['tables']): Schedule {
  const { args: given, ...form } = template;
  const scope = constantScope(args, tables);
  const filled = mapTexts(form, (text) => fillText(text, scope));
  return parseScheduleObject(given === undefined ? filled : { ...filled, args: given });
}
