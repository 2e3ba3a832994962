/** The description of the API that is made from the table of routes. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createComponents } from '../../src/http/openapi/component.ts';
import type { Route } from '../../src/http/route.ts';
import { describeRoutes } from '../../src/http/routes/document.ts';
import { ROUTES } from '../../src/http/routes/table.ts';
import { apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';

type Operation = {
  operationId: string;
  parameters: { name: string; in: string }[];
  responses: Record<string, unknown>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

const NOW = new Date('2026-05-02T00:00:00Z');
const document = async () => (await describeRoutes(ROUTES)) as unknown as Document;

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(await describeRoutes(ROUTES)) as Record<string, unknown>,
    );
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('has nothing that a linter minds', async () => {
    const found = await lintFromString({
      source: JSON.stringify(await describeRoutes(ROUTES)),
      config: await createConfig({ extends: ['recommended'] }),
    });
    expect(
      found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
    ).toEqual([]);
  });

  it('has an operation for each route, with all its parameters', async () => {
    const { paths } = await document();
    for (const { method, path, name, query = {} } of ROUTES) {
      const operation = paths[path]?.[method.toLowerCase()];
      expect(operation?.operationId).toBe(name);
      const named = (place: string) =>
        operation?.parameters.filter((each) => each.in === place).map((each) => each.name);
      expect(named('query')).toEqual(Object.keys(query));
      expect(named('path')?.map((each) => `{${each}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });

  it('has only schemas that are JSON Schema, and nothing that they refer to is missing', async () => {
    const { components } = await document();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'doc:', components } as object);
    for (const name of Object.keys(components.schemas))
      expect(
        () => ajv.compile({ $ref: `doc:#/components/schemas/${encodeURIComponent(name)}` }),
        name,
      ).not.toThrow();
    expect(components.schemas).toHaveProperty('Run');
    expect(JSON.stringify(components)).not.toContain('schema.json');
  });

  it('comes with a tag, so that it is sent once', async () => {
    const { api } = apiOver(
      fileStore(() => NOW),
      { now: () => NOW },
    );
    const first = await api.request('/api/v1/openapi.json');
    expect(await first.json()).toMatchObject({ openapi: '3.1.1', info: { title: 'supertask' } });
    const again = await api.request('/api/v1/openapi.json', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('tells of conditional requests where an answer has a tag and can be changed', async () => {
    const row = (method: Route['method'], more: Partial<Route>): Route => ({
      method,
      path: '/things/{thing}',
      name: `${method}Thing`,
      summary: 'A thing.',
      scope: 'admin',
      where: 'anywhere',
      response: { status: 204 },
      handle: () => null,
      ...more,
    });
    const { paths } = (await describeRoutes([
      row('GET', { response: { status: 200, schema: { type: 'object' }, isTagged: true } }),
      row('PUT', { request: { type: 'object' } }),
    ])) as unknown as Document;
    const things = paths['/things/{thing}'];
    const headers = (operation?: Operation) =>
      operation?.parameters.flatMap((each) => (each.in === 'header' ? each.name : []));
    expect(headers(things?.['get'])).toEqual(['If-None-Match']);
    expect(headers(things?.['put'])).toEqual(['X-Supertask', 'If-Match']);
    expect(Object.keys(things?.['get']?.responses ?? {})).toContain('304');
    expect(Object.keys(things?.['put']?.responses ?? {})).toEqual(
      expect.arrayContaining(['204', '412', '413']),
    );
  });
});

describe('schemas with names', () => {
  const files: Record<string, object> = {
    'one.schema.json': { $defs: { part: { type: 'string' }, list: { items: { $ref: '#/$defs/list' } } } },
    'two.schema.json': { title: 'A sentence', $defs: { part: { $ref: 'one.schema.json#/$defs/part' } } },
  };
  const load = (name: string) => files[`${name}.schema.json`] as never;

  it('keep apart what has the same name in two files, and may be part of themselves', () => {
    const components = createComponents(load);
    expect(components.take({ $ref: 'one.schema.json#/$defs/part' })).toEqual({
      $ref: '#/components/schemas/Part',
    });
    expect(components.take({ $ref: 'two.schema.json#/$defs/part' })).toEqual({
      $ref: '#/components/schemas/TwoPart',
    });
    components.take({ $ref: 'one.schema.json#/$defs/list' });
    expect(components.all()).toEqual({
      List: { items: { $ref: '#/components/schemas/List' } },
      Part: { type: 'string' },
      TwoPart: { $ref: '#/components/schemas/Part' },
    });
  });

  it('are refused where two of them differ', () => {
    const components = createComponents(load);
    components.take({ title: 'Thing', type: 'string' });
    expect(() => components.take({ title: 'Thing', type: 'object' })).toThrow(
      'two schemas have the title Thing',
    );
  });
});
