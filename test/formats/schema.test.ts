import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { starterText } from '../../src/app/init.js';
import { PYTHON_TASK } from '../../src/formats/python.js';
import type { Shape } from '../../src/formats/reader.js';
import { completeSchema, SHAPES, WORDS } from '../../src/formats/schema.js';
import { STOP_SIGNALS } from '../../src/model/policy.js';
import type { Shape as UseShape } from '../../src/model/uses/shape.js';
import { READY_MADE, READY_MADE_NAMES } from '../../src/model/uses/table.js';
import { told } from './told.js';

const ROOT = join(import.meta.dirname, '../..');
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'schema/timetable-v1.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);

function isValid(text: string): boolean {
  return validate(parse(text, { merge: true })) === true;
}

/** The part of the schema at the end of a path. */
function at(path: readonly (string | number)[]): { properties: object } {
  return path.reduce((part, key) => part[key], SCHEMA);
}

describe('the published schema and the readers know the same', () => {
  it.each(SHAPES.map(([shape, path]) => [shape.what, shape.keys, path] as const))(
    'keys of %s',
    (_, keys, path) => {
      expect(Object.keys(at(path).properties).sort()).toEqual([...keys].sort());
    },
  );

  it.each(READY_MADE_NAMES)('and what %s needs', (name) => {
    const { keys } = READY_MADE[name] as UseShape;
    expect(SCHEMA.$defs[name].required).toEqual(Object.keys(keys).filter((key) => keys[key]?.needed));
  });

  it('in every shape that a reader goes by', async () => {
    const files = readdirSync(join(ROOT, 'src/formats')).filter((name) => name.endsWith('.ts'));
    const modules = await Promise.all(
      files.map((name) => import(`../../src/formats/${name.slice(0, -3)}.ts`)),
    );
    const shapes = modules.flatMap((module) => Object.values<unknown>(module)).filter(isShape);
    const known = new Set([...SHAPES.map(([{ what }]) => what), PYTHON_TASK.what]);
    expect([...new Set(shapes.map(({ what }) => what))].filter((what) => !known.has(what))).toEqual([]);
  });

  it('and the same words', () => {
    for (const [words, path] of WORDS) expect(at(path), path.join('.')).toEqual(words);
    const signal = new RegExp(SCHEMA.$defs.stop.properties.signal.pattern);
    for (const name of STOP_SIGNALS)
      expect([name, `SIG${name}`, name.toLowerCase()].every((n) => signal.test(n))).toBe(true);
  });

  it('so nothing is to be completed', () => {
    expect(JSON.stringify(completeSchema(SCHEMA))).toBe(JSON.stringify(SCHEMA));
  });
});

describe('a schema that has fallen behind', () => {
  it('takes any value for a key that it does not describe, and loses what no reader knows', () => {
    const { timeout, ...others } = SCHEMA.$defs.defaults.properties;
    const old = { ...others, gone: { type: 'string' } };
    const behind = { ...SCHEMA, $defs: { ...SCHEMA.$defs, defaults: { type: 'object', properties: old } } };
    const { properties } = JSON.parse(JSON.stringify(completeSchema(behind))).$defs.defaults;
    expect(timeout).toBeDefined();
    expect(properties.timeout).toEqual({});
    expect(properties.gone).toBeUndefined();
  });
});

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && 'what' in value && 'keys' in value;
}

const YAML_FILES = [
  'test/fixtures/formats/canonical.yaml',
  'test/fixtures/formats/concise.yaml',
  'test/fixtures/formats/concise.json',
  ...readdirSync(join(ROOT, 'examples'))
    .filter((name) => /\.(?:ya?ml|json)$/.test(name) && name !== 'apscheduler.yaml')
    .map((name) => `examples/${name}`),
];

it.each(YAML_FILES)('%s is valid', (name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');
  expect(told(text, { file: name, directory: '/' })).toBe('');
  expect(validate(parse(text, { merge: true }))).toBe(true);
});

