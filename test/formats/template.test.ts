/** What is told about parameters and templates when a file is read. */
import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { told } from './told.ts';

it('tells all mistakes where they stand', () => {
  const text = `
tables: {country: {US: {tz: America/New_York}}}
tasks:
  a:
    params:
      country: {required: true, choices: [US, DE]}
      2nd: x
      lang: {default: xx, choices: [en]}
      both: {default: 1, required: true}
      none: {required: false}
      typed: {type: number}
    when:
      - {every: 1h, args: {country: UK, extra: 1}}
      - every 2h
      - {daily: '17:00', tz: '\${{ tables.country[params.country].tz }}', args: {country: DE}}
    run: x
`;
  expect(told(text)).toMatchInlineSnapshot(`
    "week.yaml:7:7: "2nd" is not the name of a parameter
      Use 1 to 64 letters, digits, "_" and "-", starting with a letter.
    week.yaml:8:23: "xx" is no choice for "default"
      Choices: en.
    week.yaml:9:26: "required" contradicts "default"
      An argument has to be given where there is no default: keep one of them.
    week.yaml:10:14: a parameter that is not required lacks a default
      Write default: "".
    week.yaml:11:15: "type" is not a key of a parameter
      Arguments are texts; choices: […] narrows them."
  `);
});

it('tells of every template of a text, at its own line and column', () => {
  const text = `
tasks:
  a: {when: every 1h, run: "echo \${{ one }} $\${{ no }} and \${{ ( }} \${{ one }} \${{ run.id }}"}
  b:
    when: every 1h
    run: |2-
        echo \${{ two.x }}
      echo \${{ three }} \${{ four
  c:
    when: every 1h
    env: {A: "tab\\t\${{ five }}", B: "\${{ \\"six\\" + }} \${{ seven }}"}
    run: >
      x \${{ eight }}
      y
      \${{ nine }}
`;
  const places = told(text).match(/(?<=^week.yaml:)\S+ \S+ \S+/gm);
  expect(places).toEqual([
    '3:34: ${{ one',
    '3:60: ${{ (',
    '3:69: ${{ one',
    '7:14: ${{ two.x',
    '8:12: ${{ three',
    '8:25: ${{ four',
    // Written otherwise than it reads: the text as a whole.
    '11:14: ${{ five',
    '11:37: ${{ "six"',
    '11:37: ${{ seven',
    '13:9: ${{ eight',
    '15:7: ${{ nine',
  ]);
});

it('tells what is wrong with templates where they stand', () => {
  const text = `
tables: {country: {US: {tz: America/New_York}}}
tasks:
  a:
    params: {country: US}
    env: {A: '\${{ params.contry }}', B: '\${{ unsafe params.country }}'}
    cwd: '\${{ env.HOME }}'
    when: {every: 1h, args: {country: DE}}
    run:
      - echo \${{ country }}
      - {name: one, run: 'python:print("\${{ params.country }}")'}
      - {name: two, run: "echo '\${{ params.country }}'"}
      - {name: three, if: steps.on.status == "failed", exec: [x, '\${{ steps.one.outputs.a }}', '\${{ steps.four.status }}']}
      - {run: f.py, kwargs: {tz: '\${{ tables.country[params.country].tz }}', zone: '\${{ tables.country[params.country].zone }}'}}
      - {name: three, run: 'echo \${{ date.format("YYYY") }} \${{ failure() }}'}
`;
  expect(told(text)).toMatchInlineSnapshot(`
    "week.yaml:6:10: \${{ unsafe params.country }}: nothing is unsafe here
      Leave out "unsafe": the value stays a value.
    week.yaml:6:15: \${{ params.contry }}: there is no "contry" in params
      Did you mean country?
    week.yaml:7:11: \${{ env.HOME }}: there is no "HOME" in env
      Templates see variables that the task sets in env, and inherited ones it lists: read-env: [HOME].
    week.yaml:10:14: \${{ country }}: there is no "country"
      Write params.country.
    week.yaml:11:26: \${{ params.country }}: a value does not become code
      Use task.params["name"], or a variable that env sets: os.environ["NAME"].
    week.yaml:12:26: \${{ params.country }}: it stands in single quotes, where a value could be read as code or not at all
      Use double quotes, in which variables are put in.
    week.yaml:13:27: if: steps.on.status == "failed": there is no "on" in steps
      Did you mean one?
    week.yaml:13:97: \${{ steps.four.status }}: there is no "four" in steps
      Steps before this one: one, two.
    week.yaml:14:35: \${{ tables.country[params.country].tz }}: there is no "DE" in tables.country
      There is US.
    week.yaml:14:85: \${{ tables.country[params.country].zone }}: there is no "zone" in tables.country[…]
      There is tz.
    week.yaml:15:16: two steps are called "three"
      Rename one of them.
    week.yaml:15:34: \${{ date.format("YYYY") }}: "YYYY" means nothing in a pattern
      Did you mean yyyy? Known: yyyy, yy, MMMM, MMM, MM, M, dd, d, DDD, EEEE, EEE, kkkk, ww, HH, H, mm, ss, SSS, XXX, VV; other text stands in single quotes.
    week.yaml:15:61: \${{ failure() }}: failure() is known in "if" only
      Use it as if: failure()."
  `);
});

