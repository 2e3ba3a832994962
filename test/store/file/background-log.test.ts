/** The file that a supertask in the background writes to. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBackgroundLog, nameBackgroundLog } from '../../../src/store/file/background-log.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'supertask-log-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const logs = (): string[] => readdirSync(join(home, 'a/state/background'));

it('leaves nothing behind of a directory that was made for nothing', () => {
  const log = createBackgroundLog(join(home, 'a/state'));
  expect(logs()).toHaveLength(1);
  log.close();
  log.discard();
  expect(readdirSync(home)).toEqual([]);
});

it('keeps what others have put beside it', () => {
  const log = createBackgroundLog(join(home, 'a/state'));
  writeFileSync(join(home, 'a/state/theirs'), '');
  log.close();
  log.discard();
  expect(readdirSync(join(home, 'a/state'))).toEqual(['theirs']);
});

it('gives up the older half when it has become long, by whole lines', () => {
  const fresh = createBackgroundLog(join(home, 'a/state'));
  const log = nameBackgroundLog(fresh.path, fresh.fd, 'shop');
  expect(log.path).toBe(join(home, `a/state/background/shop-${process.pid}.log`));
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 1_048; count++) log.write(line);
  log.write('the last one\n');
  expect(readFileSync(log.path, 'utf8').length).toBe(1_048_013);
  log.write(line);
  const text = readFileSync(log.path, 'utf8');
  expect(text.length).toBeLessThan(530_000);
  expect(text.split('\n').slice(0, 2)).toEqual(['… what was said before was removed', 'x'.repeat(999)]);
  expect(text.endsWith(`the last one\n${line}`)).toBe(true);
  fresh.close();
});

it('is removed at the end when nothing was said', () => {
  const fresh = createBackgroundLog(join(home, 'a/state'));
  const log = nameBackgroundLog(fresh.path, fresh.fd, 'shop');
  log.end();
  expect(logs()).toEqual([]);
  fresh.close();
});

it('can be read by whoever has made it when its process has named it, ended and removed it', () => {
  const fresh = createBackgroundLog(join(home, 'a/state'));
  writeSync(fresh.fd, 'begun\n');
  expect(fresh.said().toString()).toBe('begun\n');
  const log = nameBackgroundLog(fresh.path, fresh.fd, 'shop');
  log.write('going\n');
  rmSync(log.path);
  expect([fresh.said().toString(), fresh.said().toString()]).toEqual(['going\n', '']);
  fresh.close();
});

it('removes the oldest of processes that have ended, and empty ones', () => {
  const fresh = createBackgroundLog(join(home, 'a/state'));
  const directory = join(home, 'a/state/background');
  // Numbers that no process has.
  const paths = Array.from({ length: 25 }, (_, index) => join(directory, `shop-${2 ** 22 + 1 + index}.log`));
  paths.forEach((path, index) => {
    writeFileSync(path, index === 24 ? '' : 'said');
    utimesSync(path, 1_000 + index, 1_000 + index);
  });
  const living = join(directory, `other-${process.ppid}.log`);
  writeFileSync(living, '');
  const log = nameBackgroundLog(fresh.path, fresh.fd, 'shop');
  expect(paths.filter((path) => existsSync(path))).toEqual(paths.slice(5, 24));
  expect(existsSync(living)).toBe(true);
  log.end();
  fresh.close();
});
