/** What `doctor` says: a line for each thing that was looked at. */

/** `fail`: runs will not work, or not be kept; `warn`: they may not. */
export type DoctorStatus = 'ok' | 'warn' | 'fail';

export type Diagnosis = {
  readonly status: DoctorStatus;
  /** What was looked at: `disk`, `program`, … */
  readonly check: string;
  readonly message: string;
  /** The way out. */
  readonly hint?: string | undefined;
  /** The job that it is about. */
  readonly job?: string | undefined;
};

export function ok(check: string, message: string): Diagnosis {
  return { status: 'ok', check, message };
}

export function warn(check: string, message: string, hint: string): Diagnosis {
  return { status: 'warn', check, message, hint };
}

export function fail(check: string, message: string, hint: string): Diagnosis {
  return { status: 'fail', check, message, hint };
}
