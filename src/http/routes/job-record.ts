/** Routes that tell of jobs, from the bookkeeping and what lives here. */

import { schedulesOf } from '../../app/job-definition.js';
import { findListedJob, JOB_SORTS, type JobSort, type ListedJob, pageOfJobs } from '../../app/job-page.js';
import type { Job } from '../../model/job.js';
import { type JsonRecord, jobRecord } from '../../model/record.js';
import { RUN_STATUSES } from '../../model/run.js';
import { DEFAULT_LIMIT, NAMESPACE, PAGING, type Paging, pageSchema, searchFor } from '../parameter.js';
import { published, type Route, route } from '../route.js';

const JOB = published('list-jobs', 'job');

type JobQuery = Paging & {
  readonly namespace?: string;
  readonly status?: readonly string[];
  readonly search?: string;
  readonly label?: readonly string[];
  readonly arg?: readonly string[];
  readonly enabled?: boolean;
  readonly paused?: boolean;
  readonly sort?: JobSort;
};

export const JOB_RECORD_ROUTES: readonly Route[] = [
  route<object, JobQuery>({
    method: 'GET',
    path: '/jobs',
    name: 'listJobs',
    summary: 'Jobs, with what is due next and the last runs of each.',
    scope: 'read',
    query: {
      namespace: NAMESPACE,
      status: {
        type: 'array',
        items: { type: 'string', enum: [...RUN_STATUSES, 'never'] },
        description: 'Of the last run; never: it has not run.',
      },
      search: searchFor('the id, the name, the target or a label.'),
      label: {
        type: 'array',
        items: { type: 'string', maxLength: 300 },
        description: '`NAME` or `NAME=VALUE`; several: it has all of them.',
      },
      arg: {
        type: 'array',
        items: { type: 'string', maxLength: 2_000 },
        description: 'The same of its arguments.',
      },
      enabled: { type: 'boolean' },
      paused: { type: 'boolean' },
      sort: {
        type: 'string',
        enum: JOB_SORTS,
        description:
          'Default id. due: what is due first; last-run: what ran last; failures: those whose last run failed before all others.',
      },
      ...PAGING,
    },
    response: { status: 200, schema: pageSchema('JobPage', JOB, { total: { type: 'integer' } }) },
    async handle({ service, query: { search, sort, limit = DEFAULT_LIMIT, cursor, ...filter } }) {
      const { items, next, total } = await pageOfJobs(
        service,
        { ...filter, text: search },
        { sort, limit, cursor },
      );
      return { items: items.map(listedRecord), next, total };
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/{namespace}/jobs/{job}',
    name: 'showJob',
    summary: 'One job, with what is kept of its definition.',
    scope: 'read',
    response: { status: 200, schema: JOB },
    async handle({ service, param }) {
      const listed = await findListedJob(service, param('namespace'), param('job'));
      return {
        ...listedRecord(listed),
        origin: listed.job.origin ?? 'file',
        definition: definitionRecord(listed.job),
      };
    },
  }),
];

function listedRecord({ job, recent }: ListedJob): JsonRecord {
  return {
    ...jobRecord(job),
    recent: recent.map(({ id, status, reason, scheduledAt, startedAt, durationMs }) => ({
      id,
      status,
      reason: reason ?? null,
      scheduledAt: scheduledAt.toISOString(),
      startedAt: startedAt?.toISOString() ?? null,
      durationMs: durationMs ?? null,
    })),
  };
}

function definitionRecord(job: Job): JsonRecord {
  return {
    schedules: schedulesOf(job).map(({ meaning, class: kind, ...schedule }) => ({
      ...schedule,
      meaning: meaning ?? null,
      class: kind ?? null,
    })),
    deadlineMs: job.deadlineMs ?? null,
    keep: job.keep === undefined ? null : { ...job.keep },
    countsFrom: job.countsFrom ?? null,
  };
}
