/** What docs/uses.md says, and that its examples run: against servers on this machine in place of the named ones. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.js';
import type { Shape } from '../../src/model/uses/shape.js';
import { READY_MADE, READY_MADE_NAMES } from '../../src/model/uses/table.js';
import { ROOT } from '../support/build.js';
import { place, runCli, startCli } from '../support/cli.js';
import { certificate, closeAfterTest, listen, serve } from '../support/loopback.js';

const DOCS = readFileSync(join(ROOT, 'docs/uses.md'), 'utf8');
const sections = DOCS.split(/^## /m);
const blocks = [...DOCS.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

describe.each(READY_MADE_NAMES)('%s', (name) => {
  it('has its keys in the docs, each in the words of the code', () => {
    const rows = Object.entries((READY_MADE[name] as Shape).keys).map(
      ([key, { about, needed }]) => `| \`${key}\` | ${needed ? '**needed**: ' : ''}${about} |`,
    );
    const [, table = ''] =
      /^\| key \| \|\n\|---\|---\|\n((?:\|.*\n)+)/m.exec(
        sections.find((text) => text.startsWith(`${name}\n`)) ?? '',
      ) ?? [];
    expect(table.trim().split('\n')).toEqual(rows);
  });
});

it('names every field of an event', () => {
  const source = readFileSync(join(ROOT, 'src/model/uses/event.ts'), 'utf8');
  const [, fields = ''] = /export type RunEvent = \{\n([\s\S]*?)\n\};/.exec(source) ?? [];
  const names = [...fields.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name]) => name);
  expect(names.filter((name) => !DOCS.includes(`\`${name}\``))).toEqual([]);
});

describe('the examples', () => {
  const tasks = blocks.flatMap((text) =>
    parseTimetable(text, { file: '/docs/uses.yaml' }).tasks.map(({ id }) => [id, text] as const),
  );

  it('read without a warning, and are there for each', () => {
    expect(blocks.flatMap((text) => parseTimetable(text, { file: '/docs/uses.yaml' }).warnings)).toEqual([]);
    for (const name of READY_MADE_NAMES) expect(DOCS).toContain(`uses: ${name}`);
    expect(tasks.length).toBeGreaterThan(7);
  });

  it.each(tasks)('%s runs', async (id, text) => {
    const tls = certificate('IP:127.0.0.1');
    const site = await serve(({ path }, response) => {
      if (path === '/orders') response.writeHead(201).end('{"state": "accepted", "id": 1}');
      else response.end(path === '/health' ? '{"status": "ok"}' : 'tea;3\n');
    }, tls);
    const mails: string[] = [];
    const port = await mailServer(tls, mails);
    const { work } = place();
    for (const name of ['archive', 'uploads']) mkdirSync(join(work, name));
    writeFileSync(join(work, 'figures.csv'), '1;2\n');
    writeFileSync(
      join(work, 'timetable.yaml'),
      text
        .replaceAll('https://shop.example', site.url)
        .replaceAll('host: smtp.example.org', `host: 127.0.0.1\n      port: ${port}`)
        // Each runs now, and one alone.
        .replace(/^ {4}when: .*\n/gm, '')
        .replace(/^ {2}(\w+):$/gm, (line, task) => (task === id ? line : `${line}\n    enabled: false`)),
    );
    const env = {
      NODE_EXTRA_CA_CERTS: tls.path,
      SHOP_TOKEN: 'token-of-shop',
      SMTP_PASSWORD: 'password-of-shop',
      SLACK_URL: `${site.url}/slack`,
    };
    const { exitCode, stderr } = await runCli(['run', '--file', 'timetable.yaml'], { env });
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('failed')]);
    if (id !== 'tidy') expect(site.received.length + mails.length).toBeGreaterThan(0);
  });
});

async function mailServer(tls: { key: string; cert: string }, mails: string[]): Promise<number> {
  const smtp = new SMTPServer({
    ...tls,
    onAuth: (_, __, done) => done(null, { user: 'shop' }),
    onData: async (stream, _, done) => {
      mails.push(String(await buffer(stream)));
      done();
    },
  });
  smtp.on('error', () => {});
  closeAfterTest(() => void smtp.close());
  return listen(smtp.server);
}

describe('through the command line', () => {
  it('a schedule asks, fails, recovers, and keeps a record of each', async () => {
    let isUp = false;
    const { url } = await serve((_, response) => {
      response.writeHead(isUp ? 200 : 503).end(isUp ? 'fine: sesame-open-now\n' : 'warming up');
      isUp = true;
    });
    writeFileSync(
      join(place().work, 'supertask.yaml'),
      `tasks:
  watch:
    when: every 1s
    uses: http
    with: {url: {env: WATCHED}, bearer: {env: KEY}, print: true}
    env: {WATCHED: "${url}/health?key=1"}
`,
    );
    const env = { KEY: 'sesame-open-now' };
    const running = startCli(['run'], { env });
    await running.waitForLine('stderr', /watch failed: exit code 75/);
    await running.waitForLine('stdout', /^watch \| fine: \*\*\*|^fine: \*\*\*/);
    await running.waitForLine('stderr', /watch succeeded/);
    running.signal('SIGTERM');
    const { exitCode, stdout, stderr } = await running.exit;
    expect([exitCode, `${stdout}${stderr}`.includes('sesame-open-now')]).toEqual([0, false]);
    expect(stderr).toContain(`GET ${url}/health: status 503 Service Unavailable when 2xx was expected\n`);
    const runs = JSON.parse((await runCli(['list-runs', '--json', '--limit=1000'])).stdout);
    expect(runs.at(-1)).toMatchObject({ status: 'failed', exitCode: 75, outputs: { status: '503' } });
    expect(runs.some(({ outputs }: { outputs: object }) => JSON.stringify(outputs).includes('"200"'))).toBe(
      true,
    );
    const jobs = await runCli(['list-jobs']);
    expect(jobs.stdout).toContain('uses:http $WATCHED');
  });

  it('refuses a file with a mistake in it before anything is run', async () => {
    writeFileSync(join(place().work, 'supertask.yaml'), 'tasks:\n  a:\n    uses: http\n    with: {ulr: x}\n');
    const { exitCode, stderr } = await runCli(['run']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'supertask.yaml:4:12: "ulr" is not a key of http [TIMETABLE_INVALID]\nhint: Did you mean "url"?\n',
    );
  });

  it('warns of a secret that stands in the file', async () => {
    const text = 'tasks: {a: {when: every 1h, uses: http, with: {url: "http://a/", bearer: written-out}}}';
    writeFileSync(join(place().work, 'supertask.yaml'), text);
    const running = startCli(['run']);
    await running.waitForLine(
      'stderr',
      /warning: .*supertask\.yaml:1:\d+: "bearer" is a secret and stands in the file\./,
    );
    running.signal('SIGTERM');
    expect((await running.exit).exitCode).toBe(0);
  });
});
