/** Errors as problem documents (RFC 9457), and back. Pure. */
import { ERRORS, type ErrorCode, type Location, type Problem, SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';

const PROBLEM_TYPE = 'application/problem+json';

/** Where the exit code of an error does not tell the status. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  ID_UNKNOWN: 404,
  FILE_NOT_FOUND: 422,
  FILE_UNREADABLE: 422,
  TIMETABLE_INVALID: 422,
  ID_AMBIGUOUS: 409,
  NOT_RUNNING: 409,
  CONFLICT: 409,
  CHANGED: 412,
  NOT_ALLOWED: 403,
  ALREADY_RUNNING: 409,
};

export type ProblemDocument = Readonly<Record<string, Json>> & { readonly status: number };

/** An error of the table, or a bug, which tells no more than that it is one. */
export function problemOf(error: unknown): ProblemDocument {
  if (!(error instanceof SupertaskError))
    return { type: 'about:blank', title: 'This is a bug in supertask.', status: 500 };
  const { code, message, hint, problems } = error;
  return {
    type: `urn:supertask:error:${code}`,
    title: ERRORS[code].summary,
    status: statusOf(code),
    detail: message,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(problems.length < 2 && problems[0]?.location === undefined ? {} : { errors: problems.map(partOf) }),
  };
}

function partOf({ code, message, hint, location }: Problem): Json {
  return {
    code,
    detail: message,
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location: { ...location } }),
  };
}

/** What a problem document says, as an error of the table; undefined when it is none. */
export function errorOf(document: unknown): SupertaskError | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const { errors } = document as Record<string, unknown>;
  const whole = problemIn(document);
  if (whole === undefined) return undefined;
  const problems = (Array.isArray(errors) ? errors : []).flatMap((each) => problemIn(each) ?? []);
  const { code, message, hint } = whole;
  return new SupertaskError(code, message, { hint, ...(problems.length === 0 ? {} : { problems }) });
}

function problemIn(value: unknown): Problem | undefined {
  const { code, detail, hint, location } = { ...(value as object) } as Record<string, unknown>;
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return undefined;
  return {
    code: code as ErrorCode,
    message: String(detail),
    hint: typeof hint === 'string' ? hint : undefined,
    location: locationIn(location),
  };
}

function locationIn(value: unknown): Location | undefined {
  const { file, line, column, path } = { ...(value as object) } as Record<string, unknown>;
  if (typeof file !== 'string') return undefined;
  return {
    file,
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof column === 'number' ? { column } : {}),
    ...(typeof path === 'string' ? { path } : {}),
  };
}

export function problem(document: ProblemDocument): Response {
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: { 'content-type': PROBLEM_TYPE },
  });
}

/** A problem that HTTP itself has a name for. */
export function plainProblem(status: number, title: string, detail?: string): ProblemDocument {
  return { type: 'about:blank', title, status, ...(detail === undefined ? {} : { detail }) };
}

/** What a request is answered with that ends in an error of the table. */
export function statusOf(code: ErrorCode): number {
  const known = STATUSES[code];
  if (known !== undefined) return known;
  const { exitCode } = ERRORS[code];
  return exitCode === 2 ? 400 : exitCode === 75 ? 503 : 500;
}
