/** A job that was given on a command line, from what is kept of that. */
import { withSchedules } from '../app/expand.js';
import { inlineSource, type Source } from '../app/source.js';
import { SupertaskError } from '../errors.js';
import type { Job } from '../model/job.js';
import { parseSchedule } from '../model/schedule-text.js';
import type { RunFlags } from './commands/run-flags.js';
import { targetOf, withFlags } from './commands/run-source.js';
import { pickSettings } from './flags.js';

const LACKING = {
  secret: 'there was a secret in it, which is not kept',
  variables: 'it was given variables by --env, whose values are not kept',
} as const;

/** @throws {SupertaskError} `NOT_RUNNING` where it cannot be run again */
export async function commandSource(job: Pick<Job, 'id' | 'command'>): Promise<Source> {
  const { id, command } = job;
  if (command === undefined || 'lacks' in command) {
    const why =
      command === undefined
        ? 'standard input, a program or an older version, which keep no more than its words'
        : `a command line: ${LACKING[command.lacks]}`;
    throw new SupertaskError('NOT_RUNNING', `no scheduler that has the job "${id}" is running`, {
      hint: `It comes from ${why}. Start it with supertask run, or name its file with --file.`,
    });
  }
  const { cwd, words, flags } = command;
  const given = flags as RunFlags;
  const target = targetOf(words, given);
  if (target === undefined) throw new TypeError(`the kept command line of ${id} has no target`);
  const source = await withFlags(inlineSource(target, cwd, given.name), given, pickSettings(flags), cwd);
  const when = given.when === undefined ? undefined : parseSchedule(given.when);
  const tasks = withSchedules(source.timetable.tasks, when);
  return { ...source, command, timetable: { ...source.timetable, tasks } };
}
