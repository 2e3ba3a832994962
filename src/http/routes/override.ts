/** Routes that keep jobs from being run when they are due: written down, so that none of them needs a scheduler. */
import { type Asked, checkSkipped, momentToSkip, skipMoment } from '../../app/override.js';
import {
  allOf,
  exactJobs,
  type Meant,
  meantBy,
  type OverrideAnswer,
  overrideRecord,
  pauseMeant,
  resumeMeant,
  staysPaused,
} from '../../app/override-request.js';
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { askNextDue } from '../next-due.js';
import { EXACT_INSTANT, exactInstant, NO_BODY, NOTE } from '../parameter.js';
import { published, type Route, type RouteRequest, route } from '../route.js';
import type { Schema } from '../schema.js';
import { tellSchedulers } from '../tell.js';

const PAUSE: Schema = {
  type: 'object',
  properties: {
    until: { ...EXACT_INSTANT, description: 'When it ends by itself. Default: when somebody ends it.' },
    for: { type: 'string', maxLength: 60, description: 'The same as a duration, such as 2h.' },
    note: NOTE,
  },
  additionalProperties: false,
};

type PauseBody = { readonly until?: string; readonly for?: string; readonly note?: string };

const SKIP: Schema = {
  type: 'object',
  properties: {
    at: {
      type: 'string',
      maxLength: 60,
      description:
        'next, which is the default, or a due moment: an instant, a wall time in the zone of the job such as 2026-12-24T18:00, or a time of day such as 18:00.',
    },
    note: NOTE,
  },
  additionalProperties: false,
};

type SkipBody = { readonly at?: string; readonly note?: string };

export const OVERRIDE_ROUTES: readonly Route[] = [
  route<PauseBody>({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/{job}/pause',
    name: 'pauseJob',
    summary: 'Do not run a job, or the jobs of a task, when it is due.',
    scope: 'operate',
    request: PAUSE,
    response: { status: 200, schema: published('pause') },
    handle: async (request) => pause(request, await meantJobs(request)),
  }),
  route({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/{job}/resume',
    name: 'resumeJob',
    summary: 'Run a job when it is due again: ends its pause, and takes back moments that are skipped.',
    scope: 'operate',
    request: NO_BODY,
    response: { status: 200, schema: published('resume') },
    handle: async (request) => resume(request, await meantJobs(request)),
  }),
  route<SkipBody>({
    method: 'POST',
    path: '/namespaces/{namespace}/jobs/{job}/skip',
    name: 'skipMoment',
    summary: 'Leave out one due moment of a job.',
    scope: 'operate',
    request: SKIP,
    response: { status: 200, schema: published('skip') },
    handle: skip,
  }),
  route<PauseBody>({
    method: 'POST',
    path: '/namespaces/{namespace}/pause',
    name: 'pauseNamespace',
    summary: 'Do not run any job of a namespace when it is due.',
    scope: 'operate',
    request: PAUSE,
    response: { status: 200, schema: published('pause') },
    handle: (request) => pause(request, allOf(request.param('namespace'))),
  }),
  route({
    method: 'POST',
    path: '/namespaces/{namespace}/resume',
    name: 'resumeNamespace',
    summary: 'Run all jobs of a namespace when they are due again, also those that were paused one by one.',
    scope: 'operate',
    request: NO_BODY,
    response: { status: 200, schema: published('resume') },
    handle: (request) => resume(request, allOf(request.param('namespace'))),
  }),
];

async function meantJobs({ service, param }: RouteRequest<object, object>): Promise<Meant> {
  const [namespace, id] = [param('namespace'), param('job')];
  return meantBy(await exactJobs(service.store, namespace, id), id);
}

async function pause(request: RouteRequest<PauseBody, object>, meant: Meant): Promise<Json> {
  const { service, body } = request;
  const until = untilOf(body, service.now());
  return answer(request, await pauseMeant(service.store, meant, until, askedOf(request)));
}

async function resume(request: RouteRequest<object, object>, meant: Meant): Promise<Json> {
  const resumed = await resumeMeant(request.service.store, meant);
  const answered = await answer(request, resumed);
  if (resumed.still === undefined) return answered;
  const { until } = resumed.still;
  const text = until === undefined ? '' : ` until ${until.toISOString()}`;
  throw staysPaused(meant.target, text, 'Resume the namespace, which ends that.');
}

async function skip(request: RouteRequest<SkipBody, object>): Promise<Json> {
  const { service, body, param } = request;
  const jobs = await exactJobs(service.store, param('namespace'), param('job'));
  const [job] = jobs;
  if (job === undefined || jobs.length > 1)
    throw new SupertaskError('ID_AMBIGUOUS', `${param('job')} stands for ${jobs.length} jobs`, {
      hint: `Name one of them: ${jobs
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}.`,
    });
  const wanted = body.at ?? 'next';
  const known = wanted === 'next' ? await knownNext(request, job) : undefined;
  const at = await momentToSkip(service.store, job, wanted, known, service.now());
  const target = { namespace: job.namespace, job: job.id };
  const { skip: made, isNew } = await skipMoment(service.store, target, at, askedOf(request));
  const kind = isNew ? 'skip' : 'skip-already';
  const answered = await answer(request, { target, kind, pauses: [], skips: [made] });
  await checkSkipped(service.store, target, at, service.now());
  return answered;
}

async function knownNext(
  { service, control, by }: RouteRequest<SkipBody, object>,
  job: Job,
): Promise<Date | undefined> {
  const own = control?.jobs().find(({ id }) => id === job.id);
  return own === undefined ? askNextDue(service.store, job, by) : own.nextDueAt;
}

/** @throws {SupertaskError} `USAGE` */
function untilOf({ until, for: span }: PauseBody, now: Date): Date | undefined {
  if (until !== undefined && span !== undefined)
    throw new SupertaskError('USAGE', 'both until and for are given', { hint: 'Give one of them.' });
  if (span !== undefined) return new Date(now.getTime() + parseDuration(span));
  if (until === undefined) return undefined;
  const at = exactInstant(until);
  if (at > now) return at;
  throw new SupertaskError('USAGE', `until is ${at.toISOString()}, which has passed`, {
    hint: 'Give a time to come, or for, such as 2h.',
  });
}

function askedOf({ by, body }: RouteRequest<{ readonly note?: string }, object>): Asked {
  return { by, note: body.note };
}

/** Tell who schedules, and say who knows. */
async function answer(request: RouteRequest<object, object>, answered: OverrideAnswer): Promise<Json> {
  const { namespace } = answered.target;
  const { told } = await tellSchedulers(request, namespace, '/overrides/refresh', (own) => own.refresh());
  return overrideRecord(answered, told);
}
