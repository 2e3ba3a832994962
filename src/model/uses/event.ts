/**
 * What an action is told about the run that led to it, and the words for it.
 *
 * It travels as JSON in the variable `SUPERTASK_EVENT` of the action's process, for ready-made things and for
 * everything else that an action runs. Pure.
 */
import { formatDuration } from '../duration.js';
import type { Json } from '../json.js';
import type { Reason, RunStatus, Trigger } from '../run.js';

/** Holds a `RunEvent` as JSON. */
export const EVENT_VARIABLE = 'SUPERTASK_EVENT';

/** A snapshot of the run that is reported; instants are ISO 8601 in UTC. */
export type RunEvent = {
  readonly namespace: string;
  readonly job: string;
  /** The id of the task, where the job is the task with arguments of its own. */
  readonly task?: string;
  /** For people: the name that the author gave the task. */
  readonly name?: string;
  readonly args?: Readonly<Record<string, Json>>;
  readonly runId: string;
  /** `starting`, `running` and the like report a run that goes on. */
  readonly status: RunStatus;
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Of the run's record: what happened, where reason and code do not say it. */
  readonly message?: string;
  /** The step that failed. */
  readonly step?: string;
  readonly attempt: number;
  readonly trigger: Trigger;
  readonly scheduledAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly host: string;
  /** What the run named in the file `SUPERTASK_OUTPUT`, secrets hidden; absent where it is too much. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** The end of what the run wrote, secrets hidden. */
  readonly outputTail?: string;
  /** Runs of the job that failed one after another, this one included; 0 or absent where it did not fail. */
  readonly failuresInRow?: number;
  /** When the first of these was due. */
  readonly failingSince?: string;
  /** It succeeded after failures: how many there were, and for how long. */
  readonly recovered?: { readonly failures: number; readonly afterMs: number };
};

/** One variable holds 128 KiB at most, and nobody reads more in a message. */
const MAX_TAIL_LETTERS = 8_000;
const MAX_TEXT_LETTERS = 2_000;
const MAX_OUTPUTS_LETTERS = 16_000;
const SHOWN_LINES = 20;

/** An event as `SUPERTASK_EVENT` carries it; long texts are cut, the output from its beginning. */
export function formatEvent(event: RunEvent): string {
  const { outputTail, message, outputs, ...rest } = event;
  const isMuch = outputs !== undefined && JSON.stringify(outputs).length > MAX_OUTPUTS_LETTERS;
  return JSON.stringify({
    ...rest,
    ...(outputs === undefined || isMuch ? {} : { outputs }),
    ...(message === undefined ? {} : { message: message.slice(0, MAX_TEXT_LETTERS) }),
    ...(outputTail === undefined ? {} : { outputTail: outputTail.slice(-MAX_TAIL_LETTERS) }),
  });
}

/** @returns `undefined` for text that is no event. */
export function parseEvent(text: string): RunEvent | undefined {
  try {
    const event: unknown = JSON.parse(text);
    return isEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is RunEvent {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['job', 'runId', 'status', 'host'].every((key) => typeof fields[key] === 'string');
}

/** One line: `backup failed (exit 3) on web1`, `backup recovered after 3 failures and 2h on web1`. */
export function eventTitle(event: RunEvent): string {
  const who = event.name ?? event.job;
  const { recovered, failuresInRow = 0 } = event;
  if (recovered !== undefined) {
    return `${who} recovered after ${count(recovered.failures, 'failure')} and ${roughly(recovered.afterMs)} on ${event.host}`;
  }
  const why = cause(event);
  const often = failuresInRow > 1 ? `, ${failuresInRow} times in a row` : '';
  return `${who} ${verb(event.status)}${why === undefined ? '' : ` (${why})`} on ${event.host}${often}`;
}

/** The facts in lines, then the last lines of output. */
export function eventText(event: RunEvent): string {
  const { message, step, durationMs, outputTail, startedAt, endedAt, failingSince, args } = event;
  const facts = [
    ...(message === undefined ? [] : [message]),
    ...(step === undefined || message?.includes(step) ? [] : [`step: ${step}`]),
    ...(args === undefined ? [] : Object.entries(args).map(([name, value]) => `${name}: ${shown(value)}`)),
    `due: ${event.scheduledAt}`,
    ...(startedAt === undefined ? [] : [`started: ${startedAt}`]),
    ...(endedAt === undefined ? [] : [`ended: ${endedAt}`]),
    ...(durationMs === undefined ? [] : [`took: ${roughly(durationMs)}`]),
    ...(event.attempt > 1 ? [`attempt: ${event.attempt}`] : []),
    ...(failingSince === undefined ? [] : [`failing since: ${failingSince}`]),
    `run: ${event.runId}`,
  ];
  const tail = (outputTail ?? '').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  return tail === '' ? facts.join('\n') : `${facts.join('\n')}\n\n${tail}`;
}

/** Whether the event tells of something that did not go well. */
export function isBad({ status }: RunEvent): boolean {
  return status === 'failed' || status === 'errored' || status === 'missed';
}

function cause({ reason, exitCode, signal }: RunEvent): string | undefined {
  if (reason === 'exit-code' || (reason === undefined && exitCode !== undefined && exitCode !== 0)) {
    return `exit ${exitCode ?? '?'}`;
  }
  if (reason === 'signal') return `signal ${signal ?? '?'}`;
  return reason;
}

function verb(status: RunStatus): string {
  switch (status) {
    case 'skipped':
    case 'missed':
      return `was ${status}`;
    case 'errored':
      return 'could not be run';
    case 'starting':
    case 'running':
      return 'started';
    case 'waiting':
      return 'is waiting';
    case 'stopping':
      return 'is stopping';
    default:
      return status;
  }
}

/** Durations of more than ten seconds to the second. */
export function roughly(ms: number): string {
  return formatDuration(ms > 10_000 ? Math.round(ms / 1000) * 1000 : Math.round(ms));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
