/** Routes that tell more of one run: its end, what it belongs to, and what is other about it. */
import { findAttempts } from '../../app/attempts.js';
import { findChain, type Link } from '../../app/chain.js';
import { changesOf, type Difference } from '../../app/run-change.js';
import { findRun } from '../../app/run-page.js';
import { waitForRun } from '../../app/run-wait.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import { type JsonRecord, runRecord } from '../../model/record.js';
import { isEnded } from '../../model/run.js';
import { INSTANT, nullable } from '../parameter.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';

const RUN = published('list-runs', 'run');

const LINK: Schema = {
  title: 'RunLink',
  type: 'object',
  required: ['run', 'depth'],
  properties: {
    run: RUN,
    depth: { type: 'integer', description: 'Steps away from the run: below 0 before it, above 0 behind it.' },
  },
};

const CHAIN: Schema = {
  title: 'RunChain',
  type: 'object',
  required: ['run', 'attempts', 'ledBy', 'ledTo'],
  properties: {
    run: RUN,
    attempts: {
      type: 'array',
      items: RUN,
      description: 'All at its moment, the run among them, oldest first.',
    },
    ledBy: { type: 'array', items: LINK, description: 'The first first.' },
    ledTo: { type: 'array', items: LINK, description: 'Each followed by those that it led to.' },
  },
};

const VALUE: Schema = { description: 'Null: there was none.' };
const DIFFERENCE = { field: { type: 'string' }, before: VALUE, after: VALUE } as const satisfies Record<
  string,
  Schema
>;

const CHANGES: Schema = {
  title: 'RunChanges',
  type: 'object',
  required: ['run', 'lastSuccess', 'failures', 'definition', 'remembered', 'differences'],
  properties: {
    run: RUN,
    lastSuccess: nullable(RUN, 'The run of the job before it that succeeded; null: none is known.'),
    failures: { type: 'integer', description: 'Between the two; at most 1000 are counted.' },
    definition: {
      type: 'array',
      description:
        'What became another in the timetable between the two, in order; `other`: what is not kept in words.',
      items: {
        type: 'object',
        required: ['at', 'field', 'before', 'after'],
        properties: { at: INSTANT, ...DIFFERENCE },
      },
    },
    remembered: { type: 'boolean', description: 'Whether that is known from the last success on.' },
    differences: {
      type: 'array',
      description: 'Between the records of the two.',
      items: { type: 'object', required: ['field', 'before', 'after'], properties: DIFFERENCE },
    },
  },
};

const LONGEST_WAIT_MS = 60_000;

export const RUN_DETAIL_ROUTES: readonly Route[] = [
  route<object, { readonly timeout?: string }>({
    method: 'GET',
    path: '/namespaces/{namespace}/runs/{run}/wait',
    name: 'waitForRun',
    summary: 'A run when it has ended; 202, as it is now, when that takes longer.',
    scope: 'read',
    isAlone: true,
    query: {
      timeout: {
        type: 'string',
        maxLength: 20,
        description: 'How long to wait: a duration up to 60s; default 0s.',
      },
    },
    response: { status: 200, schema: RUN, isPending: true },
    async handle({ service, param, query: { timeout = '0s' }, signal }) {
      const id = { namespace: param('namespace'), run: param('run') };
      const run = await waitForRun(service, id, waitOf(timeout), signal);
      return isEnded(run.status) ? runRecord(run) : Response.json(runRecord(run), { status: 202 });
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}/runs/{run}/chain',
    name: 'showRunChain',
    summary: 'The attempts of which a run is one, what led to it, and what it led to.',
    scope: 'read',
    response: { status: 200, schema: CHAIN },
    async handle({ service, param }) {
      const { store } = service;
      const run = await findRun(service, param('namespace'), param('run'));
      const { ledBy, ledTo } = await findChain(store, run);
      return {
        run: runRecord(run),
        attempts: (await findAttempts(store, run)).map(runRecord),
        ledBy: ledBy.map(linkRecord),
        ledTo: ledTo.map(linkRecord),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}/runs/{run}/changes',
    name: 'showRunChanges',
    summary: 'What is other about a run than it was when its job succeeded last.',
    scope: 'read',
    response: { status: 200, schema: CHANGES },
    async handle({ service, param }) {
      const found = await changesOf(service, param('namespace'), param('run'));
      const { run, lastSuccess, failures, definition, isRemembered, differences } = found;
      return {
        run: runRecord(run),
        lastSuccess: lastSuccess === undefined ? null : runRecord(lastSuccess),
        failures,
        definition: definition.map(({ at, ...difference }) => ({
          at: at.toISOString(),
          ...differenceRecord(difference),
        })),
        remembered: isRemembered,
        differences: differences.map(differenceRecord),
      };
    },
  }),
];

function waitOf(text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms >= 0 && ms <= LONGEST_WAIT_MS) return ms;
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
  }
  throw new SupertaskError('USAGE', `the parameter timeout is ${JSON.stringify(text)}`, {
    hint: 'Write a duration from 0s to 60s.',
  });
}

function linkRecord({ run, depth }: Link): JsonRecord {
  return { run: runRecord(run), depth };
}

function differenceRecord({ field, before, after }: Difference): JsonRecord {
  return { field, before, after };
}
