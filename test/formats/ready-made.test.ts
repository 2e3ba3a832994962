import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.js';
import { told } from './told.js';

const read = (text: string) => parseTimetable(text, { file: 'week.yaml' });

it('stands in a task, in a step and in the canonical form alike', () => {
  const use = 'uses: http, with: {url: "https://example.org/?a", expect: {status: [200, 3xx]}}';
  const { tasks } = read(`tasks:
  whole: {when: every 1m, ${use}}
  step: {run: [{name: ask, env: {A: b}, ${use}}, echo done]}
`);
  const canonical = read(`tasks: [{meta: {id: x}, steps: [{${use}}]}]`).tasks;
  const target = {
    kind: 'uses',
    name: 'http',
    with: { url: 'https://example.org/?a', expect: { status: [200, '3xx'] } },
  };
  expect([...tasks, ...canonical].map(({ steps }) => steps[0].target)).toEqual([target, target, target]);
  expect(tasks[1]?.steps).toMatchObject([{ name: 'ask', env: { A: 'b' } }, { target: { kind: 'cmd' } }]);
});

it('tells every mistake at its place, with what was probably meant', () => {
  expect(
    told(`tasks:
  a:
    uses: http
    with:
      ulr: https://example.org
      expect: {status: [200, abc], boddy: x}
      timeout: 5
      headers: {X-A: [1], "a b": c}
  b:
    uses: htpp
    with: {url: x}
  c:
    run:
      - uses: mail
        with: {host: h, from: me, to: "a@b, c@d", password: hunter22}
      - uses: webhook
        with: {kind: slak, text: 5}
      - uses: webhook
        with: {kind: slack, text: x, chat: 5, message: y}
      - uses: cleanup
        with: {path: /, pattern: [ok, ../x]}
      - {uses: healthcheck, with: {url: example.org/uuid, signal: fail}}
`),
  ).toMatchInlineSnapshot(`
    "week.yaml:5:7: "ulr" is not a key of http
      Did you mean "url"?
    week.yaml:5:7: http lacks "url"
      Write url: … (an http or https address).
    week.yaml:6:30: "abc" is not a status of an answer
      Write 200, 2xx, 200-299, or a list of these.
    week.yaml:6:36: "boddy" is not a key of expect
      Did you mean "body"?
    week.yaml:7:16: the duration "5" has no unit
      Write 5s or 5m, for example.
    week.yaml:8:22: expected text or {env: NAME}, found a list
      (no hint)
    week.yaml:8:27: "a b" is not the name of a header
      A name is made of letters, digits and "-".
    week.yaml:10:11: expected a ready-made thing, found the text "htpp"
      Did you mean http? A task uses one of http, mail, webhook, healthcheck, cleanup; for others write run: {uses: …, run: …}.
    week.yaml:15:15: mail lacks "subject"
      Write subject: ….
    week.yaml:15:15: mail lacks "text"
      Write text: …, or html: ….
    week.yaml:15:31: "me" is not a mail address
      Write ada@example.org or Ada <ada@example.org>.
    week.yaml:15:39: "a@b, c@d" is not a mail address
      Write several as a list: [a@example.org, b@example.org].
    week.yaml:15:61: "password" without "user"
      Give both, or neither.
    week.yaml:17:22: "slak" is none of the words that can stand here
      Did you mean slack? Use one of: slack, discord, teams, ntfy, telegram, generic.
    week.yaml:17:34: expected text or {env: NAME}, found 5
      Put it in quotes: "5".
    week.yaml:19:15: webhook of kind slack lacks "url"
      Write url: ….
    week.yaml:19:38: "chat" means nothing to slack
      It is for telegram.
    week.yaml:19:47: "message" is not a key of webhook
      Write text:.
    week.yaml:21:15: cleanup lacks "older-than" or "min-keep"
      Write older-than: 7d or min-keep: 5; for all files, older-than: 0s.
    week.yaml:21:22: "/" is not cleaned up
      Name a directory below it.
    week.yaml:21:39: the pattern "../x" leads out of its directory
      A pattern is matched against paths below the directory: *.log, **/*.tmp.
    week.yaml:22:41: this is not an http or https URL
      Begin it with https://.
    week.yaml:22:67: "fail" is none of the words that can stand here
      Did you mean failure? Use one of: start, success, failure, log."
  `);
});

