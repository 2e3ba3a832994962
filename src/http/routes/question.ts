/** Routes of questions that have nothing to do with what is kept: schedules and timetables as they are written. */
import { checkTimetableText, explainText, nextOfText, type ScheduleQuestion } from '../../app/question.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';

/** What is asked of a schedule. @param count - Of the instants that are told. */
function aboutSchedule(count: { readonly maximum: number; readonly description: string }): Schema {
  return {
    type: 'object',
    required: ['expr'],
    properties: {
      expr: { type: 'string', maxLength: 4_000, description: 'A schedule, such as `*/5 * * * *`.' },
      tz: {
        type: 'string',
        maxLength: 100,
        description: 'An IANA name, for schedules that name none; default: the zone of the server.',
      },
      from: {
        type: 'string',
        maxLength: 100,
        description:
          'An ISO 8601 instant, or a wall time in `tz`; default: now. Instants are strictly later.',
      },
      count: { type: 'integer', minimum: 1, ...count },
    },
    additionalProperties: false,
  };
}

export const QUESTION_ROUTES: readonly Route[] = [
  route<ScheduleQuestion>({
    method: 'POST',
    path: '/next',
    name: 'nextInstants',
    summary: 'When a schedule is due next.',
    scope: 'read',
    isPure: true,
    request: aboutSchedule({ maximum: 1_000, description: 'Default 5.' }),
    response: { status: 200, schema: published('next', 'schedule') },
    handle: ({ service, body }) => nextOfText(service, body),
  }),
  route<ScheduleQuestion>({
    method: 'POST',
    path: '/explain',
    name: 'explainSchedule',
    summary: 'What a schedule means, in plain English.',
    scope: 'read',
    isPure: true,
    request: aboutSchedule({ maximum: 20, description: 'Default 3.' }),
    response: { status: 200, schema: published('explain') },
    handle: ({ service, body }) => explainText(service, body),
  }),
  route<{ readonly text: string; readonly name?: string }>({
    method: 'POST',
    path: '/timetables/check',
    name: 'checkTimetable',
    summary: 'What is wrong with a timetable; nothing of it is run or kept.',
    scope: 'read',
    isPure: true,
    request: {
      type: 'object',
      required: ['text'],
      properties: {
        text: {
          type: 'string',
          maxLength: 256 * 1024,
          description:
            'The timetable. Programs, directories and files that it names are looked at for those only who may change what there is (scope admin).',
        },
        name: {
          type: 'string',
          maxLength: 200,
          pattern: '^[^/\\\\\\x00-\\x1f]+$',
          description: 'The name of its file: the extension tells the notation. Else the text does.',
        },
      },
      additionalProperties: false,
    },
    response: { status: 200, schema: published('check') },
    // What lies on the machine is nothing for those who may only look at jobs and runs.
    handle: ({ service, body, scope }) => checkTimetableText(service, body, { isStatic: scope !== 'admin' }),
  }),
];
