import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CRON, DATE, INTERVAL, JOB } from '../../../src/formats/apscheduler/shape.js';
import { inspectTimetable } from '../../../src/formats/inspect.js';
import { parseTimetable } from '../../../src/formats/timetable.js';
import { told } from '../told.js';

const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../schema/apscheduler.schema.json'), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../../examples/apscheduler.yaml'), 'utf8');

const JOBS = `- id: report
  name: Report
  description: For the shop
  func: shop.jobs:report
  is_enabled: true
  trigger: {type: cron, day_of_week: 0-4, hour: 9, timezone: Europe/Berlin}
  args: [eu, 7]
  kwargs: {who: Ada}
  max_instances: 3
  coalesce: true
  misfire_grace_time: 60
  replace_existing: true
- {id: 2, func: shop.jobs.Class.sync, trigger: {type: interval, minutes: 5}, is_enabled: false, misfire_grace_time: null}
`;

describe('a list of jobs', () => {
  it('is a timetable', () => {
    const { tasks } = parseTimetable(JOBS, { file: '/srv/jobs.yaml' });
    expect(tasks).toMatchObject([
      {
        id: 'report',
        name: 'Report',
        description: 'For the shop',
        enabled: true,
        steps: [
          {
            target: {
              kind: 'python-entrypoint',
              entrypoint: 'shop.jobs:report',
              call: { args: ['eu', 7], kwargs: { who: 'Ada' } },
            },
          },
        ],
        schedules: [{ text: '0 9 * * MON-FRI', tz: 'Europe/Berlin' }],
        policy: { overlap: 'skip', maxRunning: 3, missed: 'latest', deadlineMs: 60_000 },
        location: { line: 1, column: 7 },
      },
      {
        id: '2',
        enabled: false,
        steps: [{ target: { entrypoint: 'shop.jobs.Class:sync' } }],
        schedules: [{ text: 'every 5m after start' }],
        policy: { missed: 'all', deadlineMs: undefined },
      },
    ]);
  });

  it('has the defaults of APScheduler', () => {
    const [task] = parseTimetable('[{"id": "a", "func": "m:f"}]', { file: '-' }).tasks;
    expect(task?.policy).toMatchObject({ overlap: 'skip', missed: 'all', deadlineMs: 1000 });
    expect(task?.policy).not.toHaveProperty('maxRunning');
    expect(task?.schedules).toMatchObject([{ text: 'once' }]);
  });

  it('is told apart from a list that is no timetable', () => {
    expect(told('- {id: a}')).toContain('expected a timetable as a map, found a list');
  });
});

describe('what is called', () => {
  it.each([
    ['shop.jobs:report', { kind: 'python-entrypoint', entrypoint: 'shop.jobs:report' }],
    ['shop.jobs.report', { kind: 'python-entrypoint', entrypoint: 'shop.jobs:report' }],
    ['shop:Class.report', { kind: 'python-entrypoint', entrypoint: 'shop:Class.report' }],
    ['report.py', { kind: 'python-file', path: 'report.py', func: undefined }],
    ['../a b/report.py:main', { kind: 'python-file', path: '../a b/report.py', func: 'main' }],
    ['report.ts', { kind: 'node-file', path: 'report.ts' }],
    ['report.sh', { kind: 'exec', program: './report.sh', words: ['a b', '1.10', '$(x)'] }],
    ['/usr/bin/env', { kind: 'exec', program: '/usr/bin/env' }],
  ])('%s', (func, target) => {
    const text = `- {id: a, func: ${JSON.stringify(func)}, args: [a b, 1.10, $(x)]}`;
    const [task] = parseTimetable(text, { file: '/jobs.yaml' }).tasks;
    expect(task?.steps[0].target).toMatchObject(target);
  });
});

