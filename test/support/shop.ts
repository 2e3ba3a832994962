/** A scheduler of `shop.yaml`, whose namespace is `shop`, that can be asked. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { place, type Running, startCli } from './cli.ts';

/** On a machine with a lot to do. */
const PATIENCE_MS = 180_000;

export async function startShop(more: readonly string[] = []): Promise<Running> {
  const scheduler = startCli(['run', ...more, '--file=shop.yaml']);
  await scheduler.waitForLine('stderr', /next /);
  const links = join(place().state, 'namespaces/shop/control');
  await expect.poll(() => readdirSync(links).length, { timeout: PATIENCE_MS }).toBe(1);
  return scheduler;
}

export async function endShop(scheduler: Running): Promise<void> {
  scheduler.signal('SIGTERM');
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
}
