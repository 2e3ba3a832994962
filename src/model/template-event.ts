/** What `run` is in templates of an action: the run that is reported. */
import type { Shape } from './template-check.js';
import { type Branch, branch, type Value } from './template-evaluate.js';
import { eventTitle, type RunEvent, roughly } from './uses/event.js';

type Fact = {
  readonly shape: Shape;
  /** Undefined: this run has none. */
  readonly of: (event: RunEvent, tz: string) => Value | undefined;
};

/** What a template says where a run has no such thing: an alert must not fail for lack of an exit code. */
const NONE = 'none';

const FACTS: Readonly<Record<string, Fact>> = {
  id: { shape: 'text', of: ({ runId }) => runId },
  attempt: { shape: 'number', of: ({ attempt }) => attempt },
  trigger: { shape: 'text', of: ({ trigger }) => trigger },
  scheduled_at: { shape: 'instant', of: ({ scheduledAt }, tz) => instant(scheduledAt, tz) },
  ended_at: {
    shape: 'instant',
    of: ({ endedAt, startedAt, scheduledAt }, tz) => instant(endedAt ?? startedAt ?? scheduledAt, tz),
  },
  status: { shape: 'text', of: ({ status }) => status },
  reason: { shape: 'text', of: ({ reason }) => reason },
  exit_code: { shape: 'number', of: ({ exitCode }) => exitCode },
  signal: { shape: 'text', of: ({ signal }) => signal },
  message: { shape: 'text', of: ({ message }) => message },
  step: { shape: 'text', of: ({ step }) => step },
  duration: {
    shape: 'text',
    of: ({ durationMs }) => (durationMs === undefined ? undefined : roughly(durationMs)),
  },
  duration_ms: { shape: 'number', of: ({ durationMs }) => durationMs },
  failures: {
    shape: 'number',
    of: ({ failuresInRow, recovered }) => failuresInRow ?? recovered?.failures ?? 0,
  },
  failing_for: { shape: 'text', of: failingFor },
  title: { shape: 'text', of: eventTitle },
  output: { shape: 'text', of: ({ outputTail }) => outputTail ?? '' },
  outputs: {
    shape: { any: 'text' },
    of: ({ outputs = {} }) => ({
      ...branch('run.outputs', Object.entries(outputs)),
      missing: (key) => ({
        message: `the run has not named "${key}"`,
        hint: `Write ${key}=value to the file $SUPERTASK_OUTPUT, or .default("…") behind it.`,
      }),
    }),
  },
};

/** The names in it, and what they are. */
export const REPORTED: Shape = {
  names: new Map(Object.entries(FACTS).map(([name, { shape }]) => [name, shape] as const)),
};

export function reportedBranch(event: RunEvent, tz: string): Branch {
  return {
    kind: 'branch',
    path: 'run',
    names: Object.keys(FACTS),
    get: (name) => (Object.hasOwn(FACTS, name) ? FACTS[name]?.of(event, tz) : undefined),
    instead: NONE,
  };
}

function instant(text: string, tz: string): Value {
  return { kind: 'instant', atMs: Date.parse(text), tz };
}

/** How long the trouble has lasted, or had. */
function failingFor({ recovered, failingSince, endedAt, scheduledAt }: RunEvent): string | undefined {
  if (recovered !== undefined) return roughly(recovered.afterMs);
  if (failingSince === undefined) return undefined;
  return roughly(Math.max(0, Date.parse(endedAt ?? scheduledAt) - Date.parse(failingSince)));
}
