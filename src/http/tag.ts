/** Entity tags (RFC 9110, 8.8.3): whether who asks has the answer already. */
import { createHash } from 'node:crypto';
import type { Json } from '../model/json.js';

/** A strong tag of a value as it is sent. */
function tagOf(value: Json): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/** The value with its tag; 304 where one of the tags in `If-None-Match` is it. */
export function tagged(value: Json, ifNoneMatch: string | null, status: number): Response {
  const tag = tagOf(value);
  if (ifNoneMatch !== null && hasTag(ifNoneMatch, tag))
    return new Response(null, { status: 304, headers: { etag: tag } });
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', etag: tag },
  });
}

/** Whether a list of tags, such as the header `If-Match`, has this one, or is `*`. */
function hasTag(list: string, tag: string): boolean {
  return list.split(',').some((each) => ['*', tag].includes(each.trim().replace(/^W\//, '')));
}
