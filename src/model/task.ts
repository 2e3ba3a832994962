/** A definition of work: schedules, steps, policies and words for people. */
import { type Location, SupertaskError } from '../errors.js';
import type { Action } from './action.js';
import type { Gate } from './gate.js';
import type { Inherit } from './inherit.js';
import type { Json } from './json.js';
import type { Labels } from './label.js';
import type { Args, Params } from './param.js';
import type { Policy } from './policy.js';
import type { Schedule } from './schedule.js';
import type { Target } from './target.js';

/** One target of a task; steps run in order within one run. */
export type Step = {
  readonly name: string | undefined;
  readonly target: Target;
  /** `false`: the step is passed over. Text is an expression, see `template-expression`. */
  readonly when: boolean | string;
  readonly env: Readonly<Record<string, string>>;
  /** How long it may take, in ms, beside what is left of the task's time. */
  readonly timeoutMs?: number;
  /** Its failure is not the run's. */
  readonly continueOnError?: boolean;
};

/** Of the many steps and tasks that set no variable, one for all. */
export const NO_ENV: Step['env'] = {};

export type Task = {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** By which people find it. */
  readonly labels?: Labels;
  readonly enabled: boolean;
  /** Empty: runs only when triggered by hand. */
  readonly schedules: readonly Schedule[];
  readonly steps: readonly [Step, ...Step[]];
  /** Set for its runs only, over the inherited environment. Values never reach the bookkeeping. */
  readonly env: Readonly<Record<string, string>>;
  /** What of supertask's environment its runs inherit; undefined: all of it. */
  readonly inherit?: Inherit;
  /** Names of variables, its own or inherited ones, whose values are secret. */
  readonly secrets?: readonly string[];
  /** Absolute; undefined: the directory supertask was started in. */
  readonly cwd: string | undefined;
  readonly policy: Policy;
  /** What must hold before a run starts; absent: nothing. */
  readonly gate?: Gate;
  /** What may be told it, by name. */
  readonly params?: Params;
  /** Of a job: the value of each parameter. */
  readonly args?: Args;
  /** Of a job with arguments of its own: the id of the definition; `id` is the job's. */
  readonly taskId?: string;
  /** The same of its name. */
  readonly taskName?: string;
  /** Some of its texts are templates; they are evaluated when a run begins. Absent: all texts are meant as they are. */
  readonly hasTemplates?: boolean;
  /** What templates look up. */
  readonly tables?: Readonly<Record<string, Json>>;
  /** Where templates see dates when no schedule says: an IANA zone, or a template of one; undefined: the system's. */
  readonly tz?: string;
  /** Inherited variables that templates may read. */
  readonly readEnv?: readonly string[];
  /** What is done when its runs end, or moments are not run; absent: nothing. */
  readonly actions?: readonly Action[];
  /** It was made through the API; absent: it comes from the scheduler's source. */
  readonly origin?: 'api';
  readonly location: Location | undefined;
};

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Check an id of a task or namespace: 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first, no `..`.
 *
 * @throws {SupertaskError} `ID_INVALID`
 */
export function parseId(text: string, what: 'task' | 'namespace'): string {
  if (ID.test(text) && !text.includes('..')) return text;
  throw new SupertaskError('ID_INVALID', `${JSON.stringify(text)} is not a ${what} id`, {
    hint: 'Use 1 to 64 letters, digits, ".", "_" and "-", starting with a letter or digit, without "..".',
  });
}

/** An id made from free text: `pg_dump app > x` → `pg_dump-app-x`. */
export function slugId(text: string): string {
  const slug = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40)
    .replace(/[^A-Za-z0-9]+$/, '');
  return slug === '' ? 'task' : slug;
}
