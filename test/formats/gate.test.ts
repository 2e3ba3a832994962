import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { told } from './told.ts';

function parse(text: string) {
  return parseTimetable(text, { file: '/x/t.yaml' });
}

describe('what holds a task back', () => {
  it('is read in all its forms', () => {
    const { tasks } = parse(`
pools: {db: 2, net: 1}
tasks:
  etl: {params: {country: US}, run: "true"}
  report:
    run: "true"
    only-if: ["test -e x", {file: /a}, {file: {path: /b, newer-than: 1h}}, {load: 2.5}, {mains: true}, {online: example.com:443}]
    after: [etl, {task: etl, args: {country: US}, outcome: [failed, errored], within: 24h, exist: true}]
    wait: {max: 30m, every: 5s}
    pool: [db, net]
    when-idle: true
    max-running: 3
    skip-duplicate: true
`);
    expect(tasks[1]?.gate).toEqual({
      conditions: [
        { kind: 'command', line: 'test -e x' },
        { kind: 'file', path: '/a', newerMs: undefined },
        { kind: 'file', path: '/b', newerMs: 3_600_000 },
        { kind: 'load', below: 2.5 },
        { kind: 'mains', wanted: true },
        { kind: 'online', wanted: true, host: 'example.com:443' },
      ],
      after: [
        { task: 'etl', args: {}, outcomes: ['succeeded'], withinMs: undefined, exist: false },
        {
          task: 'etl',
          args: { country: 'US' },
          outcomes: ['failed', 'errored'],
          withinMs: 86_400_000,
          exist: true,
        },
      ],
      waitMs: 1_800_000,
      everyMs: 5_000,
      pools: [
        { name: 'db', max: 2 },
        { name: 'net', max: 1 },
      ],
      whenIdle: true,
    });
    expect(tasks[1]?.policy).toMatchObject({ maxRunning: 3, skipDuplicate: true });
    expect(tasks[0]).not.toHaveProperty('gate');
  });

  it.each([
    ['after: {task: other, args: {regoin: us}}', 'task "other" has no parameter "regoin"'],
    ['after: {task: other, args: {region: fr}}', '"fr" is no choice for "region"'],
    ["only-if: 'test -e ${{ params.x }}'", 'a template stands where none is read'],
    ["only-if: {file: '${{ date }}'}", 'a template stands where none is read'],
    ["after: {task: other, args: {region: '${{ date }}'}}", 'a template stands where none is read'],
    ['after: nope', '"nope", which is no task here'],
    ['after: other', 'in a circle: other → job → other'],
    ['after: job', 'in a circle: job → job'],
    ['after: {outcome: failed}', 'after lacks "task"'],
    ['after: {task: other, outcome: suceeded}', '"suceeded" is not how a run ends'],
    ['pool: dbb', 'expected a pool of this file'],
    ['only-if: {file: a, load: 1}', 'a condition has more than one kind'],
    ['only-if: {}', 'a condition has no kind'],
    ['only-if: {load: -1}', '"-1" is not a load to stay below'],
    ['only-if: {online: "http://x/y"}', '"http://x/y" is not a host'],
    ['only-if: {fil: a}', '"fil" is not a key of a condition'],
    ['wait: 5m', '"wait" has nothing to wait for'],
    ['{wait: {every: 5s}, when-idle: true}', 'wait lacks "max"'],
    ['max-running: 0', '"0" is not a number of places'],
    ['depends_on: x', '"depends_on" is not a key of a task'],
  ])('%s is refused', (line, message) => {
    const key = line.startsWith('{') ? line.slice(1, -1) : line;
    const text = `pools: {db: 1}\ntasks:\n  other: {params: {region: {choices: [us], default: us}}, run: "true", after: job}\n  job: {run: "true", ${key}}\n`;
    const problems = told(text);
    expect(problems).toContain(message);
  });

  it('is read for 10,000 tasks in a chain', () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `  t${index + 1}: {run: "true", after: t${index}}`,
    );
    expect(parse(`tasks:\n  t0: {run: "true"}\n${lines.join('\n')}\n`).tasks).toHaveLength(10_001);
  });
});
