/** `uses: http`: one request, and what is expected of its answer. Pure. */
import { messageOf, SupertaskError } from '../../errors.js';
import type { Json } from '../json.js';
import { timeout, url } from './address.js';
import {
  anything,
  faultAt,
  flag,
  isMap,
  line,
  mapOf,
  oneOrMore,
  type Part,
  parsedText,
  secret,
  size,
  text,
} from './part.js';
import { map, needed, optional, type Shape, type Values } from './shape.js';

/** Statuses from the first to the last. */
export type StatusRange = { readonly from: number; readonly to: number };

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const SUCCESS: readonly StatusRange[] = [{ from: 200, to: 299 }];

const status = parsedText(parseStatus);

const method: Part<string> = parsedText((written) => {
  const name = written.toUpperCase();
  if (TOKEN.test(name) && !['CONNECT', 'TRACE', 'TRACK'].includes(name)) return name;
  throw new SupertaskError('TARGET_INVALID', `${JSON.stringify(written)} is not a method of a request`, {
    hint: 'Write for example GET, HEAD, POST, PUT, PATCH or DELETE.',
  });
});

/** `up` anywhere in the text, or `/^up$/im` with flags. */
const pattern = parsedText((written) => {
  const [, source = written, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(written) ?? [];
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    const why = messageOf(cause);
    throw new SupertaskError('TARGET_INVALID', why, {
      hint: 'Write a regular expression, such as ok or /^ok$/m.',
      cause,
    });
  }
});

const headers: Part<Readonly<Record<string, string>>> = (value, place) => {
  const found = mapOf(line)(value, place);
  for (const name of isMap(value) ? Object.keys(value) : []) {
    if (TOKEN.test(name)) continue;
    place.fault({
      path: [...place.path, name],
      isKey: true,
      message: `${JSON.stringify(name)} is not the name of a header`,
      hint: 'A name is made of letters, digits and "-".',
    });
  }
  return found;
};

const basic = map({
  what: 'basic',
  keys: { user: needed(line, 'the name'), password: needed(secret, 'best as `{env: NAME}`') },
});

const expectation = map({
  what: 'expect',
  keys: {
    status: optional(oneOrMore(status), '`200`, `2xx`, `200-299` or a list; `2xx` unless given'),
    body: optional(pattern, 'a regular expression that the body has to match: `ok`, `/^ok$/im`'),
    json: optional(anything, 'what the JSON of the body has to contain'),
  },
});

export const HTTP = {
  what: 'http',
  keys: {
    url: needed(url, 'an http or https address'),
    method: optional(method, '`GET` unless given, `POST` where there is a body'),
    headers: optional(headers, 'names and values; they go to the host of `url` only'),
    bearer: optional(secret, 'a token, for `Authorization: Bearer`'),
    basic: optional(basic, '`{user, password}`, for `Authorization: Basic`'),
    body: optional(text, 'what is sent, as it is'),
    json: optional(anything, 'what is sent, as JSON'),
    timeout,
    follow: optional(flag, 'whether redirects are followed, at most 10; `true` unless given'),
    expect: optional(expectation, 'which answer is a success: `{status, body, json}`'),
    save: optional(line, 'a file for the body; it is there whole, or as it was before'),
    print: optional(flag, 'whether the body is written to standard output'),
    'max-bytes': optional(size, 'a longer body is a failure; `10MiB` unless given, `1GiB` with `save`'),
  },
  foreign: {
    data: 'Write body: or json:.',
    form: 'Write body: and the header content-type: application/x-www-form-urlencoded.',
    token: 'Write bearer: {env: NAME}.',
    auth: 'Write bearer: {env: NAME} or basic: {user: …, password: {env: NAME}}.',
    status: 'Write expect: {status: …}.',
    output: 'Write save: FILE.',
    retries: 'A task has retries; a request is one request.',
    insecure: 'Set NODE_EXTRA_CA_CERTS in env to a file with the certificate.',
  },
  together(written, place) {
    if (written['body'] !== undefined && written['json'] !== undefined) {
      faultAt({ ...place, path: [...place.path, 'json'] }, '"json" beside "body"', 'Send one of them.');
    }
    if (written['bearer'] !== undefined && written['basic'] !== undefined) {
      faultAt({ ...place, path: [...place.path, 'basic'] }, '"basic" beside "bearer"', 'Keep one of them.');
    }
  },
} as const satisfies Shape;

export type HttpValues = Values<typeof HTTP.keys>;

/** Whether a status is among the expected ones. */
export function isExpected(status: number, expected: readonly StatusRange[] = SUCCESS): boolean {
  return expected.some(({ from, to }) => status >= from && status <= to);
}

/** `2xx`, `200 or 204`. */
export function formatStatuses(expected: readonly StatusRange[] = SUCCESS): string {
  return expected
    .map(({ from, to }) => {
      if (from === to) return String(from);
      return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`;
    })
    .join(' or ');
}

/**
 * The first place at which a value lacks what is wanted of it: maps need the wanted keys, all else is equal.
 *
 * @returns A path such as `status.parts[1]`, '' for the value itself, `undefined` where nothing lacks.
 */
export function lacksAt(wanted: Json, found: Json | undefined, path = ''): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return path;
    return firstOf(wanted, (item: Json, index) => lacksAt(item, found[index], `${path}[${index}]`));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return path;
    const known = found as { readonly [key: string]: Json };
    return firstOf(Object.entries(wanted), ([key, item]) =>
      lacksAt(
        item as Json,
        Object.hasOwn(known, key) ? known[key] : undefined,
        path === '' ? key : `${path}.${key}`,
      ),
    );
  }
  return wanted === found ? undefined : path;
}

function firstOf<T>(
  items: readonly T[],
  look: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseStatus(written: string): StatusRange {
  const [, hundred] = /^([1-5])xx$/i.exec(written) ?? [];
  if (hundred !== undefined) return { from: Number(hundred) * 100, to: Number(hundred) * 100 + 99 };
  const [, from, to = from] = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(written) ?? [];
  if (from !== undefined && Number(to) >= Number(from)) return { from: Number(from), to: Number(to) };
  throw new SupertaskError('TARGET_INVALID', `${JSON.stringify(written)} is not a status of an answer`, {
    hint: 'Write 200, 2xx, 200-299, or a list of these.',
  });
}
