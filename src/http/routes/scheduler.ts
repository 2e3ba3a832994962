/** Routes of schedulers: what lives, ending it, reading its source again. */
import type { SchedulerStatus } from '../../app/control/control.js';
import { type ListedScheduler, listSchedulers } from '../../app/scheduler-list.js';
import type { Json } from '../../model/json.js';
import { type JsonRecord, runRecord } from '../../model/record.js';
import { INSTANT, NO_BODY, nullable } from '../parameter.js';
import { published, type Route, route, schedulerRoute } from '../route.js';
import type { Schema } from '../schema.js';

const SCHEDULER: Schema = {
  title: 'SchedulerStatus',
  type: 'object',
  required: ['namespace', 'source', 'kind', 'pid', 'startedAt', 'jobs', 'nextDueAt', 'running', 'stopping'],
  properties: {
    namespace: { type: 'string' },
    source: { type: 'string' },
    kind: { type: 'string' },
    pid: { type: 'integer' },
    startedAt: INSTANT,
    jobs: { type: 'integer' },
    nextDueAt: nullable(INSTANT, 'Null where nothing is due.'),
    running: { type: 'array', items: published('list-runs', 'run') },
    stopping: { type: 'boolean' },
  },
};

const LISTED: Schema = {
  title: 'ListedScheduler',
  type: 'object',
  required: [
    'namespace',
    'source',
    'kind',
    'pid',
    'startedAt',
    'jobs',
    'paused',
    'nextDueAt',
    'running',
    'stopping',
    'reachable',
    'terminal',
    'directory',
  ],
  properties: {
    namespace: { type: 'string' },
    source: { type: 'string' },
    kind: { type: 'string', description: 'inline, file, url or stdin.' },
    pid: { type: 'integer' },
    startedAt: INSTANT,
    jobs: { type: 'integer' },
    paused: { type: 'integer', description: 'Jobs that are paused now.' },
    nextDueAt: nullable(INSTANT, 'Soonest of its jobs; null where nothing is due.'),
    running: { type: 'array', items: published('list-runs', 'run'), description: 'Of its namespace.' },
    stopping: {
      type: 'boolean',
      description: 'It is about to end; known of schedulers of the process that answers.',
    },
    reachable: { type: 'boolean', description: 'It can be asked, and told to do something.' },
    terminal: nullable({ type: 'string' }, 'Such as /dev/pts/3.'),
    directory: nullable({ type: 'string' }, 'Where it was started.'),
  },
};

export const SCHEDULER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/schedulers',
    name: 'listSchedulers',
    summary: 'The schedulers that live, in all processes.',
    scope: 'read',
    response: { status: 200, schema: { type: 'array', items: LISTED } },
    handle: async ({ service }) => (await listSchedulers(service)).map(listedRecord),
  }),
  schedulerRoute({
    method: 'GET',
    path: '/namespaces/{namespace}/scheduler',
    name: 'showScheduler',
    summary: 'The scheduler of a namespace.',
    scope: 'read',
    response: { status: 200, schema: SCHEDULER },
    handle: ({ control }) => schedulerRecord(control.status()),
  }),
  schedulerRoute<{ readonly drain?: boolean }>({
    method: 'POST',
    path: '/namespaces/{namespace}/shutdown',
    name: 'shutDownScheduler',
    summary: 'End the scheduler: no new runs; those that are going are stopped, or waited for.',
    scope: 'admin',
    request: {
      type: 'object',
      properties: { drain: { type: 'boolean', description: 'Wait for the runs that are going.' } },
      additionalProperties: false,
    },
    response: { status: 202, schema: SCHEDULER },
    handle({ control, body, by }) {
      control.shutdown({ drain: body.drain, by });
      return schedulerRecord(control.status());
    },
  }),
  schedulerRoute({
    method: 'POST',
    path: '/namespaces/{namespace}/overrides/refresh',
    name: 'refreshOverrides',
    summary: 'Take over pauses and skips at once that were written to the bookkeeping.',
    scope: 'operate',
    request: NO_BODY,
    response: {
      status: 200,
      schema: {
        type: 'object',
        required: ['namespace'],
        properties: { namespace: { type: 'string' } },
      },
    },
    async handle({ control }) {
      await control.refresh();
      return { namespace: control.namespace };
    },
  }),
  schedulerRoute({
    method: 'POST',
    path: '/namespaces/{namespace}/reload',
    name: 'reloadSource',
    summary: 'Read the source again, and take over what has changed in it.',
    scope: 'admin',
    request: NO_BODY,
    response: { status: 200, schema: { type: 'object' } },
    handle: ({ control, by }) => control.reload(by),
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

function listedRecord({
  isStopping,
  isReachable,
  startedAt,
  nextDueAt,
  running,
  terminal,
  directory,
  ...scheduler
}: ListedScheduler): JsonRecord {
  return {
    ...scheduler,
    startedAt: startedAt.toISOString(),
    nextDueAt: nextDueAt?.toISOString() ?? null,
    running: running.map(runRecord),
    stopping: isStopping,
    reachable: isReachable,
    terminal: terminal ?? null,
    directory: directory ?? null,
  };
}
