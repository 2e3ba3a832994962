/** What `check` may find beside the errors of loading, and the form that all of it has. */
import type { ErrorCode, Location } from '../../errors.js';

/** `error`: it will not work; `warning`: it may not do what was meant; `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** Code → how bad it is, and what it means. `docs/check.md` lists the same. Codes of `errors.ts` are errors. */
export const FINDINGS = {
  NEVER_DUE: { severity: 'error', summary: 'A schedule has no instant at all, past or future.' },
  PROGRAM_MISSING: { severity: 'error', summary: 'A program, interpreter or engine is not there.' },
  PROGRAM_NOT_EXECUTABLE: { severity: 'error', summary: 'A file that is to be run may not be.' },
  DIRECTORY_UNUSABLE: { severity: 'error', summary: 'The directory of a task cannot be worked in.' },
  FUNCTION_MISSING: {
    severity: 'error',
    summary: 'A file does not speak of the function that is to be called.',
  },
  SHELL_SYNTAX: { severity: 'error', summary: 'The shell cannot read a line.' },
  IMAGE_INVALID: { severity: 'error', summary: 'The name of an image is none.' },
  OVER: { severity: 'warning', summary: 'All instants of a schedule have passed.' },
  SURPRISE: { severity: 'warning', summary: 'A part of a schedule may be read in more than one way.' },
  PROGRAM_MAYBE_MISSING: {
    severity: 'warning',
    summary: 'A program is not there, in a part of a shell line that may not be reached.',
  },
  SAME_SCHEDULE: { severity: 'warning', summary: 'A task has a schedule twice.' },
  SAME_WORK: { severity: 'warning', summary: 'Two tasks do the same at the same times.' },
  SECRET_UNSET: { severity: 'warning', summary: 'A secret is declared and has no value here.' },
  SECRET_SHORT: { severity: 'warning', summary: 'A secret is too short to be hidden.' },
  ENV_LINE: { severity: 'warning', summary: 'A part of an environment file is passed over.' },
  CLOCK_CHANGE: { severity: 'note', summary: 'A clock change of the coming year moves or repeats a time.' },
  IMAGE_ABSENT: {
    severity: 'note',
    summary: 'An image is not on this machine yet; the first run fetches it.',
  },
  IMAGE_UNKNOWN: { severity: 'note', summary: 'The engine could not be asked for an image.' },
} as const satisfies Record<string, { readonly severity: Severity; readonly summary: string }>;

export type FindingCode = keyof typeof FINDINGS;

export type Finding = {
  readonly severity: Severity;
  readonly code: FindingCode | ErrorCode;
  readonly message: string;
  /** Absolute path, or `<stdin>`. */
  readonly file: string;
  /** Both from 1; columns count UTF-16 units. Absent: it is about the file as a whole. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly hint?: string | undefined;
  /** The id of the task that it is about. */
  readonly task?: string | undefined;
};

/** A finding at a place, as bad as its code says; codes of errors of loading may be found by a check, too. */
export function finding(
  code: FindingCode | ErrorCode,
  message: string,
  place: Location,
  details: { readonly hint?: string | undefined; readonly task?: string | undefined } = {},
): Finding {
  const { file, line, column } = place;
  return { severity: severityOf(code), code, message, file, line, column, ...details };
}

function severityOf(code: FindingCode | ErrorCode): Severity {
  return isFindingCode(code) ? FINDINGS[code].severity : 'error';
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDINGS, code);
}
