import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Checked, type CheckOptions, checkTimetables } from '../../src/app/check/check.js';
import type { FINDINGS } from '../../src/app/check/finding.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-check-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string, mode = 0o644): void {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function check(options: Partial<CheckOptions> = {}): Promise<Checked> {
  return checkTimetables({
    paths: ['week.yaml'],
    cwd: directory,
    tz: 'Europe/Berlin',
    now: new Date('2026-11-21T12:00:00Z'),
    env: { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, HOME: directory },
    envFiles: [],
    isStatic: false,
    readInput: async () => '',
    ...options,
  });
}

/** `CODE line:column task`, a line each. */
async function found(text: string, options: Partial<CheckOptions> = {}): Promise<string[]> {
  write('week.yaml', text);
  const { findings } = await check(options);
  return findings.map(({ code, line, column, task }) =>
    [code, line === undefined ? '-' : `${line}:${column}`, task ?? '-'].join(' '),
  );
}

/** What makes each code. */
const CASES: Record<keyof typeof FINDINGS, readonly [string, string][]> = {
  NEVER_DUE: [
    [
      'calendars: {old: [2020-01-01]}\ntasks: {a: {when: {daily: "09:00", calendar: old, from: 2026-01-01}, run: ls}}',
      '2:27',
    ],
    ['tasks: {a: {when: {daily: "09:00", days: mon, from: 2026-01-06, until: 2026-01-09}, run: ls}}', '1:27'],
  ],
  OVER: [
    ['tasks: {a: {when: 2020-01-01T00:00, run: ls}}', '1:19'],
    ['tasks: {a: {when: [every 5m, {every: 5m, until: 2026-01-01}], run: ls}}', '1:38'],
  ],
  SURPRISE: [
    ['tasks: {a: {when: "*/7 * * * *", run: ls}}', '1:19'],
    ['tasks: [{meta: {id: a}, on: {schedule: {cron: "* 5 * * *"}}, steps: [ls]}]', '1:47'],
  ],
  CLOCK_CHANGE: [['tasks: {a: {when: "30 2 * * *", run: ls}}', '1:19']],
  SAME_SCHEDULE: [['tasks: {a: {when: [every 5m, every 5m], run: ls}}', '1:30']],
  SAME_WORK: [
    ['tasks:\n  x: {when: every 5m, run: ls}\n  a: {when: every 5m, run: ls}', '3:3'],
    ['tasks:\n  x: {run: ls}\n  a: {run: ls}', '3:3'],
  ],
  PROGRAM_MISSING: [
    ['tasks: {a: {run: no-such-program --x}}', '1:18'],
    ['tasks: {a: {run: [ls, {name: x, exec: [no-such-program]}]}}', '1:39'],
    ['tasks: {a: {run: {exec: [./nothing.sh]}}}', '1:25'],
    ['tasks: {a: {run: ./other.sh}}', '1:18'],
    ['tasks: {a: {steps: [ls, no-such-program]}}', '1:25'],
    ["tasks: {a: {run: ls, on: {missed: ls, failed: [ls, {run: 'no-such ${{ run.exit_code }}'}]}}}", '1:58'],
    ['tasks: {a: {run: "python:print(1)", env: {PATH: /nowhere}}}', '1:18'],
    ['tasks: {a: {run: "uv:x", env: {PATH: /nowhere}}}', '1:18'],
    ['tasks: {a: {run: needs.py, env: {PATH: /nowhere}}}', '1:18'],
    ['tasks: {a: {run: "docker:busybox", env: {PATH: /nowhere}}}', '1:18'],
  ],
  PROGRAM_MAYBE_MISSING: [['tasks: {a: {run: ls && no-such-program}}', '1:18']],
  PROGRAM_NOT_EXECUTABLE: [
    ['tasks: {a: {run: ./plain.txt}}', '1:18'],
    ['tasks: {a: {run: {exec: [plain]}}}', '1:25'],
  ],
  DIRECTORY_UNUSABLE: [
    ['tasks: {a: {cwd: /no/where, run: ./nothing.sh}}', '1:18'],
    ['defaults: {cwd: plain.txt}\ntasks: {a: {run: ls}}', '1:17'],
  ],
  FUNCTION_MISSING: [['tasks: {a: {run: "run.py:walk"}}', '1:18']],
  SHELL_SYNTAX: [['tasks: {a: {run: [ls, "echo (", ls]}}', '1:23']],
  IMAGE_INVALID: [['tasks: {a: {run: "docker:Foo/Bar ls"}}', '1:18']],
  IMAGE_ABSENT: [['tasks: {a: {run: "docker:no-such-image:1", env: {SUPERTASK_DOCKER: engine}}}', '1:18']],
  IMAGE_UNKNOWN: [['tasks: {a: {run: "docker:no-such-image:1", env: {SUPERTASK_DOCKER: silent}}}', '1:18']],
  SECRET_UNSET: [['tasks: {a: {secrets: [NOT_THERE_AT_ALL], run: ls}}', '1:22']],
  SECRET_SHORT: [['tasks: {a: {secrets: [PIN], env: {PIN: "1234"}, run: ls}}', '1:22']],
  ENV_LINE: [],
};

