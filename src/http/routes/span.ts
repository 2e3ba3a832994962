/** Routes that tell of a part of time: what ran in it, and what is due. */
import { readTimeline, type Timeline } from '../../app/timeline.js';
import { type DenseJob, type HourLoad, listUpcoming, type Upcoming } from '../../app/upcoming.js';
import { type JsonRecord, runRecord } from '../../model/record.js';
import { INSTANT, NAMESPACE, nullable, readComing, readInstant } from '../parameter.js';
import { published, type Route, route } from '../route.js';
import type { Schema } from '../schema.js';
import { COUNTS } from './job-outlook.js';
import { OCCURRENCE, occurrenceRecord } from './occurrence.js';

const LOAD = {
  at: { ...INSTANT, description: 'When the hour begins.' },
  count: { type: 'integer', description: 'Due moments.' },
  held: { type: 'integer', description: 'Of these: paused or skipped.' },
} as const satisfies Record<string, Schema>;

const DENSE: Schema = {
  title: 'DenseJob',
  type: 'object',
  required: ['namespace', 'job', 'count', 'expectedMs', 'attended', 'hours'],
  properties: {
    namespace: { type: 'string' },
    job: { type: 'string' },
    count: { type: 'integer' },
    expectedMs: nullable({ type: 'number' }),
    attended: { type: 'boolean' },
    hours: {
      type: 'array',
      items: { type: 'object', required: ['at', 'count', 'held'], properties: LOAD },
    },
  },
};

const UPCOMING: Schema = {
  title: 'Upcoming',
  type: 'object',
  required: ['from', 'to', 'items', 'dense', 'hours', 'truncated', 'leftOut'],
  properties: {
    from: INSTANT,
    to: INSTANT,
    items: { type: 'array', items: OCCURRENCE, description: 'In the order of time.' },
    dense: {
      type: 'array',
      items: DENSE,
      description:
        'Jobs with more moments than can be told one by one, those with most first: none of them is among the items.',
    },
    hours: {
      type: 'array',
      description: 'Of all jobs together, in UTC; hours without any are left out.',
      items: {
        type: 'object',
        required: ['at', 'count', 'held', 'expectedMs'],
        properties: {
          ...LOAD,
          expectedMs: { type: 'number', description: 'How long all runs of the hour take, as far as known.' },
        },
      },
    },
    truncated: {
      type: 'boolean',
      description: 'Some moments are told by `hours` alone: there are too many dense jobs.',
    },
    leftOut: { type: 'integer', description: 'Jobs that were not looked at, as it would take too long.' },
  },
};

const TIMELINE: Schema = {
  title: 'Timeline',
  type: 'object',
  required: ['from', 'to', 'runs', 'hours', 'truncated', 'uncounted'],
  properties: {
    from: INSTANT,
    to: INSTANT,
    runs: {
      type: 'array',
      items: published('list-runs', 'run'),
      description:
        'Due from the first instant to before the second, and what has gone on since before; the newest first.',
    },
    hours: {
      type: 'array',
      description: 'In UTC, oldest first; hours without any are left out.',
      items: {
        title: 'HourOutcomes',
        type: 'object',
        required: ['at', 'counts'],
        properties: { at: INSTANT, counts: COUNTS },
      },
    },
    truncated: { type: 'boolean', description: 'There are runs that are not among `runs`.' },
    uncounted: {
      type: 'boolean',
      description: 'There are even more than `hours` counts.',
    },
  },
};

type SpanQuery = { readonly namespace?: string; readonly from?: string; readonly to?: string };

const DAY_MS = 86_400_000;

export const SPAN_ROUTES: readonly Route[] = [
  route<object, SpanQuery & { readonly limit?: number }>({
    method: 'GET',
    path: '/upcoming',
    name: 'listUpcoming',
    summary: 'What is due of all jobs, from one instant to before another one.',
    scope: 'read',
    query: {
      namespace: NAMESPACE,
      from: { type: 'string', description: 'An instant, or a duration from now; default: now.' },
      to: { type: 'string', description: 'In the same way, at most 35 days later; default: a day later.' },
      limit: { type: 'integer', minimum: 1, maximum: 5_000, description: 'Items; default 1000.' },
    },
    response: { status: 200, schema: UPCOMING },
    async handle({ service, query: { namespace, from = '0s', to, limit = 1_000 } }) {
      const now = service.now();
      const first = readComing('from', from, now);
      const end = readComing('to', to, now) ?? new Date(first.getTime() + DAY_MS);
      return upcomingRecord(await listUpcoming(service, { namespace, from: first, to: end, limit }));
    },
  }),
  route<object, SpanQuery>({
    method: 'GET',
    path: '/timeline',
    name: 'showTimeline',
    summary: 'What ran and was not run, from one instant to before another one.',
    scope: 'read',
    query: {
      namespace: NAMESPACE,
      from: { type: 'string', description: 'An instant, or a duration before now; default 24h.' },
      to: { type: 'string', description: 'In the same way, at most 35 days later; default: now.' },
    },
    response: { status: 200, schema: TIMELINE },
    async handle({ service, query: { namespace, from = '24h', to } }) {
      const now = service.now();
      const end = readInstant('to', to, now) ?? new Date(now.getTime() + 1);
      return timelineRecord(
        await readTimeline(service, { namespace, from: readInstant('from', from, now), to: end }),
      );
    },
  }),
];

function upcomingRecord({ from, to, items, dense, hours, isTruncated, leftOut }: Upcoming): JsonRecord {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    items: items.map(occurrenceRecord),
    dense: dense.map(denseRecord),
    hours: hours.map((hour) => ({ ...loadRecord(hour), expectedMs: hour.expectedMs })),
    truncated: isTruncated,
    leftOut,
  };
}

function denseRecord({ namespace, job, count, expectedMs, isAttended, hours }: DenseJob): JsonRecord {
  return {
    namespace,
    job,
    count,
    expectedMs: expectedMs ?? null,
    attended: isAttended,
    hours: hours.map(loadRecord),
  };
}

function loadRecord({ at, count, held }: HourLoad): JsonRecord {
  return { at: at.toISOString(), count, held };
}

function timelineRecord({ from, to, runs, hours, isTruncated, isUncounted }: Timeline): JsonRecord {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    runs: runs.map(runRecord),
    hours: hours.map(({ at, counts }) => ({ at: at.toISOString(), counts: { ...counts } })),
    truncated: isTruncated,
    uncounted: isUncounted,
  };
}
