/** Bodies of requests. */
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { plainProblem, problem } from './problem.js';

/** More is refused before it is read. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Maps and lists nested deeper would end whoever walks through them. */
const MAX_DEPTH = 100;

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
  const value = parse(Buffer.concat(chunks).toString('utf8'));
  if (!isDeep(value)) return value;
  throw new SupertaskError('USAGE', `the body has maps and lists nested more than ${MAX_DEPTH} deep`);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new SupertaskError('USAGE', 'the body is not JSON');
  }
}

function isDeep(value: Json): boolean {
  const containers = (values: readonly Json[]): readonly object[] =>
    values.filter((each): each is Json & object => typeof each === 'object' && each !== null);
  let level = containers([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = containers(level.flatMap((each) => Object.values(each) as Json[]));
  }
  return false;
}

function tooLarge(): Response {
  return problem(plainProblem(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`));
}
