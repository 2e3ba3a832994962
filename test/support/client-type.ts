/** An OpenAPI document as TypeScript: the types of its schemas, and of each operation by its id. */
type Schema = boolean | { readonly [key: string]: unknown };

export type ApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export type ApiOperation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly description: string; readonly content?: Content }>
  >;
};

export type ApiParameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
};

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

const HEAD = `/**
 * Types of the HTTP API, made from the table of routes by \`npm run generate\`: changes made here are lost.
 *
 * Of each operation, by its id: method, path, parameters, what is sent and what comes back.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
`;

export function clientTypes({ paths, components }: ApiDocument): string {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `${comment(schema, '')}export type ${name} = ${typeOf(schema, '')};\n`,
  );
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationType(method.toUpperCase(), path, operation),
    ),
  );
  return [HEAD, ...types, `export type Operations = {\n${operations.join('')}};\n`].join('\n');
}

function operationType(method: string, path: string, operation: ApiOperation): string {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const of = (place: ApiParameter['in']) => parameters.filter((each) => each.in === place);
  const body = requestBody?.content['application/json']?.schema;
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const members = [
    `method: '${method}';`,
    `path: '${path}';`,
    `parameters: ${parametersType(of('path'))};`,
    `query: ${parametersType(of('query'))};`,
    `body: ${body === undefined ? 'undefined' : typeOf(body, '    ')};`,
    `answer: ${union(answers.map(([, { content }]) => contentType(content)))};`,
  ];
  const lines = members.map((member) => `    readonly ${member}\n`).join('');
  return `  /** ${summary} */\n  readonly ${operationId}: {\n${lines}  };\n`;
}

function parametersType(parameters: readonly ApiParameter[]): string {
  if (parameters.length === 0) return 'Record<never, never>';
  const members = parameters.map(
    (each) =>
      `${comment(each, '      ')}      readonly ${keyOf(each.name)}${each.required ? '' : '?'}: ${typeOf(each.schema, '      ')};\n`,
  );
  return `{\n${members.join('')}    }`;
}

/** What a client has of a body that is no JSON, it reads as it sees fit. */
function contentType(content: Content | undefined): string {
  if (content === undefined) return 'undefined';
  const json = content['application/json'];
  if (json !== undefined) return typeOf(json.schema ?? true, '    ');
  return Object.keys(content).some((type) => type.startsWith('text/')) ? 'string' : 'Uint8Array';
}

function typeOf(schema: Schema, indent: string): string {
  if (typeof schema === 'boolean') return schema ? 'Json' : 'never';
  const { anyOf, oneOf, allOf, $ref } = schema as { readonly [key: string]: never };
  const parts = [
    ...($ref === undefined ? [] : [String($ref).split('/').at(-1) ?? '']),
    ...plainType(schema, indent),
    ...[anyOf, oneOf].flatMap((choices?: readonly Schema[]) =>
      choices === undefined ? [] : [union(choices.map((each) => typeOf(each, indent)))],
    ),
    ...((allOf as readonly Schema[] | undefined) ?? []).map((each) => typeOf(each, indent)),
  ];
  if (parts.length < 2) return parts[0] ?? 'Json';
  return parts.map((part) => (part.includes(' | ') ? `(${part})` : part)).join(' & ');
}

/** The type that the schema says itself, if it says one. */
function plainType(schema: Exclude<Schema, boolean>, indent: string): string[] {
  const { type, properties, items, additionalProperties } = schema;
  if ('const' in schema) return [JSON.stringify(schema['const'])];
  if (Array.isArray(schema['enum'])) return [union(schema['enum'].map((each) => JSON.stringify(each)))];
  const kinds = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (kinds.length === 0 && (properties ?? additionalProperties) !== undefined) kinds.push('object');
  if (kinds.length === 0 && items !== undefined) kinds.push('array');
  return kinds.length === 0 ? [] : [union(kinds.map((kind) => kindType(String(kind), schema, indent)))];
}

function kindType(kind: string, schema: Exclude<Schema, boolean>, indent: string): string {
  switch (kind) {
    case 'integer':
      return 'number';
    case 'array': {
      const item = typeOf((schema['items'] as Schema | undefined) ?? true, indent);
      return `readonly ${/^[\w.]+$/.test(item) ? item : `(${item})`}[]`;
    }
    case 'object':
      return objectType(schema, indent);
    default:
      return kind;
  }
}

function objectType(schema: Exclude<Schema, boolean>, indent: string): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = (schema['required'] ?? []) as readonly string[];
  const others = schema['additionalProperties'] as Schema | undefined;
  const inner = `${indent}  `;
  // Members that there may be as well are not told of: a wrong name should be a mistake.
  if (properties.length === 0)
    return others === false
      ? 'Record<never, never>'
      : `{ readonly [key: string]: ${typeOf(others ?? true, indent)} }`;
  const members = properties.map(
    ([name, each]) =>
      `${comment(each, inner)}${inner}readonly ${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(each, inner)};\n`,
  );
  return `{\n${members.join('')}${indent}}`;
}

function comment(of: Schema | ApiParameter, indent: string): string {
  const text = typeof of === 'boolean' ? undefined : of['description'];
  return typeof text === 'string'
    ? `${indent}/** ${text.replaceAll('*/', '*\\/').replaceAll('\n', ' ')} */\n`
    : '';
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
