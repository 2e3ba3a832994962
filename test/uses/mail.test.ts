import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.js';
import {
  begin,
  type Certificate,
  certificate,
  closeAfterTest,
  directory,
  FAILED,
  listen,
  use,
} from '../support/loopback.js';

type Delivered = {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly text: string;
};

async function server(options: SMTPServerOptions = {}) {
  const delivered: Delivered[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      username === 'ada' && password === 'tell-nobody'
        ? done(null, { user: 'ada' })
        : done(new Error('Invalid username or password')),
    onData: async (stream, { envelope, secure }, done) => {
      const text = String(await buffer(stream));
      const to = envelope.rcptTo.map(({ address }) => address);
      delivered.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to, secure, text });
      done();
    },
    ...options,
  });
  smtp.on('error', () => {});
  closeAfterTest(() => void smtp.close());
  const port = await listen(smtp.server);
  return { port, delivered };
}

const withTls = ({ key, cert }: Certificate, options: SMTPServerOptions = {}) =>
  server({ key, cert, ...options });
const plain = (options: SMTPServerOptions = {}) => server({ disabledCommands: ['STARTTLS'], ...options });

const MESSAGE = {
  from: 'Job <job@example.org>',
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'One\n.\nTwo',
};
const SUCCEEDED = { status: 'succeeded', exitCode: 0 };
const trust = ({ path }: Certificate) => ({ NODE_EXTRA_CA_CERTS: path });

const send = (
  port: number,
  more: { readonly [key: string]: Json },
  changes: Parameters<typeof use>[2] = {},
) => use('mail', { host: '127.0.0.1', port, ...MESSAGE, ...more }, changes);

describe('a message', () => {
  it('arrives, with all its receivers and parts', async () => {
    const { port, delivered } = await plain();
    const cwd = directory();
    writeFileSync(join(cwd, 'report.csv'), 'a;b\n');
    const { outcome, stdout, stderr, outputs } = await send(
      port,
      {
        tls: 'none',
        to: ['ada@example.org', 'Grüße <bob@example.org>'],
        cc: 'carl@example.org',
        bcc: ['dora@example.org'],
        'reply-to': 'help@example.org',
        subject: 'Grüße ✓',
        html: '<b>One</b>',
        attachments: ['report.csv', { path: 'report.csv', name: 'other.csv', type: 'text/csv' }],
      },
      { cwd },
    );
    expect({ outcome, stderr }).toEqual({ outcome: SUCCEEDED, stderr: '' });
    expect(stdout).toBe(`mail by way of 127.0.0.1:${port}: sent to 4 addresses\n`);
    const [mail] = delivered;
    const four = ['ada', 'bob', 'carl', 'dora'].map((name) => `${name}@example.org`);
    expect(mail).toMatchObject({ from: 'job@example.org', to: four });
    expect(mail?.text).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.text).toMatch(/^Reply-To: help@example\.org\r$/m);
    expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    for (const part of ['One\r\n.\r\nTwo', '<b>One</b>', 'filename=report.csv', 'filename=other.csv'])
      expect(mail?.text).toContain(part);
    expect(mail?.text).not.toContain('dora');
    expect(outputs).toMatchObject({
      accepted: '4',
      rejected: '0',
      'message-id': expect.stringMatching(/^<.+@.+>$/),
    });
  });

  it('of an action needs no text: it says what happened', async () => {
    const { port, delivered } = await plain();
    const { subject: _, text: __, ...rest } = MESSAGE;
    const configuration = { host: '127.0.0.1', port, tls: 'none', ...rest };
    expect((await use('mail', configuration, { event: FAILED })).outcome).toEqual(SUCCEEDED);
    expect(delivered[0]?.text).toMatch(/^Subject: backup failed \(exit 3\) on web1\r$/m);
    expect(delivered[0]?.text).toContain('dumping shop\r\npg_dump: <connection> to & server lost');
  });
});

describe('encryption', () => {
  it.each(['starttls', 'optional'])('is begun after the greeting with tls: %s', async (tls) => {
    const trusted = certificate('IP:127.0.0.1');
    const { port, delivered } = await withTls(trusted);
    expect((await send(port, { tls }, { env: trust(trusted) })).outcome).toEqual(SUCCEEDED);
    expect(delivered).toMatchObject([{ secure: true }]);
  });

  it('is there from the beginning with tls: implicit', async () => {
    const trusted = certificate('IP:127.0.0.1');
    const { port, delivered } = await withTls(trusted, { secure: true });
    expect((await send(port, { tls: 'implicit' }, { env: trust(trusted) })).outcome).toEqual(SUCCEEDED);
    expect(delivered).toMatchObject([{ secure: true }]);
  });

  it('is insisted on unless it is waived', async () => {
    const { port, delivered } = await plain();
    const { outcome, stderr } = await send(port, {});
    expect([outcome, delivered]).toEqual([{ status: 'failed', reason: 'exit-code', exitCode: 1 }, []]);
    expect(stderr).toMatch(/no STARTTLS came about .* write tls: implicit for port 465, or tls: none/);
    expect((await send(port, { tls: 'optional' })).outcome).toEqual(SUCCEEDED);
  });

  it.each([
    ['starttls', false],
    ['implicit', true],
  ])('needs a certificate that is trusted with tls: %s', async (tls, secure) => {
    const { port, delivered } = await withTls(certificate('IP:127.0.0.1'), { secure });
    const { outcome, stderr } = await send(port, { tls });
    expect([outcome.exitCode, delivered]).toEqual([1, []]);
    expect(stderr).toContain('the certificate of the server is signed by itself');
  });

  it('is not there on a plain port', async () => {
    const { port } = await plain();
    const { outcome, stderr } = await send(port, { tls: 'implicit' });
    expect([outcome.exitCode, stderr]).toEqual([1, expect.stringContaining('no TLS connection came about')]);
  });
});

