/** What can be done with jobs and runs, as requests. */
import { change, path } from './client.js';
import type { Json, StopAnswer, Triggered } from './record.js';
import { refreshAll } from './resource.js';

export type JobId = { readonly namespace: string; readonly id: string };
export type RunId = { readonly namespace: string; readonly id: string };

type Body = Readonly<Record<string, Json>>;

/** @throws {ApiError} */
async function onJob<Answer>({ namespace, id }: JobId, verb: string, body: Body = {}): Promise<Answer> {
  const answer = await change<Answer>(path(['namespaces', namespace, 'jobs', id, verb]), { body });
  refreshAll((asked) => !asked.startsWith('/session'));
  return answer;
}

/** @throws {ApiError} */
async function onRun<Answer>({ namespace, id }: RunId, verb: string, body: Body = {}): Promise<Answer> {
  const answer = await change<Answer>(path(['namespaces', namespace, 'runs', id, verb]), { body });
  refreshAll((asked) => asked.includes(id));
  return answer;
}

export function triggerJob(job: JobId, body: Body): Promise<Triggered> {
  return onJob(job, 'trigger', body);
}

/** @param body - `until` or `for`, and a `note`. */
export function pauseJob(job: JobId, body: Body): Promise<unknown> {
  return onJob(job, 'pause', body);
}

export function resumeJob(job: JobId): Promise<unknown> {
  return onJob(job, 'resume');
}

export function skipNext(job: JobId): Promise<{ readonly at?: string }> {
  return onJob(job, 'skip', { at: 'next' });
}

export function enableJob(job: JobId, enabled: boolean): Promise<unknown> {
  return onJob(job, enabled ? 'enable' : 'disable');
}

export function stopRun(run: RunId, body: Body = {}): Promise<StopAnswer> {
  return onRun(run, 'stop', body);
}

export function rerun(run: RunId, body: Body = {}): Promise<Triggered> {
  return onRun(run, 'rerun', body);
}

export function markRun(run: RunId, body: Body): Promise<unknown> {
  return onRun(run, 'mark', body);
}
