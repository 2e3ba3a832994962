import { expect, it } from 'vitest';
import { parsePython } from '../../src/formats/python.js';
import { parseTimetable } from '../../src/formats/timetable.js';
import { told } from './told.js';

function secretsOf(text: string): readonly (readonly string[] | undefined)[] {
  return parseTimetable(text, { file: 'week.yaml' }).tasks.map(({ secrets }) => secrets);
}

it('joins the secrets of a task to those of the defaults', () => {
  const text = 'defaults: {secrets: [A]}\ntasks: {one: {run: x, secrets: [B, A]}, two: {run: x}}';
  expect(secretsOf(text)).toEqual([['A', 'B'], ['A']]);
});

it('takes one name for a list of one', () => {
  expect(secretsOf('tasks: {one: {run: x, secrets: API_TOKEN}}')).toEqual([['API_TOKEN']]);
});

it('reads them in a Python file', () => {
  const text = '# /// task\n# every = "1h"\n# secrets = ["API_TOKEN"]\n# ///\n';
  expect(parsePython(text, { file: 'task.py' }).tasks[0]?.secrets).toEqual(['API_TOKEN']);
});

it.each([
  [
    'a value beside its name',
    'secrets: [API_TOKEN=canary-8741]',
    'an entry of secrets is not the name of a variable',
  ],
  ['a map of values', 'secrets: {API_TOKEN: canary-8741}', 'secrets is a map'],
  ['a map in the list', 'secrets: [{API_TOKEN: canary-8741}]', 'expected text, found a map'],
])('%s is a mistake, and is not repeated', (_, written, message) => {
  const problems = told(`tasks: {one: {run: x, ${written}}}`);
  expect(problems).toContain(message);
  expect(problems).not.toContain('canary');
});

it('says where they go when they stand at the top', () => {
  expect(told('secrets: [A]\ntasks: {one: {run: x}}')).toContain('Write defaults: {secrets: [NAME]}.');
});