describe('what is known only later', () => {
  it.each([
    '{url: {env: URL}, timeout: {env: PATIENCE}, headers: {a: {env: B}}}',
    `{url: "\${{ params.url }}", expect: {status: "\${{ params.status }}"}}`,
  ])('is not checked at load: %s', (configuration) => {
    expect(told(`tasks: {a: {params: {url: , status: 200}, uses: http, with: ${configuration}}}`)).toBe('');
  });

  it.each([
    ['{url: {env: 5}}', 'expected text or {env: NAME}, found a map'],
    ['{url: {env: A, or: B}}', 'expected text or {env: NAME}, found a map'],
    ['{url: {env: "A=B"}}', 'expected text or {env: NAME}, found a map'],
  ])('has a form: %s', (configuration, message) => {
    expect(told(`tasks: {a: {uses: http, with: ${configuration}}}`)).toContain(message);
  });
});

describe('secrets', () => {
  it('come from variables, which are thereby known to be secret', () => {
    const { tasks, warnings } = read(`
defaults: {secrets: [OTHER]}
tasks:
  a: {uses: http, with: {url: {env: URL}, basic: {user: {env: USER}, password: {env: BASIC}}}}
  d: {uses: webhook, with: {kind: telegram, token: {env: TOKEN}, chat: -1001, text: x}}
  b: {uses: webhook, with: {kind: slack, url: {env: SLACK}, text: x}}
  c: {run: [{uses: mail, with: {host: h, user: u, password: {env: P}, from: a@b, to: c@d, subject: s, text: t}}]}
`);
    expect(tasks.map(({ secrets }) => secrets)).toEqual([
      ['OTHER', 'BASIC'],
      ['OTHER', 'TOKEN'],
      ['OTHER', 'SLACK'],
      ['OTHER', 'P'],
    ]);
    expect(warnings).toEqual([]);
  });

  it('that stand in the file are warned of, without repeating them', () => {
    const { warnings } = read(`tasks:
  a: {uses: http, with: {url: https://example.org, bearer: tell-nobody}}
  b: {uses: webhook, with: {kind: slack, url: https://hooks.slack.com/tell-nobody, text: x}}
  c: {uses: http, with: {url: "https://ada:tell-nobody@example.org"}}
  d: {uses: healthcheck, with: {url: https://hc-ping.com/uuid}}
`);
    const hint = 'is a secret and stands in the file. Write {env: NAME} and set the variable outside.';
    expect(warnings).toEqual([
      `week.yaml:2:60: "bearer" ${hint}`,
      `week.yaml:3:47: "url" ${hint}`,
      `week.yaml:4:31: "url" ${hint}`,
    ]);
  });
});

it.each([
  ['{host: h, from: a@b, to: c@d, subject: s}', 'mail lacks "text"'],
  ['{host: h, from: a@b, to: c@d, text: s}', 'mail lacks "subject"'],
  ['{host: h, from: a@b, to: [], subject: s, text: t}', 'the list is empty'],
  [
    '{host: h, from: "a@b\\nBcc: c@d", to: c@d, subject: s, text: t}',
    'a line break stands where one line is meant',
  ],
  ['{host: h, from: a@b, to: c@d, subject: s, text: t, user: u}', '"user" without "password"'],
  [
    '{host: h, from: a@b, to: c@d, subject: s, text: t, port: 70000}',
    'expected a whole number from 1 to 65535',
  ],
  ['{host: h, from: a@b, to: c@d, subject: s, text: t, tls: ssl}', '"ssl" is none of the words'],
  [
    '{host: mx.example.org, from: a@b, to: c@d, subject: s, text: t, tls: none, user: u, password: {env: P}}',
    'the password would go over the network in clear',
  ],
  [
    '{host: h, from: a@b, to: c@d, subject: s, text: t, attachments: {path: a, nam: b}}',
    '"nam" is not a key of an attachment',
  ],
])('a mail is refused: %s', (configuration, message) => {
  expect(told(`tasks: {a: {uses: mail, with: ${configuration}}}`)).toContain(message);
});
