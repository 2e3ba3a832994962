/** Routes of namespaces, and of the process that answers. */
import { type Health, healthOf } from '../../app/health.js';
import { type ListedNamespace, listSeenNamespaces, showNamespace } from '../../app/namespace-list.js';
import { type JsonRecord, namespaceRecord } from '../../model/record.js';
import { INSTANT, nullable, pageSchema } from '../parameter.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';

const NAMESPACE = published('list-namespaces', 'namespace');

const HEALTH: Schema = {
  title: 'Health',
  type: 'object',
  required: ['status', 'version', 'pid', 'startedAt', 'now', 'schedulers', 'running', 'nextDueAt', 'host'],
  properties: {
    status: {
      enum: ['ok', 'stopping'],
      description: 'stopping: a scheduler of this process is about to end.',
    },
    version: { type: 'string' },
    pid: { type: 'integer' },
    startedAt: INSTANT,
    now: { ...INSTANT, description: 'What the clock of the server says.' },
    schedulers: { type: 'integer', description: 'Of this process.' },
    running: { type: 'integer', description: 'Runs that are going in this process.' },
    nextDueAt: nullable(INSTANT, 'Of the jobs of this process.'),
    host: {
      title: 'Host',
      type: 'object',
      required: ['name', 'platform', 'cpus', 'load', 'memoryBytes', 'freeMemoryBytes', 'uptimeSeconds'],
      properties: {
        name: { type: 'string' },
        platform: { type: 'string' },
        cpus: { type: 'integer' },
        load: { type: 'array', items: { type: 'number' }, description: 'Of the last 1, 5 and 15 minutes.' },
        memoryBytes: { type: 'integer' },
        freeMemoryBytes: { type: 'integer' },
        uptimeSeconds: { type: 'integer' },
      },
    },
  },
};

export const NAMESPACE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    name: 'showHealth',
    summary: 'Whether the process that answers is well, and the machine that it runs on.',
    scope: 'read',
    response: { status: 200, schema: HEALTH },
    handle: ({ service }) => healthRecord(healthOf(service)),
  }),
  route({
    method: 'GET',
    path: '/namespaces',
    name: 'listNamespaces',
    summary: 'The namespaces, with the schedulers that live in them.',
    scope: 'read',
    response: { status: 200, schema: pageSchema('NamespacePage', NAMESPACE) },
    async handle({ service }) {
      return { items: (await listSeenNamespaces(service)).map(listedRecord), next: null };
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}',
    name: 'showNamespace',
    summary: 'One namespace.',
    scope: 'read',
    response: { status: 200, schema: NAMESPACE },
    async handle({ service, param }) {
      return listedRecord(await showNamespace(service, param('namespace')));
    },
  }),
];

function healthRecord({ startedAt, now, nextDueAt, host, ...health }: Health): JsonRecord {
  return {
    ...health,
    startedAt: startedAt.toISOString(),
    now: now.toISOString(),
    nextDueAt: nextDueAt?.toISOString() ?? null,
    host: { ...host },
  };
}

function listedRecord({ namespace, schedulers }: ListedNamespace): JsonRecord {
  return {
    ...namespaceRecord(namespace),
    schedulers: schedulers.map(({ process, startedAt, jobs, socket }) => ({
      pid: process.pid,
      startedAt: startedAt.toISOString(),
      jobs: jobs.length,
      reachable: socket !== undefined,
    })),
  };
}
