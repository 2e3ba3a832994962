/** Timetables from the web: fetched whole, and asked for again only where they may have changed. */
import { SupertaskError } from '../errors.js';
import { withoutUrlSecrets } from '../model/secret.js';
import { checkUtf8 } from './text-file.js';

/** A text from a URL, and how the server calls this state of it. */
export type RemoteText = {
  readonly text: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
};

const PATIENCE_MS = 30_000;

/**
 * Fetch a text.
 *
 * @param known - What was got before: the server is asked for it only if it has changed.
 * @returns Nothing when it has not.
 * @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`
 */
export async function fetchText(
  url: string,
  maxBytes: number,
  known?: Omit<RemoteText, 'text'>,
): Promise<RemoteText | undefined> {
  const response = await ask(url, known);
  if (response.status === 304 && known !== undefined) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) {
    await response.body?.cancel();
    const code = response.status === 404 ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    throw new SupertaskError(
      code,
      `${shownUrl(url)} answered ${response.status} ${response.statusText}`.trim(),
      { hint: 'Check the address, and whether it needs a login.' },
    );
  }
  return {
    text: await readBody(response, url, maxBytes),
    etag: response.headers.get('etag') ?? undefined,
    lastModified: response.headers.get('last-modified') ?? undefined,
  };
}

/** A URL without what is secret in it, for the bookkeeping and messages: login, and tokens in the query. */
export function shownUrl(url: string): string {
  return withoutUrlSecrets(withoutLogin(url));
}

/** Whether a URL is one as it is shown, so that a server would not know it. */
export function isHidden(url: string): boolean {
  return /[?&#][^=&#]*=\*\*\*(?:[&#]|$)/.test(url);
}

function withoutLogin(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    return parsed.href;
  } catch {
    return url;
  }
}

async function ask(url: string, known: Omit<RemoteText, 'text'> | undefined): Promise<Response> {
  const { address, login } = splitLogin(url);
  const headers: Record<string, string> = {
    ...(login === undefined ? {} : { authorization: login }),
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
  };
  return fetch(address, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch((cause: unknown) => {
    throw unreadable(url, describeFetchError(cause), 'Check the address and the network.', cause);
  });
}

/** `fetch` refuses addresses with a login in them; as a header it is what everybody means. */
function splitLogin(url: string): { readonly address: string; readonly login: string | undefined } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.username === '' && parsed.password === ''))
    return { address: url, login: undefined };
  const login = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
  return { address: withoutLogin(url), login: `Basic ${Buffer.from(login).toString('base64')}` };
}

async function readBody(response: Response, url: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      const bytes: Uint8Array = chunk;
      size += bytes.length;
      if (size > maxBytes)
        throw unreadable(url, `it is larger than ${maxBytes} bytes`, 'Split the timetable into several.');
      chunks.push(bytes);
    }
  } catch (cause) {
    if (cause instanceof SupertaskError) throw cause;
    throw unreadable(url, describeFetchError(cause), 'The answer broke off; try again.', cause);
  }
  return checkUtf8(Buffer.concat(chunks), shownUrl(url));
}

function unreadable(url: string, why: string, hint: string, cause?: unknown): SupertaskError {
  return new SupertaskError('FILE_UNREADABLE', `${shownUrl(url)} cannot be read: ${why}`, {
    hint,
    cause,
  });
}

function describeFetchError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1_000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