it('and so is every timetable in the docs, and the one to start from', () => {
  const docs = readdirSync(join(ROOT, 'docs')).map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8'));
  const blocks = [...docs, readFileSync(join(ROOT, 'README.md'), 'utf8')].flatMap((text) =>
    [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block),
  );
  const whole = [...blocks.filter((block) => /^tasks:/m.test(block)), starterText('/')];
  expect(whole.length).toBeGreaterThan(3);
  for (const text of whole) {
    expect(told(text, { file: 'docs.yaml', directory: '/' })).toBe('');
    expect(isValid(text), JSON.stringify(validate.errors)).toBe(true);
  }
});

it.each([
  'tasks: {a: {run: x, timout: 5s}}',
  'tasks: {a: {when: once}}',
  'tasks: {a: {run: x, timeout: 5}}',
  'tasks: {a: {run: x, keep: {runs: 0}}}',
  'tasks: {a: {run: x, keep: {days: 3}}}',
  'tasks: {a: {run: x, overlap: skipp}}',
  'tasks: {a: {run: x, retry: 0}}',
  'tasks: {a: {run: x, retry: {times: 3}}}',
  'tasks: {a: {run: x, retry: {delay: 5}}}',
  'tasks: {a: {run: x, retry: {on: [timout]}}}',
  'tasks: {a: {run: x, success: {}}}',
  'tasks: {a: {run: x, success: {codes: [300]}}}',
  'tasks: {a: {run: x, expect: {stdin: x}}}',
  'tasks: {a: {run: x, expect: {stdout: {matches: x}}}}',
  'tasks: {a: {run: x, enabled: "no"}}',
  'tasks: {a: {run: {uses: pyton, run: x}}}',
  'tasks: {a: {run: {exec: []}}}',
  'tasks: {a: {uses: http}}',
  'tasks: {a: {uses: cmd, with: {}}}',
  'tasks: {a: {uses: http, with: {url: "http://a"}, run: x}}',
  'tasks: {a: {run: {uses: http, with: {}}}}',
  'tasks: {a: {uses: http, with: {url: "http://a", expect: {status: abc}}}}',
  'tasks: {a: {uses: http, with: {url: "http://a", basic: {user: u}}}}',
  'tasks: {a: {uses: webhook, with: {kind: slak, url: "http://a", text: x}}}',
  'tasks: {a: {uses: cleanup, with: {path: x}}}',
  'tasks: {a: {uses: mail, with: {host: h, from: a@b, to: [], subject: s, text: t}}}',
  'tasks: {../a: {run: x}}',
  'tasks: {}',
  'tasks: []',
  'tasks: [{meta: {name: x}, steps: [x]}]',
  'tasks: [{meta: {id: x}, steps: []}]',
  'tasks: {a: {run: x, when: {crn: x}}}',
  'meta: {version: 2}\ntasks: {a: {run: x}}',
  'meta: {type: crontab}\ntasks: {a: {run: x}}',
  'jobs: {a: {run: x}}',
])('%s is refused by schema and reader', (text) => {
  expect(told(text)).not.toBe('');
  expect(isValid(text)).toBe(false);
});

it.each([
  'uses: http, with: {url: {env: URL}, expect: {status: [200, 3xx]}, json: [1], timeout: 5s, max-bytes: 1MB}',
  'uses: mail, with: {host: h, port: 25, from: a@b, to: [c@d], subject: s, text: t, attachments: [a, {path: b}]}',
  'uses: webhook, with: {kind: telegram, token: {env: T}, chat: -1001, text: x}',
  `uses: webhook, with: {kind: "\${{ params.kind }}", url: "http://a", text: x, tags: [a, b]}`,
  'uses: healthcheck, with: {url: "http://a", signal: failure, exit-code: 3}',
  'uses: cleanup, with: {path: x, pattern: ["*.log"], min-keep: 3, empty-dirs: true, dry-run: true}',
])('%s is accepted by schema and reader', (use) => {
  for (const what of [use, `run: [{${use}}]`]) {
    const text = `tasks: {a: {params: {kind: }, ${what}}}`;
    expect(told(text)).toBe('');
    expect(isValid(text)).toBe(true);
  }
});

it('accepts what is there for anchors', () => {
  const text = 'x-a: &a {timeout: 5m}\ntasks: {a: {<<: *a, run: x}}';
  expect(told(text)).toBe('');
  expect(isValid(text)).toBe(true);
});
