/** Requests to the server that the page came from. Errors are what it says of them: code, detail and hint. */
import { signal } from '@preact/signals';
import type { Json, ProblemPart } from './record.js';

/** Relative to the page, so that it works below any path. */
const BASE = './api/v1';

/** A problem document (RFC 9457), or that there was no answer (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly parts: readonly ProblemPart[];

  constructor(
    message: string,
    more: { status: number; code?: string; hint?: string; parts?: readonly ProblemPart[] },
  ) {
    super(message);
    this.status = more.status;
    this.code = more.code;
    this.hint = more.hint;
    this.parts = more.parts ?? [];
  }
}

/** How far the server's clock is ahead of this one, in ms. */
export const serverAheadMs = signal(0);

/** Set by the first answer that says that nobody is signed in. */
export const signedOut = signal(false);

export type Query = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

/**
 * The path of a request, below the API's base.
 *
 * @example path(['namespaces', namespace, 'jobs', job], { since: '1d' })
 */
export function path(parts: readonly string[], query: Query = {}): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== '') found.append(name, String(each));
  }
  const text = found.toString();
  return `/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** The address of something that the browser itself asks for, such as a download. */
export function addressOf(apiPath: string): string {
  return BASE + apiPath;
}

/** @throws {ApiError} */
export async function get<Answer>(apiPath: string, signal?: AbortSignal): Promise<Answer> {
  const response = await send(apiPath, { method: 'GET', ...(signal ? { signal } : {}) });
  return (await response.json()) as Answer;
}

export type Tagged<Answer> = { readonly answer: Answer; readonly tag: string | undefined };

/**
 * With the tag of the version that it is, for `ifMatch`.
 *
 * @throws {ApiError}
 */
export async function getTagged<Answer>(apiPath: string): Promise<Tagged<Answer>> {
  const response = await send(apiPath, { method: 'GET', cache: 'no-store' });
  return { answer: (await response.json()) as Answer, tag: response.headers.get('etag') ?? undefined };
}

export type Change = {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: Json;
  /** Only if it is still this version; else the answer is 412. */
  readonly ifMatch?: string;
};

/**
 * Ask for a change.
 *
 * @throws {ApiError}
 */
export async function change<Answer = unknown>(apiPath: string, asked: Change = {}): Promise<Answer> {
  const { method = 'POST', body = {}, ifMatch } = asked;
  const response = await send(apiPath, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-supertask': '1',
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** @throws {ApiError} Unless the answer is a good one. */
export async function send(apiPath: string, request: RequestInit): Promise<Response> {
  const response = await fetch(BASE + apiPath, { credentials: 'same-origin', ...request }).catch((cause) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError('The server does not answer.', {
      status: 0,
      hint: 'It may have ended; the page goes on by itself when it is back.',
    });
  });
  compareClocks(response);
  if (response.ok) return response;
  if (response.status === 401 && !apiPath.startsWith('/session')) signedOut.value = true;
  throw await problemIn(response);
}

async function problemIn(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const { code, detail, title, hint, errors } = objectIn(text);
  return new ApiError(String(detail ?? title ?? `The server answered ${response.status}.`), {
    status: response.status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(Array.isArray(errors) ? { parts: errors as ProblemPart[] } : {}),
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}

/** The header has whole seconds, so less than two of them mean nothing. */
function compareClocks(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  const ahead = date + 500 - Date.now();
  const meaningful = Math.abs(ahead) < 2_000 ? 0 : ahead;
  if (Math.abs(meaningful - serverAheadMs.peek()) > 1_500) serverAheadMs.value = meaningful;
}
