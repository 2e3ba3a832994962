/** Routes of schedulers: what lives, ending it, reading its source again. */
import type { SchedulerStatus } from '../../app/control/control.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';

const SCHEDULER: Schema = {
  type: 'object',
  required: ['namespace', 'source', 'kind', 'pid', 'startedAt', 'jobs', 'nextDueAt', 'running', 'stopping'],
  properties: {
    namespace: { type: 'string' },
    source: { type: 'string' },
    kind: { type: 'string' },
    pid: { type: 'integer' },
    startedAt: { type: 'string' },
    jobs: { type: 'integer' },
    nextDueAt: { description: 'An instant; null where nothing is due.' },
    running: { type: 'array', items: published('list-runs', 'run') },
    stopping: { type: 'boolean' },
  },
};

export const SCHEDULER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/schedulers',
    summary: 'The schedulers that answer here.',
    scope: 'read',
    response: { status: 200, schema: { type: 'array', items: SCHEDULER } },
    handle: ({ controls }) => controls.all().map((control) => schedulerRecord(control.status())),
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}/scheduler',
    summary: 'The scheduler of a namespace.',
    scope: 'read',
    response: { status: 200, schema: SCHEDULER },
    handle: ({ controls, param }) => schedulerRecord(controls.of(param('namespace')).status()),
  }),
  route<{ readonly drain?: boolean }>({
    method: 'POST',
    path: '/namespaces/{namespace}/shutdown',
    summary: 'End the scheduler: no new runs; those that are going are stopped, or waited for.',
    scope: 'admin',
    request: {
      type: 'object',
      properties: { drain: { type: 'boolean', description: 'Wait for the runs that are going.' } },
      additionalProperties: false,
    },
    response: { status: 202, schema: SCHEDULER },
    handle({ controls, param, body, by }) {
      const control = controls.of(param('namespace'));
      control.shutdown({ drain: body.drain, by });
      return schedulerRecord(control.status());
    },
  }),
  route({
    method: 'POST',
    path: '/namespaces/{namespace}/overrides/refresh',
    summary: 'Take over pauses and skips at once that were written to the bookkeeping.',
    scope: 'operate',
    request: { type: 'object', additionalProperties: false },
    response: {
      status: 200,
      schema: {
        type: 'object',
        required: ['namespace'],
        properties: { namespace: { type: 'string' } },
      },
    },
    async handle({ controls, param }) {
      const control = controls.of(param('namespace'));
      await control.refresh();
      return { namespace: control.namespace };
    },
  }),
  route({
    method: 'POST',
    path: '/namespaces/{namespace}/reload',
    summary: 'Read the source again, and take over what has changed in it.',
    scope: 'admin',
    request: { type: 'object', additionalProperties: false },
    response: { status: 200, schema: { type: 'object' } },
    handle: ({ controls, param, by }) => controls.of(param('namespace')).reload(by),
  }),
];

function schedulerRecord(status: SchedulerStatus): Json {
  return {
    namespace: status.namespace,
    source: status.source,
    kind: status.kind,
    pid: status.pid,
    startedAt: status.startedAt.toISOString(),
    jobs: status.jobs,
    nextDueAt: status.nextDueAt?.toISOString() ?? null,
    running: status.running.map(runRecord),
    stopping: status.isStopping,
  };
}
