/** Bodies of requests. */
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { plainProblem, problem } from './problem.js';

/** More is refused before it is read. */
const MAX_BODY_BYTES = 1024 * 1024;

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
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  } catch {
    throw new SupertaskError('USAGE', 'the body is not JSON');
  }
}

function tooLarge(): Response {
  return problem(plainProblem(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`));
}
