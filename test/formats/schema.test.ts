import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SupertaskError } from '../../src/errors.js';
import { AUTHOR } from '../../src/formats/author.js';
import { CALENDAR, HOLIDAYS } from '../../src/formats/calendar.js';
import { DEFAULTS, META, TIMETABLE } from '../../src/formats/document.js';
import type { Shape } from '../../src/formats/reader.js';
import { STEP, USES_NAMES } from '../../src/formats/step.js';
import { CANONICAL_TASK, CONCISE_TASK, ON, TASK_META } from '../../src/formats/task.js';
import { KEEP, STOP } from '../../src/formats/task-setting.js';
import { MISSED_POLICIES, OVERLAP_POLICIES, STOP_SIGNALS } from '../../src/model/policy.js';
import { parseScheduleObject } from '../../src/model/schedule-object.js';
import { told } from './told.js';

const ROOT = join(import.meta.dirname, '../..');
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'schema/timetable-v1.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);

function isValid(text: string): boolean {
  return validate(parse(text, { merge: true })) === true;
}

/** The keys of schedules are the model's, which names them all to those who use none of them. */
function scheduleKeys(): readonly string[] {
  try {
    parseScheduleObject({ zzzzzzzzz: 1 });
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.problems.flatMap(({ hint }) => /^Keys: (.*)\.$/.exec(hint ?? '')?.[1]?.split(', ') ?? []);
  }
  return [];
}

describe('the published schema and the reader know the same', () => {
  it.each<[string, { properties: object }, Shape]>([
    ['timetable', SCHEMA, { ...TIMETABLE, keys: ['$schema', ...TIMETABLE.keys] }],
    ['meta', SCHEMA.$defs.meta, META],
    ['author', SCHEMA.$defs.author.anyOf[1], AUTHOR],
    ['calendar', SCHEMA.$defs.calendarObject, CALENDAR],
    ['holidays', SCHEMA.$defs.holidays, HOLIDAYS],
    ['defaults', SCHEMA.$defs.defaults, DEFAULTS],
    ['concise task', SCHEMA.$defs.conciseTask, CONCISE_TASK],
    ['canonical task', SCHEMA.$defs.canonicalTask, CANONICAL_TASK],
    ['meta of a task', SCHEMA.$defs.taskMeta, TASK_META],
    ['on', SCHEMA.$defs.on, ON],
    ['stop', SCHEMA.$defs.stop, STOP],
    ['keep', SCHEMA.$defs.keep, KEEP],
    ['step', SCHEMA.$defs.stepObject, STEP],
  ])('keys of %s', (_, { properties }, shape) => {
    expect(Object.keys(properties).sort()).toEqual([...shape.keys].sort());
  });

  it('keys of a schedule', () => {
    expect(Object.keys(SCHEMA.$defs.scheduleObject.properties).sort()).toEqual([...scheduleKeys()].sort());
  });

  it('words', () => {
    expect(SCHEMA.$defs.stepObject.properties.uses.enum).toEqual(USES_NAMES);
    expect(SCHEMA.$defs.overlap.enum).toEqual(OVERLAP_POLICIES);
    expect(SCHEMA.$defs.missed.enum).toEqual(MISSED_POLICIES);
    const signal = new RegExp(SCHEMA.$defs.stop.properties.signal.pattern);
    for (const name of STOP_SIGNALS)
      expect([name, `SIG${name}`, name.toLowerCase()].every((n) => signal.test(n))).toBe(true);
  });
});

it.each(['canonical.yaml', 'concise.yaml', 'concise.json'])('%s is valid', (name) => {
  const text = readFileSync(join(ROOT, 'test/fixtures/formats', name), 'utf8');
  expect(told(text, name)).toBe('');
  expect(validate(parse(text))).toBe(true);
});

it.each([
  'tasks: {a: {run: x, timout: 5s}}',
  'tasks: {a: {when: once}}',
  'tasks: {a: {run: x, timeout: 5}}',
  'tasks: {a: {run: x, keep: {runs: 0}}}',
  'tasks: {a: {run: x, keep: {days: 3}}}',
  'tasks: {a: {run: x, overlap: skipp}}',
  'tasks: {a: {run: x, enabled: "no"}}',
  'tasks: {a: {run: {uses: pyton, run: x}}}',
  'tasks: {a: {run: {exec: []}}}',
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

it('accepts what is there for anchors', () => {
  const text = 'x-a: &a {timeout: 5m}\ntasks: {a: {<<: *a, run: x}}';
  expect(told(text)).toBe('');
  expect(isValid(text)).toBe(true);
});
