/**
 * Errors the user can fix.
 *
 * Each has a stable code from the table below; the command line prints message and hint and exits with the
 * code's number. Everything else that is thrown is a bug.
 */

/** Code → what the process exits with, and what the code means. `docs/errors.md` lists the same codes. */
export const ERRORS = {
  USAGE: { exitCode: 2, summary: 'The command line is wrong.' },
  SCHEDULE_INVALID: { exitCode: 2, summary: 'A schedule cannot be read, or can never fire.' },
  DURATION_INVALID: { exitCode: 2, summary: 'A duration cannot be read.' },
  SIZE_INVALID: { exitCode: 2, summary: 'An amount of data cannot be read.' },
  ZONE_UNKNOWN: { exitCode: 2, summary: 'A time zone is not an IANA zone name.' },
  TARGET_INVALID: { exitCode: 2, summary: 'A target is empty, has an unknown scheme or lacks a part.' },
  ARGS_INVALID: { exitCode: 2, summary: 'An argument is missing, unknown, or not one of the choices.' },
  TEMPLATE_INVALID: {
    exitCode: 2,
    summary: 'A template, `${{ … }}`, cannot be read, or names what does not exist.',
  },
  TIMETABLE_INVALID: { exitCode: 2, summary: 'A timetable file has problems; all are listed.' },
  FILE_NOT_FOUND: { exitCode: 2, summary: 'A file that was named does not exist.' },
  FILE_UNREADABLE: { exitCode: 2, summary: 'A file or URL that was named cannot be read, or is too large.' },
  FILE_EXISTS: { exitCode: 2, summary: 'A file that would be written is there already.' },
  FILE_UNWRITABLE: { exitCode: 2, summary: 'A file that was named cannot be written.' },
  SETTING_INVALID: { exitCode: 2, summary: 'A setting from a flag, the environment or a file is wrong.' },
  ID_INVALID: { exitCode: 2, summary: 'An id has characters that ids may not have.' },
  ID_UNKNOWN: { exitCode: 2, summary: 'No namespace, job or run has this id or prefix.' },
  ID_AMBIGUOUS: { exitCode: 2, summary: 'A prefix fits more than one id.' },
  ALREADY_RUNNING: { exitCode: 75, summary: 'A scheduler for the same source runs already.' },
  NOT_RUNNING: { exitCode: 1, summary: 'Nothing is running that could do what was asked.' },
  CONFLICT: { exitCode: 1, summary: 'What was asked does not fit the state that a run or job is in.' },
  CHANGED: {
    exitCode: 1,
    summary: 'What was to be changed has been changed by somebody else since it was read.',
  },
  NOT_ALLOWED: { exitCode: 2, summary: 'A job made through the API says what such jobs may not say here.' },
  REFUSED: { exitCode: 75, summary: 'A scheduler cannot do now what was asked.' },
  UNANSWERED: { exitCode: 125, summary: 'A scheduler, or who watches a run, lives and does not answer.' },
  ADDRESS_UNAVAILABLE: { exitCode: 69, summary: 'An address cannot be listened on.' },
  INSECURE: { exitCode: 78, summary: 'What was asked for would let others in.' },
  STATE_UNAVAILABLE: { exitCode: 125, summary: 'The state directory cannot be used.' },
  STATE_NEWER: { exitCode: 125, summary: 'The state was written by a newer supertask and is read-only.' },
} as const satisfies Record<string, { exitCode: number; summary: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A place in a file; lines and columns count from 1. */
export type Location = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** In a value that was never a text: `task.when`. */
  readonly path?: string;
};

/** One thing that is wrong with an input, and how to mend it. */
export type Problem = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly location?: Location | undefined;
};

/** An error that the user can fix. `problems` holds more than one entry when a file has several. */
export class SupertaskError extends Error {
  override readonly name = 'SupertaskError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: Location | undefined;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      hint?: string | undefined;
      location?: Location | undefined;
      cause?: unknown;
      problems?: readonly Problem[];
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.location = details.location;
    this.problems = details.problems ?? [{ code, message, hint: details.hint, location: details.location }];
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }
}

/** What something that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the operating system called an error: `ENOENT`, `EACCES` …; undefined for other things thrown. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
