import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { detectFormat } from '../../src/formats/detect.js';
import { parseTimetable } from '../../src/formats/timetable.js';
import type { Task } from '../../src/model/task.js';
import { told } from './told.js';

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/formats', name), 'utf8');
}

/** Everything but where it stood in the file. */
function meaning(name: string) {
  const { tasks, ...rest } = parseTimetable(fixture(name), { file: name });
  return { ...rest, tasks: tasks.map(({ location: _, ...task }) => task) };
}

function task(text: string, file = 'week.yaml'): Task {
  const [only] = parseTimetable(text, { file }).tasks;
  if (only === undefined) throw new Error('no task');
  return only;
}

/** The steps' targets of a task that is written `run: …`. */
function targets(run: string) {
  return task(`tasks:\n  a:\n    run: ${run}\n`).steps.map(({ target }) => target);
}

it('means the same in the canonical form, the concise form and JSON', () => {
  expect(meaning('concise.yaml')).toEqual(meaning('canonical.yaml'));
  expect(meaning('concise.json')).toEqual(meaning('concise.yaml'));
});

it('reads everything that a timetable says', () => {
  const { tasks, ...rest } = meaning('canonical.yaml');
  const [first, second, third] = tasks;
  expect(rest).toEqual({ namespace: 'shop', author: 'Ada <ada@example.org>, Grace', warnings: [] });
  expect(first).toMatchObject({
    id: 'lKPzlamA',
    name: 'Example',
    description: 'Waits a little',
    enabled: true,
    env: { REGION: 'eu' },
    schedules: [{ text: '*/5 * * * * * *', tz: 'Europe/Berlin', enabled: true }],
    steps: [
      {
        name: 'Wait',
        when: true,
        target: {
          kind: 'python-entrypoint',
          entrypoint: 'package.module:function',
          call: { args: [], kwargs: { jitter: 0.42 } },
        },
      },
      { name: 'Notify', when: false, target: { kind: 'python-file', path: 'notify.py' } },
    ],
  });
  expect(second).toMatchObject({
    enabled: true,
    schedules: [{ text: '@daily' }, { text: 'every 6h' }],
    policy: {
      overlap: 'queue',
      missed: 'latest',
      deadlineMs: undefined,
      timeoutMs: 1_800_000,
      stop: { signal: 'SIGINT', graceMs: 60_000 },
    },
  });
  expect(third).toMatchObject({ enabled: false, schedules: [], steps: [{}, { env: { LEVEL: '3' } }] });
});

it.each([
  ['echo hello', [{ kind: 'cmd', line: 'echo hello', words: [] }]],
  [
    '[cmd:echo a, "python:print(1)"]',
    [
      { kind: 'cmd', line: 'echo a' },
      { kind: 'python', code: 'print(1)' },
    ],
  ],
  ['{exec: [echo, 1.10, true]}', [{ kind: 'exec', program: 'echo', words: ['1.10', 'true'] }]],
  ['{run: {exec: [echo]}, name: say}', [{ kind: 'exec', program: 'echo', words: [] }]],
  ['{uses: shell, run: "echo \\"$1\\"", args: [a b, 1.10]}', [{ kind: 'cmd', words: ['a b', '1.10'] }]],
  ['{uses: exec, run: "git log", args: [-1]}', [{ kind: 'exec', program: 'git', words: ['log', '-1'] }]],
  ['{uses: python, run: "print(1)", args: [x]}', [{ kind: 'python', code: 'print(1)', words: ['x'] }]],
  [
    '{uses: python-file, run: "my task.py:go", args: [1, {a: null}], kwargs: {b: [2]}}',
    [
      {
        kind: 'python-file',
        path: 'my task.py',
        func: 'go',
        words: [],
        call: { args: [1, { a: null }], kwargs: { b: [2] } },
      },
    ],
  ],
  ['{uses: uv, run: "tool run ruff", args: [.]}', [{ kind: 'uv', words: ['tool', 'run', 'ruff', '.'] }]],
  [
    '{uses: docker, run: alpine, args: [echo, a b]}',
    [{ kind: 'docker', image: 'alpine', words: ['echo', 'a b'] }],
  ],
  ['{uses: node, run: "console.log(1)"}', [{ kind: 'node', code: 'console.log(1)' }]],
  [
    '{uses: node-file, run: task.ts, kwargs: {a: 1}}',
    [{ kind: 'node-file', path: 'task.ts', func: undefined }],
  ],
  ['{run: task.ts, args: [1]}', [{ kind: 'node-file', path: 'task.ts', words: [], call: { args: [1] } }]],
])('run: %s', (run, expected) => {
  expect(targets(run)).toMatchObject(expected);
});