it.each([
  ['what they come after', 'tasks: {a: {run: date}, x: {run: ls, after: a}, y: {run: ls}}', []],
  [
    'what they lead to',
    'tasks: {a: {run: date}, x: {run: ls, on: {failed: {trigger: a}}}, y: {run: ls}}',
    [],
  ],
  ['when they run, as far as it can be read', 'tasks: {x: {when: 5x, run: ls}, y: {run: ls}}', ['1:19']],
])('does not take tasks for the same that differ in %s', async (_, text, places) => {
  write('week.yaml', text);
  const { findings } = await check();
  expect(findings.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
});

it('finds every circle at once', async () => {
  write(
    'week.yaml',
    `tasks:
  a: {run: ls, after: b}
  b: {run: date, after: a}
  c: {run: id, after: c}
  d: {run: pwd, on: {failed: {trigger: d}}}
  e: {run: env, on: {failed: {trigger: f}}}
  f: {run: arch, on: {failed: {trigger: e}}}
`,
  );
  expect((await check()).findings.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '2 tasks wait for each other in a circle: a → b → a',
    '4 tasks wait for each other in a circle: c → c',
    '5 actions go round in a circle: d → d',
    '6 actions go round in a circle: e → f → e',
  ]);
});

describe('each code', () => {
  beforeEach(() => {
    write('plain.txt', 'ls\n');
    write('bin/plain', 'ls\n');
    write('other.sh', '#!/usr/bin/env no-such-interpreter\n', 0o755);
    write('run.py', 'def run(): pass\n');
    write('needs.py', '# /// script\n# dependencies = ["x"]\n# ///\n');
    // What an engine says, as docker and podman word it.
    write('bin/engine', '#!/bin/sh\necho "Error: No such image: x" >&2; exit 1\n', 0o755);
    write('bin/silent', '#!/bin/sh\necho "Cannot connect to the daemon" >&2; exit 1\n', 0o755);
  });

  it.each(
    Object.entries(CASES).flatMap(([code, cases]) =>
      cases.map(([text, place]) => [code, text, place] as const),
    ),
  )('%s: %s', async (code, text, place) => {
    expect(await found(text)).toEqual([`${code} ${place} a`]);
  });

  it('ENV_LINE, with the variables that count', async () => {
    write('.env', '# a comment\nNOT_THERE="long\nenough"\nexport X=1\n\n  stray words\n');
    const text = 'tasks: {a: {secrets: [NOT_THERE], run: ls, env: {NOT_THERE: longenough}}}';
    expect(await found(text, { envFiles: ['.env'] })).toEqual(['ENV_LINE 6:3 -']);
    expect(await found('tasks: {a: {secrets: [X], run: ls}}')).toEqual(['SECRET_UNSET 1:22 a']);
    expect(await found('tasks: {a: {secrets: [X], run: ls}}', { envFiles: ['.env'] })).toContain(
      'SECRET_SHORT 1:22 a',
    );
    expect(await found('tasks: {a: {run: ls}}', { envFiles: ['gone.env'] })).toEqual(['FILE_NOT_FOUND - -']);
  });
});

