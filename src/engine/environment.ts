/** The environment of a run. Pure. */

import { isoText } from '../model/iso.js';
import type { Args } from '../model/param.js';
import type { Run } from '../model/run.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Node's own channel to a parent must not reach a child; what an outer run was told neither, and nothing that lets in. */
const NEVER_INHERITED = [
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'SUPERTASK_OUTPUT',
  'SUPERTASK_EVENT',
  'SUPERTASK_HTTP_TOKEN',
  'SUPERTASK_HTTP_TOKEN_FILE',
];

/** What all runs inherit, copied once: reading each variable of `process.env` asks the system, 0.2 ms for all. */
export function inheritedEnvironment(env: Environment): Environment {
  const copy = { ...env };
  for (const name of NEVER_INHERITED) delete copy[name];
  return copy;
}

/**
 * What a run inherits, what its task and step set (`own`), and what says which run it is; the latter wins.
 *
 * @param args - Arguments by the names of their variables.
 */
export function runEnvironment(
  inherited: Environment,
  own: Environment,
  args: Args | undefined,
  run: Run,
  namedOutput: string | undefined,
): Environment {
  // Not by spreading, which gives each result a hidden class of its own; without a prototype any name is just a name.
  return Object.assign(
    Object.create(null),
    inherited,
    own,
    args,
    {
      SUPERTASK_NAMESPACE: run.namespace,
      SUPERTASK_JOB: run.job,
      SUPERTASK_RUN_ID: run.id,
      SUPERTASK_ATTEMPT: String(run.attempt),
      SUPERTASK_SCHEDULED_AT: isoText(run.scheduledAt),
      SUPERTASK_STARTED_AT: isoText(run.startedAt ?? run.scheduledAt),
      SUPERTASK_TRIGGER: run.trigger,
    },
    run.attempts === undefined ? undefined : { SUPERTASK_ATTEMPTS: String(run.attempts) },
    namedOutput === undefined ? undefined : { SUPERTASK_OUTPUT: namedOutput },
  );
}
