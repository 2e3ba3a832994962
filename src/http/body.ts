/** Bodies of requests. */
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { plainProblem, problem } from './problem.js';

/** More is refused before it is read. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Of lists and objects in each other: what is asked for here is never as deep, and code that walks it may recurse. */
const MAX_DEPTH = 32;

/** An empty body is an empty object. @throws {SupertaskError} `USAGE` */
export async function readBody(request: Request): Promise<Json | Response> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  if (size === 0) return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:merge-patch\+)?json(?:;|$)/i.test(type))
    return problem(plainProblem(415, 'The body has to be application/json.'));
  return parse(Buffer.concat(chunks).toString('utf8'));
}

function parse(text: string): Json {
  if (isDeep(text)) throw new SupertaskError('USAGE', `the body is nested deeper than ${MAX_DEPTH} levels`);
  let hasPrototype = false;
  let value: Json;
  try {
    value = JSON.parse(text, (key, part) => {
      hasPrototype ||= key === '__proto__';
      return part;
    });
  } catch {
    throw new SupertaskError('USAGE', 'the body is not JSON');
  }
  // Code that copies an object key by key would give the copy another prototype.
  if (hasPrototype) throw new SupertaskError('USAGE', 'the body has the key "__proto__", which nothing has');
  return value;
}

/** Looked at before it is parsed. What is no JSON is found out there. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isQuoted && sign === '\\') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function tooLarge(): Response {
  return problem(plainProblem(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`));
}