describe('nothing is found', () => {
  it.each([
    [
      'in tasks that do the same after different ones',
      'tasks: {a: {run: ls}, x: {run: cat, after: a}, y: {run: cat, after: {task: a, outcome: failed}}}',
    ],
    ['in tasks that are not enabled', 'tasks: {a: {enabled: false, cwd: /no/where, run: no-such-program}}'],
    ['in steps that are passed over', 'tasks: {a: {run: [ls, {if: false, run: no-such-program}]}}'],
    [
      'in schedules that are not enabled',
      'tasks: {a: {when: {at: 2020-01-01T00:00, enabled: false}, run: ls}}',
    ],
    ['in what starts with the scheduler', 'tasks: {a: {when: [once, every 5s from start, in 5m], run: ls}}'],
    [
      'where tasks differ in their environment',
      'tasks: {a: {run: ls, env: {X: 1}}, b: {run: ls, env: {X: 2}}}',
    ],
    ['in programs that a PATH of the task has', 'tasks: {a: {run: mine, env: {PATH: "/bin:./tools"}}}'],
    ['in programs beside the task', 'tasks: {a: {cwd: tools, run: {exec: [./mine]}}}'],
    ['in templates', `tasks: {a: {params: {program: }, run: "\${{ params.program }} x"}}`],
    ['in images that are here', 'tasks: {a: {run: "docker:here", env: {SUPERTASK_DOCKER: engine}}}'],
    ['in functions that come from elsewhere', 'tasks: {a: {run: "star.py:walk"}}'],
  ])('%s', async (_, text) => {
    write('tools/mine', '#!/bin/sh\n', 0o755);
    write('star.py', 'from walking import *\n');
    write('bin/engine', '#!/bin/sh\nexit 0\n', 0o755);
    const env = { PATH: `${join(directory, 'tools')}:${join(directory, 'bin')}:/usr/bin:/bin` };
    expect(await found(text, text.includes('PATH') ? {} : { env })).toEqual([]);
  });
});

it('names nine mistakes of nine kinds in one pass, each at its place', async () => {
  const text = `defaults: {tz: Europe/Berlim}
calendars: {plant: missing.ics}
tasks:
  a: {when: "@dayly", run: ls, timout: 5m}
  b: {when: every 10s, run: no-such-program}
  c: {when: 2020-01-01T00:00, run: ls /}
  d: {cwd: /no/where, run: ls -l}
  e: {run: gone.py}
  f: {run: 'echo "'}
`;
  expect(await found(text)).toEqual([
    'ZONE_UNKNOWN 1:16 -',
    'FILE_NOT_FOUND 2:20 -',
    'SCHEDULE_INVALID 4:13 -',
    'TIMETABLE_INVALID 4:32 -',
    'PROGRAM_MISSING 5:29 b',
    'OVER 6:13 c',
    'DIRECTORY_UNUSABLE 7:12 d',
    'FILE_NOT_FOUND 8:12 e',
    'SHELL_SYNTAX 9:12 f',
  ]);
});