it('tells every mistake of a list in one go', () => {
  const text = `- {func: m:f, trigger: {type: interval, seconds: 5}}
- {id: b, func: main, trigger: {type: cron, hour: 25, day_of_week: fri-mon}}
- {id: c, trigger: {type: interval, minute: 5}}
- {id: d, func: m:f, trigger: {type: corn, hour: 5}}
- {id: e, func: m:f, trigger: interval, seconds: 5}
- {id: f, func: m:f, trigger: {type: cron}}
- {id: g, func: m:f, trigger: {type: interval, seconds: 0.2}, args: x}
- {id: h, func: m:f, trigger: {type: cron, day: 31, month: feb}, max_instances: 0, misfire_grace_time: 5s}
- {id: i, func: m:f, trigger: {type: date, run_date: 24.12.2026}, coalesce: yes, executor: default}
- {id: j, func: ./x.sh, args: [[1]], kwargs: {a: 1}}
- {id: c, func: m:f, trigger: {type: cron, hour: 2, start_date: 2026-03-29 02:30:00, timezone: Europe/Berlin}}
- {id: l, func: m:f, trigger: {type: interval, hours: 1, start_date: 2026-05-02, end_date: 2026-05-01}}
- {id: m, func: m:f, trigger: {type: cron, day: 2nd monday, week: 1-60, month: jan-mar/2, year: 3000}}
- {id: n, func: m:f, trigger: {type: date, run_date: "2026-12-24 18:00:00.5"}}
- {id: "a/b", func: m:f, trigger: {seconds: 5}}
`;
  expect(told(text, 'jobs.yaml')).toMatchInlineSnapshot(`
    "jobs.yaml:1:3: a job lacks an id
      Write id: NAME; its history is kept by it.
    jobs.yaml:2:17: "main" does not say which module it is in
      Write package.module:function, package.module.function, or the path of a script such as ./report.py.
    jobs.yaml:2:51: hour "25": 25 is not between 0 and 23
      Use 0 to 23, a-b, a-b/n, *, */n, or a list of them.
    jobs.yaml:2:68: day_of_week "fri-mon": the range fri-mon runs backwards
      Write a list.
    jobs.yaml:3:3: a job lacks "func"
      Say what to call, for example func: package.module:function.
    jobs.yaml:3:20: the interval is no time at all
      Write {type: interval, seconds: 10}; the shortest is one second.
    jobs.yaml:3:37: "minute" is not a key of an interval trigger
      An interval trigger has minutes, a cron trigger minute.
    jobs.yaml:4:38: there is no trigger "corn"
      Did you mean cron? Known: cron, interval, date.
    jobs.yaml:5:31: expected a trigger as a map, found the text "interval"
      Write {type: interval, minutes: 10}, {type: cron, hour: 9} or {type: date, run_date: …}.
    jobs.yaml:5:41: "seconds" is not a key of a job
      Write trigger: {type: interval, seconds: 10}.
    jobs.yaml:6:31: the cron trigger names no time
      Write for example hour: 9. For each second: second: "*".
    jobs.yaml:7:31: the interval is shorter than a second
      Write {type: interval, seconds: 10}; the shortest is one second.
    jobs.yaml:7:69: expected a list, found the text "x"
      (no hint)
    jobs.yaml:8:31: "0 0 31 feb *" can never fire: no such day exists
      Check day, month, weekday and year.
    jobs.yaml:8:81: expected a number of runs, found the number 0
      Write a whole number from 1 on, without a unit.
    jobs.yaml:8:104: expected a number of seconds, found the text "5s"
      Write a whole number from 1 on, without a unit.
    jobs.yaml:9:54: "24.12.2026" is not a date of APScheduler
      Write 2026-12-24 or 2026-12-24 18:00:00, with +01:00 or Z behind it.
    jobs.yaml:9:77: expected true or false, found the text "yes"
      Write true or false, without quotes.
    jobs.yaml:9:82: "executor" is not a key of a job
      Remove it: each job is run as a process of its own.
    jobs.yaml:10:17: a program takes no kwargs
      Write args, or a Python function.
    jobs.yaml:11:8: the job id "c" is given already at 3:8
      Rename one of them.
    jobs.yaml:11:65: "2026-03-29 02:30:00" does not exist in Europe/Berlin, where the clock changes then
      Write it with an offset, such as 2026-03-29 02:30:00+01:00.
    jobs.yaml:12:92: the end_date is before the start_date
      Exchange them?
    jobs.yaml:13:49: day "2nd monday": "monday" is not a weekday
      Weekdays: mon, tue, wed, thu, fri, sat, sun.
    jobs.yaml:13:67: week "1-60": 60 is not between 1 and 53
      Use 1 to 53, a-b, a-b/n, *, */n, or a list of them.
    jobs.yaml:13:80: month "jan-mar/2": a range of names has no step ("jan-mar/2")
      Write numbers.
    jobs.yaml:13:97: year "3000": 3000 is not between 1970 and 2199
      Use 1970 to 2199, a-b, a-b/n, *, */n, or a list of them.
    jobs.yaml:14:54: the part of a second in "2026-12-24 18:00:00.5" is not in six digits, or finer than a millisecond
      Write .500000 for half a second.
    jobs.yaml:15:8: "a/b" is not a task id
      Use 1 to 64 letters, digits, ".", "_" and "-", starting with a letter or digit, without "..".
    jobs.yaml:15:35: the trigger lacks a type
      Write {type: interval, minutes: 10}, {type: cron, hour: 9} or {type: date, run_date: …}."
  `);
});

it('knows where each part of a job stands', async () => {
  const { places } = await inspectTimetable(JOBS, { file: 'jobs.yaml' });
  const at = (...path: Parameters<typeof places.task>) => {
    const { line, column } = places.task(...path);
    return `${line}:${column}`;
  };
  expect([
    at('report'),
    at('report', 'when', { index: 0, of: 1 }),
    at('report', 'run'),
    at('2', 'enabled'),
    at('2', 'deadline'),
  ]).toEqual(['1:7', '6:12', '4:9', '13:90', '13:117']);
});

describe('the published schema', () => {
  it.each([
    [JOB, SCHEMA.$defs.job],
    [CRON, SCHEMA.$defs.cron],
    [INTERVAL, SCHEMA.$defs.interval],
    [DATE, SCHEMA.$defs.date],
  ])('has the keys of %s', ({ keys }, part) => {
    expect(Object.keys(part.properties).sort()).toEqual([...keys].sort());
  });

  it.each([JOBS, EXAMPLE])('takes what the reader takes', (text) => {
    expect([validate(parse(text)), told(text, '/jobs.yaml')]).toEqual([true, '']);
  });

  it.each([
    '- {id: a, func: m:f, trigger: {type: cron, hours: 5}}',
    '- {id: a, func: m:f, max_instances: 0}',
    '- {id: a}',
  ])('and refuses %s as it does', (text) => {
    expect([validate(parse(text)), told(`${text}\n- {id: z, func: m:f}`) !== '']).toEqual([false, true]);
  });
});
