/** What a browser has to fetch before it shows anything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';

const PAGE = join(ROOT, 'dist/web');
const MOST_BYTES = 100_000;

const files = readdirSync(PAGE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name));

it('is smaller than 100 kB altogether, gzipped', () => {
  const bytes = files.map((file) => gzipSync(readFileSync(file)).length).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

it('has nothing inline and asks nobody else', () => {
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  expect(addresses.length).toBeGreaterThan(2);
  for (const address of addresses) expect(address).toMatch(/^\.\/assets\/[\w-]+-[\w-]{8}\.\w+$/);
  for (const file of files)
    expect(readFileSync(file, 'utf8')).not.toMatch(/url\(["']?(?:https?:)?\/\/|import\(["']http/);
});
