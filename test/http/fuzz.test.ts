/** Each route is asked what fits its schemas and what does not: no bug, every answer as it was described. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isConditional } from '../../src/http/openapi/operation.ts';
import { PROBLEM, problemStatuses } from '../../src/http/openapi/problem-response.ts';
import { API_BASE, type Route } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes/table.ts';
import type { Schema } from '../../src/http/schema.ts';
import type { Json } from '../../src/model/json.ts';
import { apiOf } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';
import { type Rig, rig } from '../support/rig.ts';
import { mistakesAgainst } from '../support/schema.ts';

type Asked = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

const RUNS = 30;
/** An answer that is not there by then waits for something that no test brings about. */
const PATIENCE_MS = 2_000;

describe.each(ROUTES.map((row) => [`${row.method} ${row.path}`, row] as const))('%s', (_, row) => {
  it('answers whatever it is asked', async () => {
    const one = await rig(
      { slow: { when: 'every 10s' }, line: { when: 'every 10s', policy: { overlap: 'queue' } } },
      { at: '2026-01-01T00:00:01Z', store: fileStore() },
    );
    await one.time.advance(20_000);
    const { api, bugs } = apiOf(one);
    await api.request(`${API_BASE}/namespaces/test/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'kept', task: { run: 'true' } }),
    });
    const known = {
      namespace: ['test'],
      job: ['slow', 'line', 'kept'],
      run: (await one.runs()).map(({ id }) => id),
    };
    await fc.assert(
      fc.asyncProperty(asked(row, known), async (request) => {
        const response = await send(one, api, row, request);
        if (response !== undefined) await expectDescribed(row, response);
        expect(bugs).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    await one.stop();
  });
});

async function send(
  one: Rig,
  api: ReturnType<typeof apiOf>['api'],
  row: Route,
  { params, query, body, headers }: Asked,
): Promise<Response | undefined> {
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(params[name] ?? ''));
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query as [string, string][])}`;
  const gone = new AbortController();
  const answer = Promise.resolve(
    api.request(`${API_BASE}${path}${search}`, {
      method: row.method,
      headers,
      signal: gone.signal,
      ...(body === undefined || row.method === 'GET' ? {} : { body }),
    }),
  );
  await one.time.advance(0);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  const response = await Promise.race([answer, late]);
  clearTimeout(timer);
  if (response === undefined) gone.abort();
  return response;
}

/** Nothing else can be sent. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Dots alone would be another path. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E');
}

async function expectDescribed(row: Route, response: Response): Promise<void> {
  const { status } = response;
  const type = response.headers.get('content-type') ?? '';
  if (status >= 400) {
    expect(problemStatuses(row, isConditional(row, ROUTES))).toContain(status);
    expect(status).not.toBe(500);
    expect(type).toBe('application/problem+json');
    const problem = await response.json();
    expect(mistakesAgainst(PROBLEM, problem)).toEqual([]);
    expect(problem).toMatchObject({ status });
    return;
  }
  if (status === 304) return;
  expect(statusesOf(row)).toContain(status);
  if ('schema' in row.response) {
    expect(type).toBe('application/json');
    expect(mistakesAgainst(row.response.schema, await response.json())).toEqual([]);
  }
  if (!('type' in row.response)) return;
  expect(type).toContain(row.response.type);
  await response.body?.cancel();
}

function asked(row: Route, known: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Asked> {
  const params = Object.fromEntries(
    [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...(known[name] ?? ['x'])) },
        {
          weight: 1,
          arbitrary: fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }).filter(isWellFormed),
        },
      ),
    ]),
  );
  const type = fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', '');
  const tag = fc.constantFrom(undefined, undefined, '*', '"x"', 'W/"x", "y"');
  return fc.record({
    params: fc.record(params),
    query: query(row.query ?? {}),
    body: row.request === undefined ? fc.constant(undefined) : body(row.request),
    headers: fc.record({ type, match: tag, none: tag }).map(({ type, match, none }) => ({
      ...(type === '' ? {} : { 'content-type': type }),
      ...(match === undefined ? {} : { 'if-match': match }),
      ...(none === undefined ? {} : { 'if-none-match': none }),
    })),
  });
}

/** Most fit; some have a value that does not, are there twice, or are unknown. */
function query(schemas: Readonly<Record<string, Schema>>): fc.Arbitrary<Asked['query']> {
  const given = Object.entries(schemas).map(([name, schema]) => {
    const one = fc.oneof(
      {
        weight: 6,
        arbitrary: fits(schema.items ?? schema).map((value) =>
          typeof value === 'string' ? value : JSON.stringify(value),
        ),
      },
      { weight: 1, arbitrary: text() },
    );
    return fc
      .oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(one, { minLength: 1, maxLength: schema.type === 'array' ? 3 : 1 }) },
      )
      .map((values) => values.map((value) => [name, value] as const));
  });
  const stray = fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: text().map((name) => [[name, 'x'] as const]) },
  );
  return fc.tuple(stray, ...given).map((parts) => parts.flat());
}

