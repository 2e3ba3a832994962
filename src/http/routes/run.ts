/** Routes of runs that are going. */

import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import { published, type Route, schedulerRoute } from '../route.js';
import type { Schema } from '../schema.js';

const ANSWER: Schema = {
  title: 'StopAnswer',
  type: 'object',
  required: ['run', 'answer'],
  properties: {
    run: { type: 'string' },
    answer: {
      enum: ['stopping', 'stopping-already', 'dropped'],
      description: 'dropped: it waited for its turn, and is recorded as skipped.',
    },
  },
};

export const RUN_ROUTES: readonly Route[] = [
  schedulerRoute({
    method: 'GET',
    path: '/namespaces/{namespace}/scheduler/runs',
    name: 'listSchedulerRuns',
    summary: 'The runs that are going.',
    scope: 'read',
    response: { status: 200, schema: { type: 'array', items: published('list-runs', 'run') } },
    handle: ({ control }) => control.status().running.map(runRecord),
  }),
  schedulerRoute<{ readonly signal?: NodeJS.Signals; readonly graceMs?: number; readonly kill?: boolean }>({
    method: 'POST',
    path: '/namespaces/{namespace}/runs/{run}/stop',
    name: 'stopRun',
    summary: 'End a run and all its processes: a signal, SIGKILL after the grace.',
    scope: 'operate',
    request: {
      type: 'object',
      properties: {
        signal: { type: 'string', pattern: '^SIG[A-Z0-9]{2,12}$', description: "Default: the task's own." },
        graceMs: {
          type: 'integer',
          minimum: 0,
          maximum: 2_147_483_647,
          description: "Default: the task's own.",
        },
        kill: { type: 'boolean', description: 'SIGKILL at once.' },
      },
      additionalProperties: false,
    },
    response: { status: 202, schema: ANSWER },
    async handle({ control, param, body, by }) {
      const run = param('run');
      return { run, answer: await control.stopRun(run, { ...body, by }) };
    },
  }),
  schedulerRoute<{ readonly args?: Readonly<Record<string, Json>>; readonly note?: string }>({
    method: 'POST',
    path: '/namespaces/{namespace}/runs/{run}/rerun',
    name: 'rerunRun',
    summary:
      'Run the job of a run again, as it is defined now, with the arguments and the instant of the run.',
    scope: 'operate',
    request: {
      type: 'object',
      properties: {
        args: { type: 'object', description: 'All arguments, by name, in the place of those of the run.' },
        note: { type: 'string', maxLength: 1_000, description: 'Kept with the new run.' },
      },
      additionalProperties: false,
    },
    response: {
      status: 201,
      schema: {
        type: 'object',
        required: ['kind', 'run'],
        properties: { kind: { enum: ['started', 'waiting', 'skipped'] }, run: published('list-runs', 'run') },
      },
    },
    async handle({ control, param, body, by }) {
      const { kind, run } = await control.rerun(param('run'), { ...body, by });
      return { kind, run: runRecord(run) };
    },
  }),
];
