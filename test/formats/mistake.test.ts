import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { told } from './told.js';

it('names every mistake of a file in one go', () => {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/formats/mistakes.yaml'), 'utf8');
  expect(told(text)).toMatchInlineSnapshot(`
    "week.yaml:1:44: expected timetable version 1, found the number 2
      This supertask reads version 1. A newer supertask may read others.
    week.yaml:2:16: "Europe/Berlim" is not a time zone name
      Did you mean Europe/Berlin?
    week.yaml:5:11: "@dayly" is not a known nickname
      Did you mean @daily?
    week.yaml:7:5: "timout" is not a key of a task
      Did you mean "timeout"?
    week.yaml:8:3: the task id "Backup" differs only in capitals from "backup", which is given already at 4:3
      Rename one of them.
    week.yaml:10:17: "pyton" is nothing that a step can use
      Did you mean python? Known: cmd, shell, exec, python, python-entrypoint, python-file, uv, docker, node, node-file, http, mail, webhook, healthcheck, cleanup.
    week.yaml:11:14: the duration "30" has no unit
      Write 30s or 30m, for example.
    week.yaml:12:3: "no spaces" is not a task id
      Use 1 to 64 letters, digits, ".", "_" and "-", starting with a letter or digit, without "..".
    week.yaml:13:11: not valid YAML: plain value cannot start with reserved character @
      Put the value in quotes, as in when: "@daily".
    week.yaml:14:23: expected a step, found the number 5
      Write a target such as "cmd:echo hello", or a map with run.
    week.yaml:16:11: there is no anchor &/5 before the alias */5
      A value that starts with * is an alias. Put it in quotes, as in when: "*/5 * * * *".
    week.yaml:17:10: the target "cmd:" is empty
      Say what to run: cmd:echo hello.
    week.yaml:18:14: "skipp" is not an overlap policy
      Did you mean skip? Use one of: skip, queue, parallel, replace.
    week.yaml:19:14: expected true or false, found the text "yes"
      Write true or false, without quotes.
    week.yaml:20:3: the key "report" is given twice, first at 15:3
      Remove or rename one of them."
  `);
});

