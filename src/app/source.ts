/** What is run, and where it comes from; made here from a target of the command line, or from nothing. */
import type { KeptCommand } from '../model/job.js';
import type { SourceKind } from '../model/namespace.js';
import { DEFAULT_POLICY } from '../model/policy.js';
import { formatTarget, type Target } from '../model/target.js';
import { slugId, type Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import type { RemoteText } from './remote.js';
import type { Tree } from './tree.js';

export type Source = {
  readonly kind: SourceKind;
  /** Absolute path, URL, or for inline commands the working directory and the target's text. */
  readonly source: string;
  readonly timetable: Timetable;
  /** Where its tasks run that name no directory, absolute. */
  readonly directory: string;
  /** What was read for it, absolute, and what each looked like then: to notice when it changes. */
  readonly files?: ReadonlyMap<string, string>;
  /** Of a directory: what it would be read from now. */
  readonly list?: () => Tree;
  /** The tasks before flags changed them; undefined: none did. */
  readonly written?: readonly Task[];
  /** Of a command line: how it was given. */
  readonly command?: KeptCommand;
  /** Of a URL: what was answered. */
  readonly remote?: RemoteText;
  /** About what was given beside it. */
  readonly warnings?: readonly string[];
};

/** Nothing of its own: all jobs are made through the API. */
export function apiSource(cwd: string): Source {
  const timetable = { namespace: undefined, author: undefined, tasks: [], warnings: [] };
  return { kind: 'api', source: cwd, timetable, directory: cwd };
}

/** One target from the command line. */
export function inlineSource(target: Target, cwd: string, name: string | undefined): Source {
  const text = formatTarget(target);
  return {
    kind: 'inline',
    source: `${cwd} ${text}`,
    timetable: plainTimetable(target, inlineTaskId(text, name), name),
    directory: cwd,
  };
}

/** The id of a task from the command line. @param text - Of its target, with the scheme. */
export function inlineTaskId(text: string, name: string | undefined): string {
  return slugId(name ?? text.replace(/^[a-z]+:/, ''));
}

/** One task that does as its target says. */
export function plainTimetable(target: Target, id: string, name: string | undefined): Timetable {
  const task: Task = {
    id,
    name,
    description: undefined,
    enabled: true,
    schedules: [],
    steps: [{ name: undefined, target, when: true, env: {} }],
    env: {},
    cwd: undefined,
    policy: DEFAULT_POLICY,
    location: undefined,
  };
  return { namespace: undefined, author: undefined, tasks: [task], warnings: [] };
}