it('tells where a value cannot be put once everything else is right', () => {
  const run = (line: string) =>
    told(`tasks: {a: {params: {x: 1}, run: ["echo fine", ${JSON.stringify(line)}]}}`);
  expect(run("echo '${{ params.x }}'")).toContain(
    'week.yaml:1:48: ${{ params.x }}: it stands in single quotes',
  );
  expect(run('node:console.log(${{ params.x }})')).toContain('Use task.params.name');
  expect(run('exec:echo ${{ unsafe params.x }}')).toContain('nothing is unsafe here');
  expect(run('docker:alpine echo ${{ params.x }}')).toBe('');
});

describe('templates are whole words where targets are split', () => {
  it.each([
    ['docker:alpine echo ${{ params.x }} b', { image: 'alpine', words: ['echo', '${{ params.x }}', 'b'] }],
    ['exec:echo a${{ params.x }}', { program: 'echo', words: ['a${{ params.x }}'] }],
    ['uv:run --with ${{ params.x }} x.py', { words: ['run', '--with', '${{ params.x }}', 'x.py'] }],
    ['${{ params.x }}/job.py', { kind: 'python-file', path: '${{ params.x }}/job.py' }],
  ])('%s', (run, target) => {
    const [task] = parseTimetable(JSON.stringify({ tasks: { a: { params: { x: '1' }, run } } }), {
      file: 'a.json',
    }).tasks;
    expect(task?.steps[0].target).toMatchObject(target);
  });
});

it('takes arguments from outside in the place of those in schedules', () => {
  const text = `
tables: {zone: {US: America/New_York, DE: Europe/Berlin}}
tasks:
  a: {params: {c: }, tz: '\${{ tables.zone[params.c] }}', when: ['@daily', {every: 1h, args: {c: US}}], run: x}
  b: {when: '@daily', run: x}`;
  const zones = (args: Record<string, string>) =>
    parseTimetable(text, { file: '/t.yaml', args }).tasks.flatMap(({ schedules }) =>
      schedules.map((one) => [one.tz, one.args]),
    );
  expect(zones({ c: 'DE', other: 'x' })).toEqual([
    ['Europe/Berlin', { c: 'DE' }],
    ['Europe/Berlin', { c: 'DE' }],
    [undefined, undefined],
  ]);
  expect(told(text)).toContain('week.yaml:4:65: args: task "a" needs an argument for "c"');
});

it('marks only tasks that have templates, and gives them only what they use', () => {
  const text = `
tables: {t: {a: b}}
tasks:
  plain: {params: {x: 1}, run: echo}
  escaped: {run: 'echo $\${{ x }}'}
  looks: {run: 'echo \${{ tables.t.a }}', read-env: HOME}`;
  expect(
    parseTimetable(text, { file: '/t.yaml' }).tasks.map(({ hasTemplates, tables, readEnv }) => [
      hasTemplates,
      tables,
      readEnv,
    ]),
  ).toEqual([
    [undefined, undefined, undefined],
    [true, undefined, undefined],
    [true, { t: { a: 'b' } }, ['HOME']],
  ]);
});

it('leaves the same text alone in a Python file', () => {
  const text = '# /// task\n# cron = "* * * * *"\n# [env]\n# A = "${{ x }}"\n# ///\n';
  expect(parseTimetable(text, { file: '/t.py' }).tasks).toMatchObject([{ env: { A: '${{ x }}' } }]);
  expect(told(text.replace('cron', 'tz = "${{ x }}"\n# cron'), '/t.py')).toContain(
    'no templates in a Python file',
  );
});