describe('the login', () => {
  const login = { user: 'ada', password: { env: 'SMTP_PASSWORD' } };

  it('takes the password from the environment', async () => {
    const trusted = certificate('IP:127.0.0.1');
    const { port } = await withTls(trusted, { authOptional: false });
    const env = { ...trust(trusted), SMTP_PASSWORD: 'tell-nobody' };
    const { outcome, stdout } = await send(port, login, { env });
    expect([outcome, stdout.includes('tell-nobody')]).toEqual([SUCCEEDED, false]);
  });

  it('says what the server said, without the password', async () => {
    const { port } = await plain({ allowInsecureAuth: true });
    const env = { SMTP_PASSWORD: 'wrong-and-secret' };
    const { outcome, stderr } = await send(port, { ...login, tls: 'none' }, { env });
    expect(outcome.exitCode).toBe(1);
    expect(stderr).toContain('the login was refused: 535 Invalid username or password');
    expect(stderr).not.toContain('wrong-and-secret');
  });
});

describe('a server that does not take it', () => {
  const refusing = (responseCode: number, which: (address: string) => boolean = () => true) =>
    plain({
      onRcptTo: ({ address }, _, done) =>
        done(which(address) ? Object.assign(new Error('no such mailbox'), { responseCode }) : null),
    });

  it.each([
    [550, 1],
    [451, 75],
  ])('says %i', async (code, exitCode) => {
    const { port } = await refusing(code);
    const { outcome, stderr } = await send(port, { tls: 'none' });
    expect([outcome.exitCode, stderr]).toEqual([
      exitCode,
      expect.stringContaining(`${code} no such mailbox`),
    ]);
  });

  it('for some of the receivers is a failure that names them', async () => {
    const { port, delivered } = await refusing(550, (address) => address.startsWith('bob'));
    const { outcome, stderr, outputs } = await send(port, { tls: 'none', cc: 'bob@example.org' });
    expect([outcome.exitCode, delivered.length]).toEqual([1, 1]);
    expect(stderr).toContain('it was sent, but not to bob@example.org');
    expect(outputs).toMatchObject({ accepted: '1', rejected: '1' });
  });

  it('is not there', async () => {
    const closed = createServer();
    const port = await listen(closed);
    await new Promise((done) => closed.close(done));
    const { outcome, stderr } = await send(port, { tls: 'none' });
    expect([outcome.exitCode, stderr]).toEqual([75, expect.stringContaining('the connection was refused')]);
  });

  const silent = async () => {
    const mute = createServer();
    const connected = new Promise((resolve) => mute.once('connection', resolve));
    mute.on('connection', (socket) => closeAfterTest(() => socket.destroy()));
    closeAfterTest(() => mute.close());
    return { port: await listen(mute), connected };
  };

  it('says nothing', async () => {
    const { port } = await silent();
    const { outcome, stderr } = await send(port, { tls: 'none', timeout: '300ms' });
    expect([outcome.exitCode, stderr]).toEqual([
      75,
      expect.stringMatching(/not done within 300 ms|did not answer in time/),
    ]);
  });

  it('is left when the run is stopped', async () => {
    const { port, connected } = await silent();
    const going = begin('mail', { host: '127.0.0.1', port, tls: 'none', ...MESSAGE });
    await connected;
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped', signal: 'SIGTERM' });
  });
});

it.each([
  [{ attachments: 'no.csv' }, 'the attachment no.csv does not exist', 1],
  [{ subject: { env: 'LINES' } }, 'subject: a line break stands where one line is meant', 2],
  [{ to: 'not an address' }, 'to: "not an address" is not a mail address', 2],
])('%j is told before anything is sent', async (more, message, exitCode) => {
  const { outcome, stderr } = await send(1, { tls: 'none', ...more }, { env: { LINES: 'a\nBcc: b@c' } });
  expect([outcome.exitCode, stderr.includes(message) || stderr]).toEqual([exitCode, true]);
});
