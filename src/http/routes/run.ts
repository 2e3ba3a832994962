/** Routes of runs that are going, and of what is done with those that have ended. */
import { markRun } from '../../app/mark.js';
import { refuseChanged } from '../../app/rerun.js';
import { findRun } from '../../app/run-page.js';
import { SupertaskError } from '../../errors.js';
import type { Json } from '../../model/json.js';
import { runRecord } from '../../model/record.js';
import type { Mark } from '../../model/run.js';
import { NOTE } from '../parameter.js';
import { published, type Route, route, schedulerRoute } from '../route.js';
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

type RerunBody = {
  readonly args?: Readonly<Record<string, Json>>;
  readonly note?: string;
  readonly exact?: boolean;
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
  schedulerRoute<RerunBody>({
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
        exact: {
          type: 'boolean',
          description: 'Only if the job is defined as it was then; else 409.',
        },
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
    async handle({ service, control, param, body: { exact, ...changes }, by }) {
      if (exact && changes.args !== undefined)
        throw new SupertaskError('USAGE', 'both args and exact are given', {
          hint: 'With other arguments it is not as it was: give one of them.',
        });
      const found = await findRun(service, control.namespace, param('run'));
      if (exact) await refuseChanged(service.store, found);
      const { kind, run } = await control.rerun(found.id, { ...changes, by });
      return { kind, run: runRecord(run) };
    },
  }),
  route<{ readonly status: Mark['status']; readonly note?: string }>({
    method: 'POST',
    path: '/namespaces/{namespace}/runs/{run}/mark',
    name: 'markRun',
    summary: 'Say how a run that has ended is to be taken from now on.',
    scope: 'operate',
    request: {
      type: 'object',
      required: ['status'],
      properties: { status: { type: 'string', enum: ['succeeded', 'failed'] }, note: NOTE },
      additionalProperties: false,
    },
    response: { status: 200, schema: published('mark') },
    async handle({ service, param, body, by }) {
      const found = await findRun(service, param('namespace'), param('run'));
      const { kind, run } = await markRun(service.store, found, { ...body, by });
      return { kind, run: runRecord(run) };
    },
  }),
];