it.each([
  ['', 'the file is empty'],
  ['# only a comment\n', 'the file is empty'],
  ['[]', 'expected a timetable as a map, found a list'],
  ['5', 'expected a timetable as a map, found the number 5'],
  ['meta: {}', 'there are no tasks'],
  ['tasks:', 'expected a map or a list of tasks, found nothing'],
  ['tasks: {}', 'there are no tasks'],
  ['tasks: []', 'there are no tasks'],
  ['tasks: [x]', 'expected a task in a list as a map, found the text "x"'],
  ['tasks: {a: x}', 'expected a task as a map, found the text "x"'],
  ['tasks: {a: }', 'expected a task as a map, found nothing'],
  ['tasks: {a: {when: once}}', 'a task lacks "run"'],
  ['tasks: {a: {run: []}}', '"run" is an empty list'],
  ['tasks: {a: {run: }}', 'expected a step, found nothing'],
  ['tasks: {a: {run: {}}}', 'a step lacks "run"'],
  ['tasks: {a: {run: {run: {}}}}', 'a step lacks "run"'],
  ['tasks: {a: {run: {exec: ls}}}', 'expected a list, found the text "ls"'],
  ['tasks: {a: {run: {exec: [ls], args: [a]}}}', '"args" beside "exec"'],
  ['tasks: {a: {run: "pyton:x"}}', '"pyton:" is not a known kind of target'],
  ['tasks: {a: {run: {uses: htpp, run: x}}}', '"htpp" is nothing that a step can use'],
  ['tasks: {a: {run: {uses: http, run: x, with: {url: "http://a"}}}}', '"run" beside "uses: http"'],
  ['tasks: {a: {run: {uses: http}}}', '"uses: http" lacks "with"'],
  ['tasks: {a: {run: {uses: http, with: }}}', 'expected http as a map, found nothing'],
  ['tasks: {a: {run: {uses: http, with: {}}}}', 'http lacks "url"'],
  ['tasks: {a: {run: {uses: cmd, run: x, with: {}}}}', '"with" is read beside uses: http'],
  ['tasks: {a: {uses: cmd, run: x}}', 'expected a ready-made thing, found the text "cmd"'],
  ['tasks: {a: {uses: [http], with: {}}}', 'expected a ready-made thing, found a list'],
  ['tasks: {a: {uses: http, with: {url: "http://a"}, run: x}}', '"run" beside "uses: http"'],
  ['tasks: {a: {run: x, with: {}}}', '"with" is read beside uses: http'],
  ['tasks: {a: {uses: http, with: {url: "http://a", json: {n: 1e999}}}}', 'cannot be passed on exactly'],
  ['tasks: {a: {run: {uses: python-entrypoint, run: x.py}}}', '"x.py" is not a Python entry point'],
  ['tasks: {a: {run: {run: x, kwargs: {a: 1}}}}', '"kwargs" need a function, and cmd: is none'],
  ['tasks: {a: {run: {run: x, args: [{}]}}}', 'an argument of cmd: must be text, found a map'],
  ['tasks: {a: {run: {run: x.py, args: [12345678901234567890]}}}', 'cannot be passed on exactly'],
  ['tasks: {a: {run: {run: x, if: "succes()"}}}', 'if: succes(): there is no succes()'],
  ['tasks: {a: {run: {run: x, if: no}}}', 'expected true or false, found the text "no"'],
  ['tasks: {a: {run: x, when: }}', 'expected a schedule, found nothing'],
  ['tasks: {a: {run: x, when: [[once]]}}', 'expected a schedule, found a list'],
  ['tasks: {a: {run: x, name: 5}}', 'expected text, found the number 5'],
  ['tasks: {a: {run: x, name: ""}}', 'expected text, found the text ""'],
  ['tasks: {a: {run: x, env: [A=b]}}', 'expected a map, found a list'],
  ['tasks: {a: {run: x, env: {A: }}}', 'expected text, found nothing'],
  ['tasks: {a: {run: x, env: {A=B: c}}}', '"A=B" is not the name of a variable'],
  ['tasks: {a: {run: x, env: {A: "\\0"}}}', 'the value of a variable contains a NUL character'],
  ['tasks: {a: {run: x, cwd: data}}', 'the directory "data" is relative'],
  ['tasks: {a: {run: x, cwd: ~/data}}', '"~" in the directory "~/data" stays as it is'],
  ['tasks: {a: {run: x, tz: +02:00}}', '"+02:00" is an offset, not a time zone name'],
  ['tasks: {a: {run: x, missed: never}}', '"never" is not a policy for missed runs'],
  ['tasks: {a: {run: x, stop: {signal: STOP}}}', '"STOP" is not a stop signal'],
  ['tasks: {a: {run: x, stop: 5s}}', 'expected stop as a map, found the text "5s"'],
  ['tasks: {a: {run: x, persistent: true, deadline: 1h}}', '"deadline" contradicts "persistent"'],
  ['tasks: {a: {run: x, <<: 5}}', '<< merges maps only'],
  ['tasks: {a: {run: x}, a: {run: y}}', 'the key "a" is given twice, first at 1:9'],
  ['tasks: {? [a] : {run: x}}', 'a key of a map is not text'],
  ['tasks: {../x: {run: x}}', '"../x" is not a task id'],
  ['tasks: [{on: {}, steps: [x]}]', 'a task lacks an id'],
  ['tasks: [{meta: {name: a}, steps: [x]}]', 'a task lacks an id'],
  ['tasks: [{meta: {id: a}}]', 'a task lacks "steps"'],
  ['tasks: [{meta: {id: a}, steps: []}]', '"steps" is an empty list'],
  ['tasks: [{meta: {id: a}, steps: x}]', 'expected a list, found the text "x"'],
  [
    'tasks: [{meta: {id: a}, steps: [x]}, {meta: {id: a}, steps: [x]}]',
    'the task id "a" is given already at 1:21',
  ],
  ['tasks: [{meta: {id: 5}, on: [], steps: [x]}]', 'expected on as a map, found a list'],
  ['meta: {type: crontab}\ntasks: {a: {run: x}}', 'the type "crontab" is not supertask-timetable'],
  ['meta: {version: "1"}\ntasks: {a: {run: x}}', 'expected timetable version 1, found the text "1"'],
  ['meta: {namespace: a/b}\ntasks: {a: {run: x}}', '"a/b" is not a namespace id'],
  ['meta: {author: {nam: x}}\ntasks: {a: {run: x}}', '"nam" is not a key of an author'],
])('%s: %s', (text, message) => {
  const [first = '', ...others] = told(text)
    .split('\n')
    .filter((line) => !line.startsWith('  '));
  expect(first).toMatch(/^week\.yaml:\d+:\d+: /);
  expect(first).toContain(message);
  expect(others).toEqual([]);
});

