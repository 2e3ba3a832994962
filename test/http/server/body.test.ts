/** Bodies that are made to hurt. */
import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../../../src/http/schema.ts';
import { serverRig, TOKENS } from '../../support/server.ts';

const MIB = 1024 * 1024;
const PATH = '/api/v1/namespaces/x/jobs';

async function post(body: string, headers: Record<string, string> = {}) {
  const { ask } = await serverRig();
  return ask(PATH, { method: 'POST', token: TOKENS.admin, body, headers });
}

describe('a body', () => {
  it('that is larger than 1 MiB is refused, before it is sent where its length is told', async () => {
    expect(await post(`{"id":"${'x'.repeat(MIB)}"}`)).toMatchObject({ status: 413 });
    const { raw, port } = await serverRig();
    const asked = await raw(`${head(port)}Content-Length: ${MIB + 1}\r\n\r\n`);
    expect(asked).toMatch(/^HTTP\/1.1 413/);
  });

  it('without an end is refused, and nothing of it is kept', async () => {
    const { socket, port } = await serverRig({ limit: { headersMs: 400, requestMs: 400 } });
    const client = await socket();
    client.write(`${head(port)}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
    let isOpen = true;
    let said = '';
    client.on('error', () => {});
    client.on('data', (data) => {
      said += data;
    });
    const over = new Promise<void>((resolve) =>
      client.once('close', () => {
        isOpen = false;
        resolve();
      }),
    );
    const before = held();
    let most = before;
    while (isOpen) {
      if (!client.write(chunk)) await Promise.race([over, new Promise((go) => client.once('drain', go))]);
      most = Math.max(most, held());
    }
    expect(said).toMatch(/^HTTP\/1.1 413/);
    expect(most - before).toBeLessThan(32 * MIB);
  });

  it('of a stranger is not even looked at', async () => {
    const { raw, port } = await serverRig();
    const length = 'Content-Length: 9999999999\r\n\r\n';
    expect(await raw(`POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${length}`)).toMatch(
      /^HTTP\/1.1 401/,
    );
  });

  it('that is shorter than its length is waited for as long as the server is patient', async () => {
    const { raw, port } = await serverRig({ limit: { headersMs: 200, requestMs: 200 } });
    expect(await raw(`${head(port)}Content-Length: 10\r\n\r\n{}`)).toMatch(/^HTTP\/1.1 408/);
  });

  it.each(['gzip', 'br', 'deflate', 'gzip, gzip', 'identity'])('in %s is not unpacked', async (encoding) => {
    expect(await post('x', { 'content-encoding': encoding })).toMatchObject({ status: 415 });
  });

  it.each([
    ['is no JSON', '{'],
    ['is no JSON, deep in it', `{"id":${'['.repeat(20)}`],
    ['is two', '{}{}'],
    ['ends a string nowhere', `"${'\\"'.repeat(100)}`],
    ['is deep', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['is as deep as it is long', '['.repeat(MIB - 10)],
    ['is deep behind brackets in text', `{"a":"}]}]\\"]","b":${'{"c":'.repeat(32)}1${'}'.repeat(32)}}`],
    ['has the key of prototypes', '{"id":"x","__proto__":{"task":{}}}'],
    ['has it deep in it', '{"id":"x","task":{"env":[{"__proto__":1}]}}'],
    ['has it in other letters', '{"id":"x","\\u005f_proto__":{}}'],
  ])('that %s is refused', async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(({} as Record<string, unknown>)['task']).toBeUndefined();
  });

  it('that is as deep as may be, and full of brackets in text, is read', async () => {
    const deep = `{"id":"x","task":{"when":"[[[[{{{{\\\\","run":${'['.repeat(30)}${']'.repeat(30)}}}`;
    const { status, body } = await post(deep);
    expect([status, (body as { code: string }).code]).not.toEqual([400, 'USAGE']);
  });

  it('with names that all objects have is not taken for one that has them', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false } as const;
    for (const key of ['constructor', 'toString', 'hasOwnProperty'])
      expect(mistakesIn(schema, { [key]: 1 })).toEqual([expect.stringContaining(key)]);
    expect(mistakesIn({ type: 'object', required: ['constructor'] }, {})).toHaveLength(1);
  });

  it('with many mistakes is answered shortly', async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, 1])));
    const { status, text } = await post(body);
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(10_000);
  });
});

function head(port: number): string {
  return `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKENS.admin}\r\nX-Supertask: 1\r\nContent-Type: application/json\r\nConnection: close\r\n`;
}

function held(): number {
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return external + arrayBuffers + heapUsed;
}
