/** Routes of jobs that are made through the API: what they are, rather than what becomes of them. */
import {
  changeJob,
  createJob,
  type Definition,
  type KeptPlace,
  patchJob,
  removeJob,
  showJob,
} from '../../app/kept/change.js';
import type { Json } from '../../model/json.js';
import type { TaskForm } from '../../model/kept-job.js';
import { NO_BODY } from '../parameter.js';
import { API_BASE, type Route, type RouteRequest, schedulerRoute } from '../route.js';
import type { Schema } from '../schema.js';
import { keptRoute, spread } from './kept-route.js';

const TASK: Schema = {
  title: 'Task',
  type: 'object',
  description: 'What a timetable has below tasks: ID:',
};

const DEFINITION: Schema = {
  title: 'Definition',
  type: 'object',
  required: ['namespace', 'id', 'origin', 'task', 'enabled', 'shadowed', 'createdAt', 'changedAt', 'by'],
  properties: {
    namespace: { type: 'string' },
    id: { type: 'string' },
    origin: { enum: ['api'] },
    task: TASK,
    enabled: { type: 'boolean' },
    shadowed: {
      type: 'boolean',
      description: 'The source of the scheduler has a job of this name, which runs in its place.',
    },
    createdAt: { type: 'string' },
    changedAt: { type: 'string' },
    by: { type: 'string', description: 'Who changed it last.' },
  },
};

const ONLY_TASK: Schema = {
  type: 'object',
  required: ['task'],
  properties: { task: TASK },
  additionalProperties: false,
};

type TaskBody = { readonly task: TaskForm };

export const DEFINITION_ROUTES: readonly Route[] = [
  keptRoute<TaskBody & { readonly id: string }>({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs',
    name: 'createJob',
    summary: 'Make a job; it is kept beside what the scheduler has from its source.',
    scope: 'admin',
    request: {
      type: 'object',
      required: ['id', 'task'],
      properties: { id: { type: 'string', maxLength: 64 }, task: TASK },
      additionalProperties: false,
    },
    response: { status: 201, schema: DEFINITION, isTagged: true },
    async handle(request, place) {
      const { id, task } = request.body;
      const made = await createJob(place, id, task);
      await spread(request, place);
      const path = `${API_BASE}/namespaces/${encodeURIComponent(place.namespace)}/jobs/${id}/definition`;
      return answer(place, made, 201, { location: path });
    },
  }),
  keptRoute({
    method: 'GET',
    path: '/namespaces/{namespace}/jobs/{job}/definition',
    name: 'showDefinition',
    summary: 'What a job is that was made through the API, as it was given.',
    scope: 'read',
    response: { status: 200, schema: DEFINITION, isTagged: true },
    async handle({ param, header }, place) {
      const found = await showJob(place, param('job'));
      const known = header('if-none-match')?.split(',') ?? [];
      if (known.some((each) => ['*', found.tag].includes(each.trim().replace(/^W\//, ''))))
        return new Response(null, { status: 304, headers: { etag: found.tag } });
      return answer(place, found);
    },
  }),
  keptRoute<TaskBody>({
    method: 'PUT',
    path: '/namespaces/{namespace}/jobs/{job}/definition',
    name: 'replaceDefinition',
    summary: 'Put another task in the place of that of a job.',
    scope: 'admin',
    request: ONLY_TASK,
    response: { status: 200, schema: DEFINITION, isTagged: true },
    handle: (request, place) =>
      changing(request, place, (id, condition) => changeJob(place, id, condition, () => request.body.task)),
  }),
  keptRoute<TaskBody>({
    method: 'PATCH',
    path: '/namespaces/{namespace}/jobs/{job}/definition',
    name: 'patchDefinition',
    summary: 'Change parts of the task of a job, by JSON Merge Patch (RFC 7396).',
    scope: 'admin',
    request: ONLY_TASK,
    response: { status: 200, schema: DEFINITION, isTagged: true },
    handle: (request, place) =>
      changing(request, place, (id, condition) => patchJob(place, id, condition, request.body.task as Json)),
  }),
  keptRoute({
    method: 'DELETE',
    path: '/namespaces/{namespace}/jobs/{job}/definition',
    name: 'deleteJob',
    summary: 'Remove a job that was made through the API; its past stays.',
    scope: 'admin',
    response: { status: 204 },
    async handle(request, place) {
      await removeJob(place, request.param('job'), request.header('if-match'));
      await spread(request, place);
      return null;
    },
  }),
  ...[true, false].map((enabled) =>
    keptRoute({
      method: 'POST',
      path: `/namespaces/{namespace}/jobs/{job}/${enabled ? 'enable' : 'disable'}`,
      name: enabled ? 'enableJob' : 'disableJob',
      summary: enabled
        ? 'Have a job run by its schedule again that was made through the API.'
        : 'Keep a job from being run that was made through the API, until it is enabled.',
      scope: 'admin',
      request: NO_BODY,
      response: { status: 200, schema: DEFINITION, isTagged: true },
      handle: (request, place) =>
        changing(request, place, (id, condition) =>
          changeJob(place, id, condition, (task) => ({ ...task, enabled })),
        ),
    }),
  ),
  schedulerRoute({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/refresh',
    name: 'refreshJobs',
    summary: 'Take over at once the jobs that were made through the API and written to the bookkeeping.',
    scope: 'operate',
    request: NO_BODY,
    response: {
      status: 200,
      schema: { type: 'object', required: ['namespace'], properties: { namespace: { type: 'string' } } },
    },
    async handle({ control }) {
      await control.kept?.takeOver();
      return { namespace: control.namespace };
    },
  }),
];

async function changing(
  request: RouteRequest<object, object>,
  place: KeptPlace,
  act: (id: string, condition: string | undefined) => Promise<Definition>,
): Promise<Response> {
  const changed = await act(request.param('job'), request.header('if-match'));
  await spread(request, place);
  return answer(place, changed);
}

function answer(
  { namespace }: KeptPlace,
  { id, task, tag, shadowed, createdAt, changedAt, by }: Definition,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = {
    namespace,
    id,
    origin: 'api',
    task,
    enabled: task['enabled'] !== false,
    shadowed,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
    by,
  };
  return Response.json(body, { status, headers: { etag: tag, ...headers } });
}
