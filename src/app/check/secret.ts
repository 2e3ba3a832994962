/** Secrets that are declared and cannot be hidden. */
import { findSecrets, MIN_SECRET_BYTES } from '../../model/secret.js';
import type { CheckContext } from './context.js';
import { type Finding, finding } from './finding.js';
import { jobsOf } from './job.js';

export function checkSecrets({ tasks, places, env }: CheckContext): readonly Finding[] {
  return tasks.flatMap((task) => {
    if (task.secrets === undefined || task.secrets.length === 0) return [];
    const { params = {} } = task;
    const jobs = jobsOf(task);
    const { tooShort, unset: all } = findSecrets(jobs.length === 0 ? [task] : jobs, env);
    // An argument that nobody has given yet is brought by whoever runs it.
    const unset = all.filter((name) => !Object.hasOwn(params, name));
    const place = places.task(task.id, 'secrets');
    const short = `has fewer than ${MIN_SECRET_BYTES} bytes, so it cannot be hidden`;
    return [
      ...unset.map((name) =>
        finding('SECRET_UNSET', `the secret ${name} is not set here`, place, {
          hint: 'Set it in env, or where supertask is started, or give its file: --env-file.',
          task: task.id,
        }),
      ),
      ...tooShort.map((name) =>
        finding('SECRET_SHORT', `the secret ${name} ${short}`, place, {
          hint: 'Give it a longer value.',
          task: task.id,
        }),
      ),
    ];
  });
}