it('tells every mistake of a schedule, where it stands', () => {
  const text = `
tasks:
  a:
    when:
      - {cron: "61 * * * *", tz: Europe/Berlim}
      - {crn: "* * * * *"}
      - {every: 10, jitter: 5s}
      - {every: 10s, daily: "09:00"}
      - {daily: "09:00", args: {a: [1]}}
      - 10
      - ""
    run: x
`;
  expect(told(text)).toMatchInlineSnapshot(`
    "week.yaml:5:16: the minute field "61": 61 is not between 0 and 59
      A minute is 0 to 59, a list 1,2, a range 1-5, or a step */2.
    week.yaml:5:34: tz: "Europe/Berlim" is not a time zone name
      Did you mean Europe/Berlin?
    week.yaml:6:9: the schedule does not say when
      Add one of cron, every, daily, at, in, when.
    week.yaml:6:10: "crn" is not a key of a schedule
      Did you mean cron?
    week.yaml:7:17: the duration "10" has no unit
      Write 10s or 10m, for example.
    week.yaml:8:17: a schedule has one form, not every and daily
      Write a list of schedules to have several.
    week.yaml:9:36: expected text, found a list
      (no hint)
    week.yaml:10:9: "10" is not a schedule
      Use once, every 10s, daily at 09:30, mon-fri at 10:30, @hourly, in 10m, an ISO 8601 instant, or a cron expression such as */5 * * * *.
    week.yaml:11:9: a schedule is empty
      Use once, every 10s, daily at 09:30, mon-fri at 10:30, @hourly, in 10m, an ISO 8601 instant, or a cron expression such as */5 * * * *."
  `);
});

describe('a word that is known from elsewhere gets its translation', () => {
  it.each([
    ['jobs: {}\ntasks: {a: {run: x}}', 'Write tasks:.'],
    ['tasks: {a: {run: x, cron: "* * * * *"}}', 'Write when: "*/5 * * * *".'],
    ['tasks: {a: {run: x, timout: 5s}}', 'Did you mean "timeout"?'],
    ['tasks: {a: {run: x, colour: red}}', 'Known keys: name, description, enabled, params, when,'],
    ['tasks: [{id: a, meta: {id: a}, steps: [x]}]', 'In a list of tasks, the id stands in meta: {id: …}.'],
    ['tasks: {a: {run: {run: x, with: {}}}}', 'Write args or kwargs.'],
    ['tasks: {a: {run: {run: x, uses: dockr}}}', 'Did you mean docker? Known: cmd, shell, exec,'],
    ['tasks: {a: {run: x, toString: 1}}', 'Known keys: name,'],
  ])('%s', (text, hint) => {
    expect(told(text)).toContain(hint);
  });
});
