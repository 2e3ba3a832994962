/** Routes of jobs that a scheduler has. */
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import { published, type Route, schedulerRoute } from '../route.js';

export const JOB_ROUTES: readonly Route[] = [
  schedulerRoute({
    method: 'GET',
    path: '/namespaces/{namespace}/scheduler/jobs',
    name: 'listSchedulerJobs',
    summary: 'The jobs that the scheduler has, and when each is due next.',
    scope: 'read',
    response: {
      status: 200,
      schema: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'nextDueAt'],
          properties: { id: { type: 'string' }, nextDueAt: { description: 'An instant, or null.' } },
        },
      },
    },
    handle: ({ control }) =>
      control.jobs().map(({ id, nextDueAt }) => ({ id, nextDueAt: nextDueAt?.toISOString() ?? null })),
  }),
  schedulerRoute<{ readonly args?: Readonly<Record<string, Json>>; readonly note?: string }>({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/{job}/trigger',
    name: 'triggerJob',
    summary: 'Run a job now, as its overlap policy allows.',
    scope: 'operate',
    request: {
      type: 'object',
      properties: {
        args: { type: 'object', description: 'Arguments of the run, by name.' },
        note: { type: 'string', maxLength: 1_000, description: 'Kept with the run.' },
      },
      additionalProperties: false,
    },
    response: {
      status: 201,
      schema: {
        type: 'object',
        required: ['kind', 'run'],
        properties: {
          kind: { enum: ['started', 'waiting', 'skipped'] },
          run: published('list-runs', 'run'),
        },
      },
    },
    async handle({ control, param, body, by }) {
      const { kind, run } = await control.trigger(param('job'), { ...body, by });
      return { kind, run: runRecord(run) };
    },
  }),
];
