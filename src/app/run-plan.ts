/** What is to be run, in which namespace and how: all that is known before anything is opened. */
import type { JobDefinition } from '../model/job.js';
import { namespaceId, type Origin } from '../model/namespace.js';
import { parseId, type Task } from '../model/task.js';
import { definitionsOf } from './define.js';
import { expandSchedules, withSchedules } from './expand.js';
import { originOf } from './identity.js';
import { type Kept, openKept } from './kept/open.js';
import type { RunOptions } from './run-option.js';
import { findHiding, type Hiding, hideInSource } from './secret.js';
import type { Source } from './source.js';

export type RunPlan = {
  /** As it may be shown. */
  readonly source: Source;
  readonly origin: Origin;
  readonly namespace: string;
  readonly mode: 'schedule' | 'once';
  /** Those of the source, with the schedules that they run by; those that are not enabled, too. */
  readonly own: readonly Task[];
  /** Among them those that were made through the API. */
  readonly tasks: readonly Task[];
  readonly kept: Kept | undefined;
  readonly hiding: Hiding;
  readonly definitions: Iterable<JobDefinition>;
  /** Undefined: the source cannot change, or nobody looks at it again. */
  readonly reread: RunOptions['reread'];
  readonly warnings: readonly string[];
};

export async function planRun(given: Source, options: RunOptions): Promise<RunPlan> {
  const { byHand } = options;
  const wanted = byHand
    ? await (await import('./by-hand.js')).tasksByHand(given.timetable.tasks, byHand)
    : await expandSchedules(withSchedules(given.timetable.tasks, options.when), options.args);
  const ownHiding = await findHiding(wanted, options.env, options.mask);
  const source = hideInSource({ ...given, timetable: { ...given.timetable, tasks: wanted } }, ownHiding.text);
  const { command, timetable } = source;
  const { tasks: own } = timetable;
  const origin = originOf({ ...source, author: timetable.author }, options.hostId);
  const namespace = parseId(options.namespace ?? timetable.namespace ?? namespaceId(origin), 'namespace');
  const mode = byHand ? 'once' : modeOf(source, options);
  const kept = mode === 'schedule' ? await openKept(namespace, source, options) : undefined;
  const { tasks, warnings } = kept?.together(own) ?? { tasks: own, warnings: [] };
  // What runs once without others has been looked through.
  const hiding = tasks === own ? ownHiding : await findHiding(tasks, options.env, options.mask);
  const { reread } = mode === 'schedule' ? options : { reread: undefined };
  const moreOf = reread && (await import('./definition-given.js')).originsOf(given, options, hiding.text);
  return {
    source,
    origin,
    namespace,
    mode,
    own,
    tasks,
    kept,
    hiding,
    definitions: definitionsOf(
      tasks,
      options.tz,
      hiding.text,
      command === undefined ? moreOf : () => ({ command }),
    ),
    reread,
    warnings: [...hiding.warnings, ...(source.warnings ?? []).map(hiding.text), ...warnings],
  };
}

/** Without an instant to come there is nothing to wait for. */
function modeOf({ kind, timetable }: Source, { campaign }: RunOptions): 'schedule' | 'once' {
  if (campaign !== undefined || kind === 'api') return 'schedule';
  const schedules = timetable.tasks.filter((task) => task.enabled).flatMap((task) => task.schedules);
  return schedules.every((schedule) => schedule.rule.kind === 'once') ? 'once' : 'schedule';
}
