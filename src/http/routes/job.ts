/** Routes of jobs that a scheduler has. */
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import { EXACT_INSTANT, exactInstant, INSTANT, nullable } from '../parameter.js';
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
          properties: { id: { type: 'string' }, nextDueAt: nullable(INSTANT) },
        },
      },
    },
    handle: ({ control }) =>
      control.jobs().map(({ id, nextDueAt }) => ({ id, nextDueAt: nextDueAt?.toISOString() ?? null })),
  }),
  schedulerRoute<{
    readonly args?: Readonly<Record<string, Json>>;
    readonly note?: string;
    readonly at?: string;
  }>({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/{job}/trigger',
    name: 'triggerJob',
    summary: 'Run a job now or at an instant to come, as its overlap policy allows then.',
    scope: 'operate',
    request: {
      type: 'object',
      properties: {
        args: { type: 'object', description: 'Arguments of the run, by name.' },
        note: { type: 'string', maxLength: 1_000, description: 'Kept with the run.' },
        at: {
          ...EXACT_INSTANT,
          description: 'An instant; until then the run is recorded as waiting. Default: now.',
        },
      },
      additionalProperties: false,
    },
    response: {
      status: 201,
      schema: {
        title: 'TriggerAnswer',
        type: 'object',
        required: ['kind', 'run'],
        properties: {
          kind: { enum: ['started', 'waiting', 'skipped'] },
          run: published('list-runs', 'run'),
        },
      },
    },
    async handle({ control, param, body, by }) {
      const at = body.at === undefined ? undefined : exactInstant(body.at);
      const { kind, run } = await control.trigger(param('job'), { ...body, at, by });
      return { kind, run: runRecord(run) };
    },
  }),
];
