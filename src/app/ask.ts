/** Asks an engine for the run that somebody wants by hand. */
import type { Triggered } from '../engine/door.js';
import type { Engine } from '../engine/engine.js';
import type { Task } from '../model/task.js';
import type { ByHand } from './by-hand.js';

/** The run that somebody asks for. */
export function askFor(engine: Engine, task: Task, { again, detail }: ByHand): Promise<Triggered> {
  const job = { task, bounds: [] };
  if (again === undefined) return engine.trigger({ job, trigger: 'manual', detail });
  const cause = { run: again.id, kind: 'rerun' } as const;
  return engine.trigger({ job, trigger: 'rerun', detail: { ...detail, cause }, at: again.scheduledAt });
}