function body(schema: Schema): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    { weight: 6, arbitrary: fits(schema).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: text() },
    {
      weight: 1,
      arbitrary: fc.constantFrom('{"__proto__": {"a": 1}}', '['.repeat(5_000), '{"id": "a", "id": "b"}'),
    },
  );
}

/** What somebody may have meant, and what nobody has. */
function text(): fc.Arbitrary<string> {
  const meant = fc.constantFrom(
    '',
    'slow',
    'test',
    '1h',
    'next',
    '2026-01-01T00:00:00Z',
    'every 10s',
    '*/5 * * * *',
    '-1',
    '1e99',
    'NaN',
    'Europe/Berlin',
  );
  return fc.oneof(meant, fc.string({ unit: 'binary', maxLength: 40 }).filter(isWellFormed));
}

function fits(schema: Schema): fc.Arbitrary<Json> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(fits));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const { minimum = -1_000, maximum = 1_000 } = schema;
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: minimum, max: Math.max(minimum, maximum) });
    case 'number':
      return fc.double({ min: minimum, max: Math.max(minimum, maximum), noNaN: true });
    case 'array':
      return fc.array(fits(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'object':
      return fitsObject(schema);
    case 'string':
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
      if (schema.format === 'date-time')
        return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      return text().map((each) => each.slice(0, schema.maxLength ?? 80));
    default:
      return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  }
}

function fitsObject({
  properties = {},
  required = [],
  additionalProperties = true,
}: Schema): fc.Arbitrary<Json> {
  const named = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      name === 'task' ? fc.oneof(task(), fits(schema)) : fits(schema),
    ]),
  );
  const known = fc.record(named, { requiredKeys: [...required] });
  if (additionalProperties === false) return known as fc.Arbitrary<Json>;
  const more =
    typeof additionalProperties === 'object' ? fits(additionalProperties) : fc.jsonValue({ maxDepth: 1 });
  const others = fc.dictionary(text(), more as fc.Arbitrary<Json>, { maxKeys: 2 });
  return fc.tuple(others, known).map(([left, right]) => ({ ...left, ...right }) as Json);
}

function task(): fc.Arbitrary<Json> {
  return fc.record(
    {
      run: fc.constantFrom<Json>('echo', ['a', 'b'], 5),
      when: fc.constantFrom<Json>('every 10s', '0 0 * * *', 'sometimes', ['every 1h']),
      timeout: fc.constantFrom<Json>('5s', 'long'),
      env: fc.constantFrom<Json>({ A: 'b' }, { LD_PRELOAD: 'x' }),
    },
    { requiredKeys: ['run'] },
  );
}

/** Of answers that are no problems. */
function statusesOf({ response }: Route): readonly number[] {
  return 'isPending' in response ? [response.status, 202] : [response.status];
}
