/** Which run speaks for its job. */
import type { Job } from '../model/job.js';
import type { Run, RunStatus } from '../model/run.js';
import type { Store } from '../store/store.js';

/** The run of a job whose output is wanted when only the job is named: the newest that ran. */
export async function latestRun(store: Store, job: Job): Promise<Run | undefined> {
  const ran: readonly RunStatus[] = ['starting', 'running', 'stopping', 'succeeded', 'failed', 'errored'];
  const [run] = await store.runs({ namespace: job.namespace, job: job.id, status: ran, limit: 1 });
  return run;
}
