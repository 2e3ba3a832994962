/** A row of the table as an operation of OpenAPI. Pure. */
import type { Json } from '../../model/json.js';
import { API_BASE, type Route } from '../route.js';
import type { Schema } from '../schema.js';
import { OPEN } from '../server/guard.js';
import type { Components, JsonObject } from './component.js';
import { problemsOf } from './problem-response.js';

/** What the parts of paths are. */
const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  namespace: 'The id of a namespace.',
  job: 'The id of a job.',
  run: 'The id of a run.',
};

const TAG_HEADER: Json = {
  ETag: {
    description: 'The version of the answer, for If-None-Match and If-Match.',
    schema: { type: 'string' },
  },
};

/** @param routes - All of them: what can be asked for with a tag can be changed on condition of it. */
export function operationOf(row: Route, routes: readonly Route[], components: Components): JsonObject {
  return {
    operationId: row.name,
    summary: row.summary,
    description: descriptionOf(row),
    tags: [tagOf(row.path)],
    security: isOpen(row) ? [] : ['bearer', 'cookie'].map((scheme) => ({ [scheme]: [row.scope] })),
    parameters: [
      ...pathParameters(row),
      ...queryParameters(row, components),
      ...headerParameters(row, routes),
    ],
    ...(row.request === undefined ? {} : { requestBody: requestBody(row.request, components) }),
    responses: {
      ...answersOf(row, components),
      ...problemsOf(row, isConditional(row, routes)),
    },
  };
}

/** The names of the parameters in a path, in order. */
function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/** Whether a request can be made on condition that what it changes is still as it was. */
export function isConditional({ method, path, response }: Route, routes: readonly Route[]): boolean {
  const tagged = routes.filter((each) => each.method === 'GET' && 'isTagged' in each.response);
  if (method === 'GET') return false;
  if (method !== 'POST') return tagged.some((each) => each.path === path);
  // It answers with what it has changed, by its tag, and that is named by the same parameters.
  const names = namesIn(path).join();
  return 'isTagged' in response && tagged.some((each) => namesIn(each.path).join() === names);
}

/** Whether it is for those who have not signed in. */
function isOpen({ method, path }: Route): boolean {
  return (OPEN as readonly string[]).includes(`${method} ${API_BASE}${path}`);
}

/** What a path is about: the last of these in it. */
function tagOf(path: string): string {
  const parts = path.split('/').filter((part) => !part.startsWith('{'));
  const tags = parts.flatMap((part) => TAG_OF_PART[part] ?? []);
  return tags.at(-1) ?? 'server';
}

export const TAGS = {
  server: 'The process that answers.',
  namespaces: 'What belongs together: a timetable, or a command, with its past.',
  schedulers: 'Processes that run jobs when they are due.',
  jobs: 'What is run, and when.',
  runs: 'What was run, is running, or was not run when it was due.',
  schedules: 'When something is due.',
  events: 'What happens, as it happens.',
  session: 'Who asks.',
} as const;

type Tag = keyof typeof TAGS;

const TAG_OF_PART: Readonly<Record<string, Tag>> = {
  namespaces: 'namespaces',
  jobs: 'jobs',
  runs: 'runs',
  timeline: 'runs',
  schedulers: 'schedulers',
  scheduler: 'schedulers',
  shutdown: 'schedulers',
  reload: 'schedulers',
  overrides: 'schedulers',
  timetable: 'jobs',
  timetables: 'schedules',
  next: 'schedules',
  explain: 'schedules',
  upcoming: 'schedules',
  events: 'events',
  session: 'session',
};

function descriptionOf(row: Route): string {
  const needs = isOpen(row) ? 'Needs no token.' : `Needs the scope \`${row.scope}\`.`;
  return `${needs}${WHERE[row.where]}`;
}

const WHERE: Readonly<Record<Route['where'], string>> = {
  anywhere: '',
  scheduler: ' Asks the scheduler of the namespace, which has to run.',
  'scheduler-first': ' Asks the scheduler of the namespace where one runs.',
};

function pathParameters({ path }: Route): Json[] {
  return namesIn(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    description: PATH_PARAMETERS[name] ?? `The ${name}.`,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query = {} }: Route, components: Components): Json[] {
  return Object.entries(query).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    schema: components.take(schema),
  }));
}

function headerParameters(row: Route, routes: readonly Route[]): Json[] {
  const header = (name: string, description: string, more: JsonObject = {}): Json => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
    ...more,
  });
  return [
    ...(row.method === 'GET'
      ? []
      : [
          header('X-Supertask', 'Says that no form of a page sends this.', {
            required: true,
            schema: { type: 'string', enum: ['1'] },
          }),
        ]),
    ...('isTagged' in row.response && row.method === 'GET'
      ? [header('If-None-Match', 'Tags of answers that are here already: where it is one of them, 304.')]
      : []),
    ...(isConditional(row, routes)
      ? [header('If-Match', 'Only if it is still this version; else the answer is 412.')]
      : []),
    ...('type' in row.response && row.response.type === 'text/event-stream'
      ? [header('Last-Event-ID', 'Go on behind this event.')]
      : []),
  ];
}

function requestBody(schema: Schema, components: Components): Json {
  // An empty body is an empty object.
  const isNeeded = (schema.required ?? []).length > 0;
  return { required: isNeeded, content: { 'application/json': { schema: components.take(schema) } } };
}

function answersOf({ method, response }: Route, components: Components): JsonObject {
  if ('type' in response)
    return {
      [response.status]: {
        description: response.description,
        content: {
          [response.type]: response.type.startsWith('text/') ? { schema: { type: 'string' } } : {},
        },
      },
    };
  if (!('schema' in response)) return { [response.status]: { description: 'Done.' } };
  const isTagged = 'isTagged' in response;
  const content = { 'application/json': { schema: components.take(response.schema) } };
  return {
    [response.status]: {
      description: response.schema.description ?? DESCRIPTIONS[response.status],
      ...(isTagged ? { headers: TAG_HEADER } : {}),
      content,
    },
    ...('isPending' in response ? { 202: { description: DESCRIPTIONS[202], content } } : {}),
    ...(isTagged && method === 'GET'
      ? { 304: { description: 'The one that is here already.', headers: TAG_HEADER } }
      : {}),
  };
}

const DESCRIPTIONS = { 200: 'The answer.', 201: 'It was made.', 202: 'It is under way.' } as const;