it.each([
  ['a.yaml', '', 'yaml'],
  ['A.YML', '', 'yaml'],
  ['a.json', 'tasks:', 'json'],
  ['https://example.org/week.json?raw=1#top', '', 'json'],
  ['https://example.org/week', '{"tasks": {}}', 'json'],
  ['-', '{tasks: {}}', 'yaml'],
  ['-', 'tasks:', 'yaml'],
  ['-', '#!/usr/bin/env python3\nprint(1)\n', 'python'],
  ['-', 'import os\n# /// task\n# cron = "* * * * *"\n# ///\n', 'python'],
  ['a.py', 'tasks:', 'python'],
  ['dir.json/week', 'tasks:', 'yaml'],
])('%s with the text %j is %s', (file, text, format) => {
  expect(detectFormat(file, text)).toBe(format);
});

it('prefers the notation that it is told', () => {
  expect(
    parseTimetable('{"tasks": {"a": {"run": "x"}}}', { file: 'x.yaml', format: 'json' }).tasks,
  ).toHaveLength(1);
  expect(told('tasks: {a: {run: x}}', { file: 'x.yaml', format: 'json' })).toContain('not valid JSON');
});

it('knows where a task stands', () => {
  expect(task('tasks:\n  a:\n    run: x\n').location).toEqual({ file: 'week.yaml', line: 2, column: 3 });
  expect(task('tasks:\r\n  - meta: {id: a}\r\n    steps: [x]\r\n').location).toMatchObject({
    line: 2,
    column: 16,
  });
  expect(task('{"tasks": {"a": {"run": "x"}}}', 'w.json').location).toMatchObject({ line: 1, column: 12 });
});

it.each([
  ['/srv/week.yaml', undefined, 'data', '/srv/data'],
  ['/srv/week.yaml', '/home/u', '../data', '/home/data'],
  ['-', '/home/u', '.', '/home/u'],
  ['-', undefined, '/data', '/data'],
])('in %s with the directory %s, cwd: %s is %s', (file, directory, cwd, expected) => {
  const { tasks } = parseTimetable(`tasks: {a: {run: x, cwd: ${cwd}}}`, { file, directory, format: 'yaml' });
  expect(tasks[0]?.cwd).toBe(expected);
});

it('lets a task win over the defaults, and a schedule over its task', () => {
  const read = task(`
defaults: {tz: UTC, timeout: 1h, jitter: 3s, overlap: queue, env: {A: 1, B: 2}, stop: {grace: 1s}}
tasks:
  a: {when: [every 10s, {cron: "0 9 * * *", tz: Asia/Tokyo}], tz: Europe/Paris, run: x, timeout: none, env: {B: 3}, stop: {signal: hup}}
`);
  expect(read.schedules).toMatchObject([
    { tz: 'Europe/Paris', jitterMs: 3000 },
    { tz: 'Asia/Tokyo', jitterMs: 3000 },
  ]);
  expect(read.env).toEqual({ A: '1', B: '3' });
  expect(read.policy).toMatchObject({
    timeoutMs: undefined,
    overlap: 'queue',
    stop: { signal: 'SIGHUP', graceMs: 1000 },
  });
});

it('passes arguments of a schedule on as they are written', () => {
  const read = task(
    'tasks: {a: {params: {version: , on: }, when: {every: 10s, args: {version: 1.10, on: true}}, run: x}}',
  );
  expect(read.schedules).toMatchObject([{ args: { version: '1.10', on: 'true' } }]);
});

it('does not say the values of the environment when one is wrong', () => {
  const text = 'tasks: {a: {run: x, env: {PASSWORD: [CANARY]}}}';
  expect(told(text)).toContain('expected text, found a list');
  expect(told(text)).not.toContain('CANARY');
});

it('reads a text that starts with a byte order mark', () => {
  expect(task('\uFEFFtasks: {a: {run: x}}').id).toBe('a');
  expect(task('\uFEFF{"tasks": {"a": {"run": "x"}}}', 'a.json').id).toBe('a');
});

it('says how much of the past is kept, limit by limit over the defaults', () => {
  const text =
    'defaults: {keep: {age: 90d, bytes: 1GB}}\ntasks: {a: {run: x, keep: {runs: 500, bytes: 2MiB}}, b: {run: x}}';
  const { tasks } = parseTimetable(text, { file: 't.yaml' });
  expect(tasks.map(({ policy }) => policy.keep)).toEqual([
    { runs: 500, ageMs: 7_776_000_000, bytes: 2_097_152 },
    { ageMs: 7_776_000_000, bytes: 1_000_000_000 },
  ]);
});
