/** Routes that tell how the runs of a job went, and when it is due. */
import { type Statistics, statisticsOf } from '../../app/statistics.js';
import { listUpcomingOf } from '../../app/upcoming.js';
import { explainWhyOf } from '../../app/why-job.js';
import type { Spread } from '../../model/figures.js';
import type { Json } from '../../model/json.js';
import type { JsonRecord } from '../../model/record.js';
import { RUN_STATUSES } from '../../model/run.js';
import { momentRecord } from '../../model/why.js';
import { INSTANT, nullable, readComing, readInstant } from '../parameter.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';
import { OCCURRENCE, occurrenceRecord } from './occurrence.js';

export const COUNTS: Schema = {
  title: 'OutcomeCounts',
  description: 'By status; those with none are left out. A record of several moments counts as many.',
  type: 'object',
  properties: Object.fromEntries(RUN_STATUSES.map((status) => [status, { type: 'integer' as const }])),
};

const SPREAD: Schema = {
  title: 'Spread',
  type: 'object',
  required: ['count', 'min', 'p50', 'p95', 'max'],
  properties: {
    count: { type: 'integer' },
    min: { type: 'number' },
    p50: { type: 'number' },
    p95: { type: 'number' },
    max: { type: 'number' },
  },
};

const STATISTICS: Schema = {
  title: 'Statistics',
  type: 'object',
  required: [
    'namespace',
    'job',
    'since',
    'until',
    'runs',
    'outcomes',
    'reasons',
    'successRate',
    'durationMs',
    'latenessMs',
    'days',
    'truncated',
  ],
  properties: {
    namespace: { type: 'string' },
    job: { type: 'string' },
    since: INSTANT,
    until: INSTANT,
    runs: { type: 'integer', description: 'Of several attempts, the last one counts.' },
    outcomes: COUNTS,
    reasons: { type: 'object', additionalProperties: { type: 'integer' }, description: 'By reason.' },
    successRate: nullable({ type: 'number' }, 'From 0 to 1, of the runs that ended; null: none did.'),
    durationMs: nullable(SPREAD, 'Of the runs that succeeded.'),
    latenessMs: nullable(SPREAD, 'From the due instant to the start, of what a schedule made due.'),
    days: {
      type: 'array',
      description: 'Oldest first, in UTC; days without runs are left out.',
      items: {
        type: 'object',
        required: ['day', 'outcomes', 'p50Ms'],
        properties: {
          day: { type: 'string', description: '`2026-05-01`.' },
          outcomes: COUNTS,
          p50Ms: nullable({ type: 'number' }, 'The duration in the middle.'),
        },
      },
    },
    truncated: { type: 'boolean', description: 'There are more runs; the newest are counted.' },
  },
};

export const JOB_OUTLOOK_ROUTES: readonly Route[] = [
  route<object, { readonly since?: string }>({
    method: 'GET',
    path: '/namespaces/{namespace}/jobs/{job}/statistics',
    name: 'showJobStatistics',
    summary: 'How the runs of a job went; also of one that is no longer there.',
    scope: 'read',
    query: {
      since: { type: 'string', description: 'An instant, or a duration before now; default 30d.' },
    },
    response: { status: 200, schema: STATISTICS },
    async handle({ service, param, query: { since = '30d' } }) {
      const id = { namespace: param('namespace'), job: param('job') };
      const found = await statisticsOf(service, id, readInstant('since', since, service.now()));
      return { ...id, ...statisticsRecord(found) };
    },
  }),
  route<object, { readonly from?: string; readonly to?: string; readonly count?: number }>({
    method: 'GET',
    path: '/namespaces/{namespace}/jobs/{job}/upcoming',
    name: 'listJobUpcoming',
    summary: 'When a job is due, in order.',
    scope: 'read',
    query: {
      from: { type: 'string', description: 'An instant, or a duration from now; default: now.' },
      to: { type: 'string', description: 'Before this one; in the same way. Default: no end.' },
      count: { type: 'integer', minimum: 1, maximum: 1_000, description: 'At most so many; default 10.' },
    },
    response: {
      status: 200,
      schema: {
        title: 'JobUpcoming',
        type: 'object',
        required: ['items'],
        properties: { items: { type: 'array', items: OCCURRENCE } },
      },
    },
    async handle({ service, param, query: { from = '0s', to, count = 10 } }) {
      const now = service.now();
      const items = await listUpcomingOf(
        service,
        { namespace: param('namespace'), job: param('job') },
        { from: readComing('from', from, now), to: readComing('to', to, now), count },
      );
      return { items: items.map(occurrenceRecord) };
    },
  }),
  route<object, { readonly at?: string }>({
    method: 'GET',
    path: '/namespaces/{namespace}/jobs/{job}/why',
    name: 'explainMoment',
    summary: 'What became of a due moment of a job, or will; also of one that is no longer there.',
    scope: 'read',
    query: {
      at: {
        type: 'string',
        maxLength: 100,
        description:
          'An ISO 8601 instant, a wall time in the zone of the job, or a time of today such as 02:00; default: the latest due moment.',
      },
    },
    response: { status: 200, schema: published('why') },
    async handle({ service, param, query: { at } }) {
      const { moment, ...explained } = await explainWhyOf(
        service,
        { namespace: param('namespace'), job: param('job') },
        at,
      );
      return { ...explained, ...momentRecord(moment) };
    },
  }),
];

function statisticsRecord(found: Statistics): JsonRecord {
  const { since, until, runs, outcomes, reasons, successRate, duration, lateness, days } = found;
  return {
    since: since.toISOString(),
    until: until.toISOString(),
    runs,
    outcomes: { ...outcomes },
    reasons: { ...reasons },
    successRate: successRate ?? null,
    durationMs: spreadRecord(duration),
    latenessMs: spreadRecord(lateness),
    days: days.map(({ day, outcomes: own, p50 }) => ({ day, outcomes: { ...own }, p50Ms: p50 ?? null })),
    truncated: found.isTruncated,
  };
}

function spreadRecord(spread: Spread | undefined): Json {
  return spread === undefined ? null : { ...spread };
}
