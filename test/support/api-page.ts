/** An OpenAPI document as the page docs/api.md. */
import { meaningOf, type ProblemStatus } from '../../src/http/openapi/problem-response.ts';
import type { ApiDocument, ApiOperation, ApiParameter } from './client-type.ts';

const HEAD = `# HTTP API

<!-- Made from the table of routes by \`npm run generate\`: changes made here are lost. -->

All paths are below \`/api/v1\`. \`GET /api/v1/openapi.json\` is the same as an OpenAPI 3.1 document, from which clients can
be made; types for TypeScript are in \`src/web/api/schema.ts\`.

- Bodies and answers are JSON where nothing else is said. Instants are ISO 8601 in UTC; what is absent is null.
  Properties may be added at any time: pass over those that you do not know.
- Each route needs a scope: \`read\` looks, \`operate\` runs and stops what there is, \`admin\` changes it. Each includes the
  ones before it.
- Requests that change something have the header \`X-Supertask: 1\` and, with a body, \`Content-Type: application/json\`.
- Lists that can be long come in pages: \`next\` is the \`cursor\` of the page after it, null at the end.
- Answers with an \`ETag\` are 304 when asked with \`If-None-Match\`; what can be changed on condition takes \`If-Match\`, and
  answers 412 where it is another version by then.
- Answers of \`text/event-stream\` go on: [events.md](events.md) tells of them, and how to take them up again.
- What goes wrong is a problem document (RFC 9457), \`application/problem+json\`: \`type\`, \`title\`, \`status\`, \`detail\`, and
  where there is one \`code\` of [errors.md](errors.md), \`hint\`, and \`errors\` with each thing that is wrong.

The examples take \`$URL\` to be the address of the server, such as \`http://127.0.0.1:4243\`, and \`$TOKEN\` a token.
`;

type Located = { readonly method: string; readonly path: string; readonly operation: ApiOperation };

export function apiPage(
  document: ApiDocument & { readonly tags: readonly { name: string; description: string }[] },
): string {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = document.tags.flatMap(({ name, description }) => {
    const own = all.filter(({ operation }) => operation.tags.includes(name));
    return own.length === 0 ? [] : [`## ${name}\n\n${description}\n`, ...own.map(route)];
  });
  return [HEAD, statusTable(all), ...sections].join('\n');
}

function statusTable(all: readonly Located[]): string {
  const statuses = new Set(
    all.flatMap(({ operation }) => Object.keys(operation.responses).filter((each) => each >= '400')),
  );
  const rows = [...statuses]
    .sort()
    .map((status) => `| ${status} | ${meaningOf(Number(status) as ProblemStatus)} |`);
  return `| status | problem |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function route(located: Located): string {
  const { method, path, operation } = located;
  const scope = operation.security[0]?.['bearer']?.[0];
  const needs = scope === undefined ? 'no token needed' : `scope \`${scope}\``;
  const more = operation.description.split('. ').slice(1).join('. ');
  const parts = [
    `### ${method} ${path}`,
    `${operation.summary}${more === '' ? '' : ` ${more}`} Operation \`${operation.operationId}\`, ${needs}.`,
    parameterTable(operation.parameters),
    bodyPart(operation),
    answersPart(operation),
    `\`\`\`sh\n${curl(located)}\n\`\`\``,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function parameterTable(parameters: readonly ApiParameter[]): string {
  const shown = parameters.filter(({ in: place, name }) => place !== 'path' && name !== 'X-Supertask');
  if (shown.length === 0) return '';
  const rows = shown.map(
    ({ name, in: place, schema, description }) =>
      `| \`${name}\`${place === 'header' ? ' (header)' : ''} | ${kindOf(schema)} | ${cell(description ?? '')} |`,
  );
  return `| parameter | is | |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

function bodyPart({ requestBody }: ApiOperation): string {
  const schema = requestBody?.content['application/json']?.schema as Described | undefined;
  if (schema === undefined) return '';
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return `Body: ${kindOf(schema)}.`;
  const rows = properties.map(
    ([name, part]) =>
      `| \`${name}\`${schema.required?.includes(name) ? ' (needed)' : ''} | ${kindOf(part)} | ${cell(part.description ?? '')} |`,
  );
  return `| body | is | |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

function answersPart({ responses }: ApiOperation): string {
  const good = Object.entries(responses).filter(([status]) => status < '400');
  const bad = Object.keys(responses).filter((status) => status >= '400');
  const lines = good.map(([status, { description, content }]) => {
    const [type, body] = Object.entries(content ?? {})[0] ?? [];
    const what = type === 'application/json' ? kindOf(body?.schema) : type === undefined ? '' : `\`${type}\``;
    return `- ${status}: ${[what, description].filter((each) => !['', 'The answer.'].includes(each)).join(': ')}`;
  });
  return [...lines, `- Problems: ${bad.join(', ')}`].join('\n');
}

type Described = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: Described;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Described[];
  readonly minimum?: number;
  readonly maximum?: number;
};

/** In a few words; what has a name is in the document. */
function kindOf(given: unknown): string {
  const schema = (given ?? {}) as Described;
  if (schema.$ref !== undefined) return `\`${schema.$ref.split('/').at(-1)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items)}`;
  const { minimum, maximum } = schema;
  const range =
    minimum === undefined ? '' : maximum === undefined ? ` ≥ ${minimum}` : ` ${minimum} to ${maximum}`;
  return `${[schema.type ?? 'JSON'].flat().join(' or ')}${range}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** What somebody types, with the parameters of the path as names. */
function curl({ method, path, operation }: Located): string {
  const url = `"$URL/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}"`;
  const token = operation.security.length === 0 ? '' : ' -H "Authorization: Bearer $TOKEN"';
  const lines = [`curl -sS${method === 'GET' ? '' : ` -X ${method}`}${token}`];
  if (method !== 'GET') lines.push("-H 'X-Supertask: 1'");
  const schema = operation.requestBody?.content['application/json']?.schema as Described | undefined;
  if (schema !== undefined)
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(example(schema))}'`);
  return `${[lines[0], lines.slice(1).join(' '), url].filter((each) => each !== '').join(' \\\n  ')}`;
}

function example(schema: Described): unknown {
  const needed = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
  return Object.fromEntries(
    needed.map(([name, part]) => [
      name,
      part.enum?.[0] ?? (part.type === 'object' ? example(part) : (EXAMPLES[name] ?? name)),
    ]),
  );
}

/** Of bodies, where a name does not say enough. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  id: 'backup',
  expr: 'every 10s',
  at: 'next',
  text: 'tasks: { hello: { when: every 10s, run: echo hello } }',
  operations: [],
};
