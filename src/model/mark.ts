/** A run as somebody says that it is to be taken. Pure. */
import type { Mark, Run } from './run.js';

/** What somebody says of a run. */
export type Verdict = Omit<Mark, 'original'>;

/** The whole run with the outcome that was said. What was measured stays; what it was at first is kept beside it. */
export function markedRun(run: Run, verdict: Verdict): Run {
  const { status, reason, exitCode, signal, message, marked, ...rest } = run;
  const found = {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(message === undefined ? {} : { message }),
  };
  const original = marked?.original ?? found;
  return { ...rest, status: verdict.status, reason: 'marked', marked: { ...verdict, original } };
}

/** Whether a record of a run takes the place of another: who says something has the last word, the last of them. */
export function isMarkedAfter(run: Pick<Run, 'marked'>, other: Pick<Run, 'marked'>): boolean {
  return run.marked !== undefined && (other.marked === undefined || run.marked.at > other.marked.at);
}
