/** The zone of the machine, set anew while a scheduler runs. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, runCli, startCommand } from '../support/cli.ts';

const DATABASE = '/usr/share/zoneinfo';
const canMount =
  spawnSync('unshare', ['--mount', 'true']).status === 0 && existsSync(`${DATABASE}/Asia/Tokyo`);

/** An /etc of its own, with the machine's zone. */
function makeEtc(zone: string): string {
  const etc = join(place().home, 'etc');
  mkdirSync(etc);
  for (const name of ['passwd', 'group']) copyFileSync(`/etc/${name}`, join(etc, name));
  setZone(etc, zone);
  return etc;
}

function setZone(etc: string, zone: string): void {
  rmSync(join(etc, 'localtime'), { force: true });
  symlinkSync(`${DATABASE}/${zone}`, join(etc, 'localtime'));
}

async function nextDueAt(): Promise<string> {
  const [scheduler] = JSON.parse((await runCli(['ps', '--json'])).stdout).schedulers;
  return scheduler.nextDueAt;
}

describe.skipIf(!canMount)('the zone of the machine', () => {
  it('may be set anew: a scheduler keeps the one it began with, until the next start (row 50)', async () => {
    const { work } = place();
    writeFileSync(join(work, 'zone.yaml'), 'tasks: {noon: {when: daily at 12:00, run: "true"}}\n');
    const etc = makeEtc('Europe/Berlin');
    const start = () =>
      startCommand(
        [
          ...['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', etc],
          ...[process.execPath, BIN, 'run', '--file', 'zone.yaml', '--ns=zone'],
        ],
        { env: { TZ: undefined } },
      );
    const noonIn = (zone: string) =>
      expect.toSatisfy((text: string) =>
        /^12:00/.test(new Date(text).toLocaleTimeString('en-GB', { timeZone: zone })),
      );

    const first = start();
    await first.waitForLine('stderr', /noon: .*/);
    await expect.poll(nextDueAt, { timeout: 10_000 }).toEqual(noonIn('Europe/Berlin'));
    setZone(etc, 'Asia/Tokyo');
    writeFileSync(join(work, 'zone.yaml'), 'tasks: {noon: {when: daily at 12:00, run: "echo changed"}}\n');
    await runCli(['reload', '--ns=zone']);
    expect(await nextDueAt()).toEqual(noonIn('Europe/Berlin'));
    const [job] = JSON.parse((await runCli(['list-jobs', '--ns=zone', '--json'])).stdout);
    expect(job).toMatchObject({ tz: 'Europe/Berlin', target: 'cmd:echo changed' });
    first.signal('SIGTERM');
    await first.exit;

    const second = start();
    await second.waitForLine('stderr', /noon: .*/);
    await expect.poll(nextDueAt, { timeout: 10_000 }).toEqual(noonIn('Asia/Tokyo'));
    second.signal('SIGTERM');
    await second.exit;
  });
});

describe('the zone of a task', () => {
  it('may be changed: it is taken over at once, and a wrong one leaves the last good one (row 50)', async () => {
    const { work } = place();
    const write = (zone: string) =>
      writeFileSync(
        join(work, 'task.yaml'),
        `tasks: {noon: {when: daily at 12:00, tz: ${zone}, run: "true"}}\n`,
      );
    write('Asia/Tokyo');
    const program = startCommand([process.execPath, BIN, 'run', '--file', 'task.yaml', '--ns=zone'], {
      env: { TZ: 'UTC' },
    });
    await program.waitForLine('stderr', /noon: at 12:00 every day \(Asia\/Tokyo\)/);
    await expect.poll(nextDueAt, { timeout: 10_000 }).toMatch(/T03:00:00/);
    write('Asia/Kathmandu');
    await program.waitForLine('stderr', /noon: at 12:00 every day \(Asia\/Kathmandu\)/);
    expect(await nextDueAt()).toMatch(/T06:15:00/);
    write('Asia/Katmandoo');
    await program.waitForLine('stderr', /"Asia\/Katmandoo" is not a time zone name/);
    expect(await nextDueAt()).toMatch(/T06:15:00/);
    program.signal('SIGTERM');
    await program.exit;
  });
});
