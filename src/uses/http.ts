/** Sends one request and compares the answer with what is expected of it. */
import type { Json } from '../model/json.js';
import { formatSize } from '../model/size.js';
import { formatStatuses, type HttpValues, isExpected, lacksAt } from '../model/uses/http.js';
import { withoutCredentials } from '../model/uses/webhook.js';
import { type Answer, isTemporary, type Request, send, showUrl, startOf } from './request.js';
import { saveWhole } from './save.js';
import { EXIT, Failure, type Surroundings, type Use } from './use.js';

const MEBI = 1024 * 1024;
const MAX_BYTES = 10 * MEBI;
const MAX_SAVED_BYTES = 1024 * MEBI;

export const useHttp: Use<HttpValues> = async (values, around) => {
  const { expect, save, print = false } = values;
  const request = requestOf(values);
  const startedMs = performance.now();
  const answer = await send(request, around);
  around.output('status', answer.status);
  await checkStatus(answer, values, request.label);
  const looksInside = expect?.body !== undefined || expect?.json !== undefined;
  const limit = values['max-bytes'] ?? (save === undefined || looksInside ? MAX_BYTES : MAX_SAVED_BYTES);
  const count = { bytes: 0 };
  const chunks = counted(answer.body, { limit, count, label: request.label });
  const body = looksInside ? [await collect(chunks)] : chunks;
  if (Array.isArray(body)) checkBody(String(body[0]), values, request.label);
  const shown = print ? printed(body, around) : body;
  if (save !== undefined) await saveWhole(save, shown);
  else for await (const _ of shown);
  const tookMs = Math.round(performance.now() - startedMs);
  tell(answer, { bytes: count.bytes, tookMs, save, label: request.label, print }, around);
};

function requestOf(values: HttpValues): Request {
  const { bearer, basic, json, follow = true, timeout } = values;
  const { url, credentials } = withoutCredentials(values.url);
  const body = json === undefined ? values.body : JSON.stringify(json);
  const method = values.method ?? (body === undefined ? 'GET' : 'POST');
  const authorization =
    bearer === undefined ? (basic === undefined ? credentials : basicOf(basic)) : `Bearer ${bearer}`;
  return {
    url,
    method,
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
      // In small letters: the author's content-type takes the place of ours.
      ...Object.fromEntries(
        Object.entries(values.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    },
    body: method === 'GET' || method === 'HEAD' ? undefined : body,
    timeoutMs: timeout,
    follow,
    label: `${method} ${showUrl(url)}`,
  };
}

function basicOf({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function checkStatus(answer: Answer, { expect }: HttpValues, label: string): Promise<void> {
  if (isExpected(answer.status, expect?.status)) return;
  const said = `${answer.status} ${answer.statusText}`.trim();
  const location = answer.headers.get('location');
  const begin =
    location === null ? await startOf(answer.body) : `it redirects to ${location.replace(/\?.*$/s, '')}`;
  const message = `${label}: status ${said} when ${formatStatuses(expect?.status)} was expected`;
  throw new Failure(
    begin === '' ? message : `${message}\n${begin}`,
    isTemporary(answer.status) ? EXIT.temporary : EXIT.refused,
  );
}

function checkBody(body: string, { expect }: HttpValues, label: string): void {
  if (expect?.body !== undefined && !expect.body.test(body)) {
    throw new Failure(`${label}: the body does not match ${expect.body}\n${body.slice(0, 500)}`.trim());
  }
  if (expect?.json === undefined) return;
  const lacking = lacksAt(expect.json, parseBody(body, label));
  if (lacking === undefined) return;
  const where = lacking === '' ? 'the JSON of the body' : `"${lacking}" in the JSON of the body`;
  throw new Failure(`${label}: ${where} is not what was expected\n${body.slice(0, 500)}`.trim());
}

function parseBody(body: string, label: string): Json {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Failure(`${label}: the body is no JSON\n${body.slice(0, 500)}`.trim(), EXIT.refused, cause);
  }
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  { limit, count, label }: { limit: number; count: { bytes: number }; label: string },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    count.bytes += chunk.length;
    if (count.bytes > limit) {
      throw new Failure(`${label}: the body is longer than ${formatSize(limit)}; max-bytes allows more`);
    }
    yield chunk;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function* printed(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { write }: Surroundings,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    write(chunk);
    yield chunk;
  }
}

type Told = { bytes: number; tookMs: number; save: string | undefined; label: string; print: boolean };

function tell(answer: Answer, { bytes, tookMs, save, label, print }: Told, around: Surroundings): void {
  const { output, say, warn } = around;
  output('bytes', bytes);
  output('duration-ms', tookMs);
  output('url', answer.from);
  const type = answer.headers.get('content-type');
  if (type !== null) output('content-type', type);
  if (save !== undefined) output('saved', save);
  const said = `${answer.status} ${answer.statusText}`.trim();
  const where = save === undefined ? '' : `, saved as ${save}`;
  // Standard output belongs to the body.
  (print ? warn : say)(`${label}: ${said}, ${formatSize(bytes)} in ${tookMs} ms${where}`);
}
