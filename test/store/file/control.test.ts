/** Where the sockets of schedulers are, and whose they are. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileStore, type FileStore } from '../../../src/store/file/store.ts';

let root: string;
let store: FileStore;
const servers: Server[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'st-control-'));
  await open(join(root, 'state'));
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(state: string): Promise<void> {
  store = createFileStore({ root: state, version: '0' });
  const origin = { host: 'h', user: 'u', source: '/t', kind: 'file', author: undefined } as const;
  const writer = await store.open('ns', origin, { mode: 'schedule', startedAt: new Date() });
  await writer.close('test');
}

function listen(path: string): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(path, resolve);
  });
}

function runtime(mode: number): string {
  const directory = join(root, 'runtime');
  mkdirSync(directory);
  chmodSync(directory, mode);
  return directory;
}

it('is found once it is published, and gone once it is withdrawn', async () => {
  const place = await store.placeControl('ns', undefined);
  await listen(place.path);
  expect(await store.controls('ns')).toEqual([]);
  place.publish();
  expect(await store.controls('ns')).toMatchObject([{ path: place.path, process: { pid: process.pid } }]);
  place.withdraw();
  expect([await store.controls('ns'), existsSync(place.path)]).toEqual([[], false]);
});

it('lies in the directory for what lives as long as the session, if that is the user’s alone', async () => {
  const directory = runtime(0o700);
  const { path } = await store.placeControl('ns', directory);
  expect(dirname(path)).toBe(join(directory, 'supertask'));
  expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700);
});

it.each([
  ['open to others', () => runtime(0o755)],
  ['not there', () => join(root, 'nowhere')],
  ['relative', () => 'run'],
])('lies in the state directory where that one is %s', async (_, directory) => {
  const { path } = await store.placeControl('ns', directory());
  expect(dirname(path)).toBe(join(root, 'state/control'));
});

it('lies in a directory of its own where the path would be too long for a socket', async () => {
  await open(join(root, 'x'.repeat(100)));
  const place = await store.placeControl('ns', undefined);
  expect(Buffer.byteLength(place.path)).toBeLessThanOrEqual(107);
  expect(lstatSync(dirname(place.path)).mode & 0o777).toBe(0o700);
  await listen(place.path);
  place.publish();
  expect(await store.controls('ns')).toMatchObject([{ path: place.path }]);
  place.withdraw();
  expect(existsSync(dirname(place.path))).toBe(false);
});

it('is passed over where others could have put it there', async () => {
  const place = await store.placeControl('ns', undefined);
  await listen(place.path);
  place.publish();
  chmodSync(dirname(place.path), 0o777);
  expect(await store.controls('ns')).toEqual([]);
});

it('is cleared away when its scheduler is dead, and only then', async () => {
  const place = await store.placeControl('ns', undefined);
  await listen(place.path);
  place.publish();
  const links = join(root, 'state/namespaces/ns/control');
  const [own = ''] = readdirSync(links);
  const [pid = '', start = '', ...rest] = own.split('-');
  const { pid: gone } = spawnSync('true');
  const dead = [`${gone}-${start}-${rest.join('-')}`, `${pid}-${Number(start) - 1}-${rest.join('-')}`];
  const rebooted = `${pid}-${start}-00000000-${rest.slice(1).join('-')}`;
  const elsewhere = `${gone}-${start}-${rest[0]}-ffff-${rest[2]}`;
  for (const name of [...dead, rebooted, elsewhere]) {
    await listen(join(dirname(place.path), name));
    symlinkSync(join(dirname(place.path), name), join(links, name));
  }
  expect((await store.controls('ns')).map(({ process: { pid } }) => pid).sort()).toEqual(
    [gone, process.pid].sort(),
  );
  await store.placeControl('ns', undefined);
  expect(readdirSync(links).sort()).toEqual([own, elsewhere].sort());
});
