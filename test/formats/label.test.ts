/** What files say about labels, and what is kept of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { definitionsOf } from '../../src/app/define.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { expandTasks } from '../../src/model/expand.ts';
import { told } from './told.js';

const SCHEMA = join(import.meta.dirname, '../../schema/timetable-v1.schema.json');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

function file(labels: string, defaults = '{}'): string {
  return `defaults: ${defaults}\ntasks:\n  a:\n    run: cmd:true\n    labels: ${labels}\n`;
}

describe('labels', () => {
  it.each([
    ['{team: billing, tier: 1, on-call: true}', '{}', { team: 'billing', tier: '1', 'on-call': 'true' }],
    ['[nightly, a.b/c_d-1]', '{}', { nightly: '', 'a.b/c_d-1': '' }],
    ['{}', '{}', {}],
    ['{tier: gold}', '{labels: {tier: silver, team: billing}}', { tier: 'gold', team: 'billing' }],
    ['{words: "ü, = and a \\"quote\\""}', '{}', { words: 'ü, = and a "quote"' }],
  ])('%s over %s are %j', (labels, defaults, expected) => {
    const text = file(labels, defaults);
    expect(parseTimetable(text, { file: 't.yaml' }).tasks[0]?.labels).toEqual(expected);
    expect(validate(parse(text))).toBe(true);
  });

  it.each([
    ['nightly', '5:13: expected a map, found the text "nightly"'],
    ['{-x: 1}', '5:14: "-x" is not the name of a label'],
    ['{"": 1}', '5:14: "" is not the name of a label'],
    ['{"a=b": 1}', '5:14: "a=b" is not the name of a label'],
    ['{a: [1]}', '5:17: expected text'],
    ['{a: "x\\ny"}', '5:17: the value of a label has a control character'],
    [`{a: ${'x'.repeat(201)}}`, '5:17: the value of a label is longer than 200 characters'],
    ['[" x"]', '5:14: " x" is not the name of a label'],
    [`[${Array.from({ length: 33 }, (_, n) => `l${n}`)}]`, '5:13: a task has more than 32 labels'],
  ])('%s are refused', (labels, expected) => {
    const text = file(labels);
    expect(told(text, 't.yaml').split('\n')[0]).toContain(`t.yaml:${expected}`);
    expect(validate(parse(text))).toBe(false);
  });

  it('are kept with the definition of each job, as are arguments, without what is secret', () => {
    const text = `
tasks:
  a:
    params: {region: eu, token: x}
    labels: {team: billing, note: hunter2-word}
    when: [{every: 1h, args: {region: us, token: abc}}]
    run: cmd:true
`;
    const tasks = expandTasks(parseTimetable(text, { file: 't.yaml' }).tasks);
    const [job] = definitionsOf(tasks, 'UTC', (words) => words.replace('hunter2', '***'));
    expect(job).toMatchObject({
      labels: { team: 'billing', note: '***-word' },
      args: { region: 'us', token: '***' },
    });
  });
});
