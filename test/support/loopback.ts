/** Servers on this machine for what is run, and the runs themselves. Everything is closed after the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import type { Json } from '../../src/model/json.js';
import type { Outcome } from '../../src/model/run.js';
import { EVENT_VARIABLE, formatEvent, type RunEvent } from '../../src/model/uses/event.js';
import type { ReadyMade } from '../../src/model/uses/table.js';
import { expectNoSurvivors, type Observed, observe } from './execution.js';

const executor = createExecutor();
const closing: (() => void)[] = [];

afterEach(() => {
  expectNoSurvivors();
  for (const close of closing.splice(0)) close();
});

/** A directory of the running test. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'supertask-uses-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A request as it arrived. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

export type Site = { readonly url: string; readonly received: readonly Received[] };

type Answering = (request: Received, response: ServerResponse) => void;

/** @param tls - Key and certificate: then it speaks https. */
export async function serve(answer: Answering, tls?: Certificate): Promise<Site> {
  const received: Received[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const arrived = { method, path, headers, body: await text(request) };
    received.push(arrived);
    answer(arrived, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const port = await listen(server);
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, received };
}

export async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

export function closeAfterTest(close: () => void): void {
  closing.push(close);
}

export type Certificate = { readonly key: string; readonly cert: string; readonly path: string };

/** A certificate that is signed by itself. @param name - Whom it is for: `IP:127.0.0.1`, `DNS:example.test`. */
export function certificate(name: string): Certificate {
  const place = directory();
  const [keyFile, path] = [join(place, 'key.pem'), join(place, 'cert.pem')];
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=supertask', '-addext', `subjectAltName=${name}`];
  const files = ['-keyout', keyFile, '-out', path];
  execFileSync('openssl', ['req', '-x509', ...options, ...subject, ...files], { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(path, 'utf8'), path };
}

export type Done = {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to `SUPERTASK_OUTPUT`. */
  readonly outputs: Readonly<Record<string, string>>;
};

type Changes = {
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: RunEvent;
  readonly cwd?: string;
};

/** Run a ready-made thing as a run does, to its end. */
export async function use(name: ReadyMade, configuration: Json, changes: Changes = {}): Promise<Done> {
  const file = join(directory(), 'outputs');
  const going = begin(name, configuration, {
    ...changes,
    env: { ...changes.env, SUPERTASK_OUTPUT: file },
  });
  const { outcome, stdout, stderr } = await going.result();
  return { outcome, stdout: String(stdout), stderr: String(stderr), outputs: outputsIn(file) };
}

/** Start one. */
export function begin(
  name: ReadyMade,
  configuration: Json,
  { env = {}, event, cwd = directory() }: Changes = {},
): Observed {
  const told = event === undefined ? {} : { [EVENT_VARIABLE]: formatEvent(event) };
  return observe(
    executor,
    { kind: 'uses', name, with: configuration },
    { cwd, env: { NODE_EXTRA_CA_CERTS: undefined, ...env, ...told } },
  );
}

function outputsIn(file: string): Record<string, string> {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  } catch {
    return {};
  }
}

export const FAILED: RunEvent = {
  namespace: 'shop',
  job: 'backup',
  runId: '01a1fbfc-8200-82a2-a411-a5da4779d662',
  status: 'failed',
  reason: 'exit-code',
  exitCode: 3,
  attempt: 1,
  trigger: 'schedule',
  scheduledAt: '2026-11-21T02:30:00.000Z',
  host: 'web1',
  outputTail: 'dumping shop\npg_dump: <connection> to & server lost\n',
};