describe('templates are evaluated as the next runs will do it', () => {
  const REGION = `tables: {at: {eu: {dir: tools, tool: mine}, us: {dir: nowhere, tool: none}}}
tasks:
  a:
    params: {region: {required: true}}
    when: [{every: 5m, args: {region: eu}}, {every: 7m, args: {region: us}}]
`;

  it.each([
    [
      'a variable that is not set',
      'tasks: {a: {read-env: [NOPE], run: [ls, "ls ${{ env.NOPE }}"]}}',
      ['TEMPLATE_INVALID 1:45 a'],
    ],
    [
      'a variable that is not set, in env and if',
      'tasks: {a: {read-env: [NOPE], env: {X: "1", Y: "${{ env.NOPE }}"}, run: {if: env.NOPE == "x", run: ls}}}',
      ['TEMPLATE_INVALID 1:49 a', 'TEMPLATE_INVALID 1:78 a'],
    ],
    [
      'what an action says, by a variable and by a calendar that are not there',
      `${REGION}    run: ls
    read-env: [NOPE]
    on: {failed: [ls, 'ls \${{ env.NOPE }}'], missed: {run: ls, env: {X: '\${{ date.shift("1 calendar day") }}'}}}`,
      ['TEMPLATE_INVALID 8:27 a', 'TEMPLATE_INVALID 8:74 a'],
    ],
    [
      'a day of no calendar',
      'tasks: {a: {when: every 5m, run: \'ls ${{ date.shift("-1 calendar day") }}\'}}',
      ['TEMPLATE_INVALID 1:38 a'],
    ],
    [
      'a day that the calendar of its schedule does not have',
      'calendars: {x: [2027-01-04]}\ntasks: {a: {when: {daily: "09:00", calendar: x}, cwd: \'/${{ date.shift("1 calendar day") }}\', run: ls}}',
      ['TEMPLATE_INVALID 2:57 a'],
    ],
    [
      'a pattern that is put together',
      'tasks: {a: {params: {p: "yyyy-QQ"}, run: "ls ${{ date.format(params.p) }}"}}',
      ['TEMPLATE_INVALID 1:46 a'],
    ],
    [
      'a directory',
      `${REGION}    cwd: "\${{ tables.at[params.region].dir }}"\n    run: ls`,
      ['DIRECTORY_UNUSABLE 6:10 a'],
    ],
    [
      'a program of a shell line',
      `${REGION}    run: "./tools/\${{ tables.at[params.region].tool }} now"`,
      ['PROGRAM_MISSING 6:10 a'],
    ],
    [
      'a file',
      `${REGION}    run: "\${{ params.region }}.py"`,
      ['FILE_NOT_FOUND 6:10 a', 'FILE_NOT_FOUND 6:10 a'],
    ],
    ['a shell line', 'tasks: {a: {params: {p: x}, run: "echo ${{ params.p }} &&"}}', ['SHELL_SYNTAX 1:34 a']],
    [
      'an image',
      'tasks: {a: {params: {p: A}, run: {uses: docker, run: "${{ params.p }}"}}}',
      ['IMAGE_INVALID 1:54 a'],
    ],
    [
      'nothing that depends on a run',
      'tasks: {a: {cwd: "/x/${{ run.id }}", env: {X: "${{ date }}"}, run: "./${{ env.X }}/${{ namespace }}.sh"}}',
      [],
    ],
    [
      'nothing that depends on steps',
      'tasks: {a: {run: [{name: s, run: ls}, {if: steps.s.outputs.n > 1, exec: ["${{ steps.s.outputs.n }}"]}]}}',
      [],
    ],
    [
      'nothing that the run of an action names',
      'tasks: {a: {run: ls, on: {failed: [\'ls "${{ run.outputs.rows }}"\', {if: run.outputs.rows > 1, run: ls}, {trigger: b, args: {n: "${{ run.outputs.rows }}"}}]}}, b: {params: {n: 1}, run: ls}}',
      [],
    ],
    [
      'nothing that has a default',
      'tasks: {a: {read-env: [NOPE], run: \'ls ${{ env.NOPE.default("/") }}\'}}',
      [],
    ],
    [
      'nothing whose arguments are not known',
      'tasks: {a: {params: {p: }, cwd: "${{ params.p }}", run: ls}}',
      [],
    ],
  ])('%s', async (_, text, expected) => {
    write('tools/mine', '#!/bin/sh\n', 0o755);
    expect(await found(text)).toEqual(expected);
  });

  it('say what is missing, and what to do', async () => {
    write('week.yaml', 'tasks: {a: {read-env: [NOPE], run: "ls ${{ env.NOPE }}"}}');
    const { findings } = await check();
    expect(findings).toMatchObject([
      {
        severity: 'error',
        message: '${{ env.NOPE }}: the variable NOPE is not set',
        hint: 'Set it, or say what to take instead: env.NOPE.default("…").',
      },
    ]);
  });

  it('but for the environment, where nothing is to be asked of the machine', async () => {
    const text = (words: string) =>
      `tasks: {a: {read-env: [N], params: {p: QQ}, run: "ls \${{ env.N }} ${words}"}}`;
    expect(await found(text(''), { isStatic: true })).toEqual([]);
    expect(await found(text('${{ date.format(params.p) }}'), { isStatic: true })).toEqual([
      'TEMPLATE_INVALID 1:67 a',
    ]);
  });

  it('without showing secret arguments', async () => {
    write(
      'week.yaml',
      'tasks: {a: {params: {key: }, secrets: [key], when: {every: 5m, args: {key: hunter2hunter2}}, run: "/x/${{ params.key }}.py"}}',
    );
    const { findings } = await check();
    expect(findings.map(({ code }) => code)).toEqual(['FILE_NOT_FOUND']);
    expect(findings[0]?.message).toBe('the file /x/***.py does not exist');
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});

describe('what follows from something else is not told', () => {
  it.each([
    [
      'files of a directory that is not there',
      'tasks: {a: {cwd: /no/where, run: gone.py}}',
      ['DIRECTORY_UNUSABLE 1:18 a'],
    ],
    [
      'files of a directory that cannot be read',
      'tasks: {a: {cwd: ~/x, run: gone.py}}',
      ['TIMETABLE_INVALID 1:18 -'],
    ],
    [
      'the same behind an anchor',
      'x-a: &a {run: gone.py, when: every 5m}\ntasks:\n  a: {<<: *a, name: A}\n  b: {<<: *a, env: {X: 1}}\n',
      ['FILE_NOT_FOUND 1:15 a'],
    ],
    [
      'schedules whose calendar cannot be read',
      'calendars: {x: gone.ics, y: [2020-01-01]}\ntasks: {a: {when: [{daily: "09:00", calendar: x}, {daily: "09:00", calendar: y}], run: ls}}',
      ['FILE_NOT_FOUND 1:16 -', 'OVER 2:59 a'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });
});

it('looks at nothing but the file when it is told so', async () => {
  const text =
    'tasks: {a: {cwd: /no/where, run: [no-such, "docker:A", gone.py, "("], secrets: [NOPE], when: "*/7 * * * *"}}';
  expect(await found(text, { isStatic: true })).toEqual(['SURPRISE 1:94 a']);
});

describe('secrets', () => {
  const shown = async (text: string): Promise<string> => {
    write('week.yaml', text);
    return JSON.stringify((await check()).findings);
  };

  it.each([
    [
      'of variables whose name says it',
      'tasks: {a: {run: ls, env: {API_TOKEN: hunter2hunter2}, timout: 5s}}',
    ],
    [
      'that are declared',
      'tasks: {a: {run: ls, secrets: [X], env: {X: hunter2hunter2}, timout: hunter2hunter2}}',
    ],
    ['in a file that is no YAML', 'tasks: {a: {run: ls, env: {API_TOKEN: hunter2hunter2}'],
    ['in quotes that are not closed', 'tasks: {a: {run: ls, env: {API_TOKEN: "hunter2hunter2}}}'],
    [
      'in what is no program',
      'tasks: {a: {run: {exec: [hunter2hunter2]}, env: {API_TOKEN: hunter2hunter2}}}',
    ],
  ])('%s are not shown', async (_, text) => {
    const told = await shown(text);
    expect(told).toContain('***');
    expect(told).not.toContain('hunter2');
  });
});

describe('a directory', () => {
  beforeEach(() => {
    write('jobs/supertask.yaml', 'tasks: {a: {run: ls}}');
    write('jobs/deep/er/night.yml', '# comment\ntasks:\n  a: {run: no-such-program}\n');
    write('jobs/list.json', '{"tasks": {"a": {"run": 5}}}');
    write('jobs/script.py', '# /// task\n# cron = "x"\n# ///\n');
    write('jobs/runnable', '#!/usr/bin/env -S supertask run --file\ntasks: {a: {run: "echo ("}}');
    write('jobs/plain.py', 'print(1)\n');
    write('jobs/package.json', '{"name": "x"}');
    write('jobs/compose.yaml', 'services:\n  a: {image: x}\n');
    write('jobs/data', 'tasks: none of ours\n');
    write('jobs/.hidden/x.yaml', 'tasks: 5\n');
    write('jobs/node_modules/x.yaml', 'tasks: 5\n');
    symlinkSync(join(directory, 'jobs'), join(directory, 'jobs/loop'));
    symlinkSync('nowhere', join(directory, 'jobs/dangling.yaml'));
  });

  it('is checked with all its timetables and self-describing scripts, and no others', async () => {
    const { files, findings, taskCount } = await check({ paths: ['jobs'] });
    const names = (paths: readonly string[]) =>
      paths.map((path) => path.slice(join(directory, 'jobs/').length));
    expect(names(files)).toEqual([
      'deep/er/night.yml',
      'list.json',
      'runnable',
      'script.py',
      'supertask.yaml',
    ]);
    expect(names(findings.map(({ file, code }) => `${file} ${code}`))).toEqual([
      'deep/er/night.yml PROGRAM_MISSING',
      'list.json TIMETABLE_INVALID',
      'runnable SHELL_SYNTAX',
      'script.py SCHEDULE_INVALID',
    ]);
    expect(taskCount).toBe(4);
  });

  it('and a file in it are not checked twice', async () => {
    expect((await check({ paths: ['jobs', 'jobs/list.json'] })).files).toHaveLength(5);
  });

  it('whose tasks cannot be told apart is told of', async () => {
    write('twins/a.yaml', 'tasks:\n  b: {run: ls}\n');
    write('twins/a/b.py', '# /// task\n# cron = "0 3 * * *"\n# ///\nprint(1)\n');
    const { findings } = await check({ paths: ['twins'] });
    expect(findings.map(({ code, message }) => `${code} ${message.replace(directory, '')}`)).toEqual([
      'TIMETABLE_INVALID two tasks are called a.b: the other is at /twins/a.yaml:2:3',
    ]);
  });

  it('whose only task would have too long an id is told of', async () => {
    write(`deep/${'d'.repeat(60)}/${'e'.repeat(60)}/a.yaml`, 'tasks:\n  b: {run: ls}\n');
    expect((await check({ paths: ['deep'] })).findings).toMatchObject([{ code: 'ID_INVALID', line: 2 }]);
  });

  it('without any is an error', async () => {
    mkdirSync(join(directory, 'empty'));
    await expect(check({ paths: ['empty'] })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
