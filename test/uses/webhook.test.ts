import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.js';
import { FAILED, serve, use } from '../support/loopback.js';

const TITLE = 'backup failed (exit 3) on web1';

async function sent(
  configuration: { readonly [key: string]: Json },
  changes: Parameters<typeof use>[2] = {},
) {
  const site = await serve((_, response) => response.end('ok'));
  const path = configuration['path'] ?? '/hook';
  const { path: _, ...rest } = configuration;
  const done = await use('webhook', { url: `${site.url}${path}`, ...rest }, changes);
  const request = site.received[0];
  return { done, request, payload: JSON.parse(request?.body ?? 'null') };
}

describe('a message in the form of its service', () => {
  const message = { title: 'A <b> & c', text: 'one\n*two*', link: 'https://example.org/run' };

  it('for Slack', async () => {
    const { payload, request, done } = await sent({ kind: 'slack', ...message });
    expect(payload).toEqual({ text: '*<https://example.org/run|A &lt;b&gt; &amp; c>*\none\n*two*' });
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(done.stdout).toMatch(/^slack at http:\/\/127\.0\.0\.1:\d+: sent\n$/);
  });

  it('for Discord, waking nobody up', async () => {
    const { payload } = await sent({ kind: 'discord', text: `@everyone ${'x'.repeat(5_000)}` });
    expect(payload.content).toMatch(/^@everyone x+\n…\nx+$/);
    expect(payload.content.length).toBeLessThanOrEqual(2_000);
    expect(payload.allowed_mentions).toEqual({ parse: [] });
  });

  it('for Teams, as an adaptive card', async () => {
    const { payload } = await sent({ kind: 'teams', ...message });
    expect(payload).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: 'A <b> & c', wrap: true, weight: 'Bolder', size: 'Medium' },
              { type: 'TextBlock', text: 'one\n\n*two*', wrap: true },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://example.org/run' }],
          },
        },
      ],
    });
  });

  it('for ntfy, published as JSON with its topic', async () => {
    const more = { tags: ['skull', 'ü'], priority: 'max', token: { env: 'NTFY' } };
    const env = { NTFY: 'tk_tell-nobody' };
    const { payload, request } = await sent(
      { kind: 'ntfy', path: '/below/alerts', ...message, ...more },
      { env },
    );
    expect(payload).toEqual({
      topic: 'alerts',
      title: 'A <b> & c',
      message: 'one\n*two*',
      priority: 5,
      tags: ['skull', 'ü'],
      click: 'https://example.org/run',
    });
    expect(request).toMatchObject({ path: '/below', headers: { authorization: 'Bearer tk_tell-nobody' } });
  });

  it('for Telegram, with the token in the address and nowhere else', async () => {
    const env = { TOKEN: '123:tell-nobody' };
    const telegram = { kind: 'telegram', path: '', token: { env: 'TOKEN' }, chat: '-1001', ...message };
    const { payload, request, done } = await sent(telegram, { env });
    expect(request?.path).toBe('/bot123:tell-nobody/sendMessage');
    expect(payload).toEqual({
      chat_id: '-1001',
      text: 'A <b> & c\none\n*two*\nhttps://example.org/run',
      link_preview_options: { is_disabled: true },
    });
    expect(done.stdout + done.stderr).not.toContain('tell-nobody');
  });

  it('for anything else', async () => {
    const { payload, request } = await sent({ kind: 'generic', text: 'hello', headers: { 'x-key': 'k' } });
    expect(payload).toEqual({ text: 'hello' });
    expect(request?.headers['x-key']).toBe('k');
  });
});

describe('as an action, without any text', () => {
  it('says what happened, and the end of the output', async () => {
    const { payload } = await sent({ kind: 'slack' }, { event: FAILED });
    expect(payload.text.split('\n')).toEqual([
      `*${TITLE}*`,
      'due: 2026-11-21T02:30:00.000Z',
      'run: 01a1fbfc-8200-82a2-a411-a5da4779d662',
      '',
      'dumping shop',
      'pg_dump: &lt;connection&gt; to &amp; server lost',
    ]);
  });

  it('is urgent on a phone', async () => {
    const { payload } = await sent({ kind: 'ntfy' }, { event: FAILED });
    expect(payload).toMatchObject({ title: TITLE, priority: 4 });
  });

  it('hands a program all that is known', async () => {
    const { payload } = await sent({ kind: 'generic' }, { event: FAILED });
    expect(payload).toMatchObject({ title: TITLE, event: FAILED });
  });
});

it.each([
  [404, 'no_service', 1],
  [503, 'later', 75],
])('says that the service answered %i', async (status, said, exitCode) => {
  const { url } = await serve((_, response) => response.writeHead(status).end(said));
  const configuration = { kind: 'slack', url: `${url}/services/T0/B0/tell-nobody`, text: 'x' };
  const { outcome, stderr } = await use('webhook', configuration);
  expect(outcome).toMatchObject({ status: 'failed', exitCode });
  expect(stderr).toMatch(new RegExp(`^slack at ${url}: status ${status} .*\n${said}\n$`));
  expect(stderr).not.toContain('tell-nobody');
});

it('needs a text where there is no run to report', async () => {
  const { outcome, stderr } = await use('webhook', { kind: 'slack', url: 'http://127.0.0.1/' });
  expect([outcome.exitCode, stderr]).toEqual([2, 'webhook lacks "text". Write text: ….\n']);
});
