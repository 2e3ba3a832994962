/** Routes of all jobs of a namespace that are made through the API, as one timetable. */
import { type KeptSet, type Replaced, replaceSet, showSet } from '../../app/kept/replace.js';
import type { GivenTimetable } from '../../app/kept/timetable.js';
import type { Json } from '../../model/json.js';
import type { Route } from '../route.js';
import type { Schema } from '../schema.js';
import { keptRoute, spread } from './kept-route.js';

const TASKS: Schema = {
  type: 'object',
  description: 'Ids and tasks, as a timetable has them below tasks:.',
  additionalProperties: {
    title: 'Task',
    type: 'object',
    description: 'What a timetable has below tasks: ID:',
  },
};

const IDS: Schema = { type: 'array', items: { type: 'string' } };

const SHADOWED: Schema = {
  ...IDS,
  description: 'Those of which the source of the scheduler has the name, which runs in their place.',
};

export const TIMETABLE_ROUTES: readonly Route[] = [
  keptRoute({
    method: 'GET',
    path: '/namespaces/{namespace}/timetable',
    name: 'showTimetable',
    summary: 'All jobs of a namespace that were made through the API, as they were given.',
    scope: 'read',
    response: {
      status: 200,
      isTagged: true,
      schema: {
        title: 'KeptTimetable',
        type: 'object',
        required: ['namespace', 'tasks', 'shadowed'],
        properties: { namespace: { type: 'string' }, tasks: TASKS, shadowed: SHADOWED },
      },
    },
    async handle({ header }, place) {
      const found = await showSet(place);
      const known = header('if-none-match')?.split(',') ?? [];
      if (known.some((each) => ['*', found.tag].includes(each.trim().replace(/^W\//, ''))))
        return new Response(null, { status: 304, headers: { etag: found.tag } });
      const tasks = Object.fromEntries([...found.jobs].map(([id, { task }]) => [id, task]));
      return tagged(found, { namespace: place.namespace, tasks, shadowed: found.shadowed });
    },
  }),
  keptRoute<GivenTimetable & { readonly dryRun?: boolean }>({
    method: 'PUT',
    path: '/namespaces/{namespace}/timetable',
    name: 'replaceTimetable',
    summary: 'Put a timetable in the place of all jobs of a namespace that were made through the API.',
    scope: 'admin',
    request: {
      type: 'object',
      properties: {
        tasks: TASKS,
        text: {
          type: 'string',
          maxLength: 512 * 1024,
          description: 'In place of tasks: a timetable in YAML or JSON, which has nothing beside its tasks.',
        },
        name: {
          type: 'string',
          maxLength: 200,
          pattern: '^[^/\\\\\\x00-\\x1f]+$',
          description: 'Of the text: the extension tells the notation. Else the text does.',
        },
        dryRun: { type: 'boolean', description: 'Change nothing: say what would become of it.' },
      },
      additionalProperties: false,
    },
    response: {
      status: 200,
      isTagged: true,
      schema: {
        title: 'ReplacedTimetable',
        type: 'object',
        required: ['namespace', 'dryRun', 'added', 'changed', 'removed', 'unchanged', 'shadowed', 'findings'],
        properties: {
          namespace: { type: 'string' },
          dryRun: { type: 'boolean' },
          added: IDS,
          changed: IDS,
          removed: IDS,
          unchanged: IDS,
          shadowed: SHADOWED,
          findings: {
            type: 'array',
            items: { $ref: 'check.schema.json#/properties/findings/items' },
            description: 'As supertask check has them; none of them keeps the timetable from being taken.',
          },
        },
      },
    },
    async handle(request, place) {
      const { body, header, service } = request;
      const isDry = body.dryRun === true;
      const { findingsIn, tasksGiven } = await import('../../app/kept/timetable.js');
      const tasks = await tasksGiven(body, place);
      const replaced = await replaceSet(place, tasks, { condition: header('if-match'), isDry });
      if (!isDry && replaced.added.length + replaced.changed.length + replaced.removed.length > 0)
        await spread(request, place);
      const findings = await findingsIn(body, tasks, place, service);
      return tagged(replaced, { ...record(replaced, place.namespace), dryRun: isDry, findings });
    },
  }),
];

function record({ added, changed, removed, unchanged, shadowed }: Replaced, namespace: string) {
  return { namespace, added, changed, removed, unchanged, shadowed };
}

function tagged({ tag }: KeptSet, body: Json): Response {
  return Response.json(body, { headers: { etag: tag } });
}
