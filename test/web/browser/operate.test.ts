/** The page in a real browser, from a real server beside a real scheduler. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { place, type Running, startCli } from '../../support/cli.ts';

const TIMETABLE = `
meta: {type: supertask-timetable, version: 1, namespace: shop}
tasks:
  talk:
    labels: {team: billing, words: 'few, short'}
    description: Says what the test tells it
    when: daily at 02:30
    run: 'touch said; tail -n +1 -f said & until [ -e done ]; do sleep 0.05; done; kill $!; echo bye >&2'
  greet:
    params: {name: {default: world}}
    run: 'printf "hello \${{ params.name }}\\n"'
  sweep:
    labels: {team: billing}
    params: {region: {default: eu}}
    run: 'true'
    when:
      - {daily: '03:00', args: {region: eu}}
      - {daily: '04:00', args: {region: us}}
  far: {when: [{daily: '05:15', tz: Asia/Kolkata}], deadline: 6h, keep: {runs: 50}, run: 'true'}
  broken: {run: 'printf "\\033[31mno\\033[0m\\n" >&2; exit 3'}
  hang: {run: 'trap "" TERM; echo ready; while :; do sleep 0.1; done', stop: {grace: 1h}}
`;

type Server = {
  readonly running: Running;
  readonly url: string;
  readonly link: string;
};

const going = new Set<Running>();
afterEach(async () => {
  for (const running of going) await stopped(running);
});

async function serve(port = 0): Promise<Server> {
  writeFileSync(join(place().work, 'jobs.yaml'), TIMETABLE);
  const running = startCli(['run', '--file=jobs.yaml', '--tz=America/New_York', `--http=${port}`]);
  going.add(running);
  const [, link = ''] = await running.waitForLine('stderr', /sign in: (\S+)/);
  return { running, link, url: link.replace(/#.*/, '') };
}

async function stopped(running: Running): Promise<void> {
  going.delete(running);
  running.signal('SIGTERM');
  await running.exit;
}

function say(text: string): void {
  appendFileSync(join(place().work, 'said'), text);
}

async function signIn(page: Page, { link }: Server): Promise<void> {
  await page.goto(link);
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}

/** By a click on what a job's row has. */
async function trigger(page: Page, job: string): Promise<void> {
  await page.getByRole('button', { name: `Trigger ${job}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trigger', exact: true }).click();
  await page.getByRole('link', { name: 'Show the run' }).click();
  await page.getByRole('region', { name: 'Output' }).waitFor();
}

describe.skipIf(CHROMIUM === undefined)(`the page of a real server${NO_CHROMIUM}`, () => {
  const open = useBrowser();

  it('shows a run and what it writes while it goes on', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    expect(page.url()).not.toContain('code');
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('row').filter({ hasText: 'talk' }).getByText('New York').waitFor();
    await trigger(page, 'talk');
    const output = page.getByRole('log', { name: 'Lines' });
    const badge = page.locator('.page-head .badge');
    await badge.getByText('running').waitFor();
    await expect.poll(() => existsSync(join(place().work, 'said'))).toBe(true);
    say('\x1b[32mfirst\x1b[0m line\nsecond ');
    await output.getByText('first line').waitFor();
    expect(await output.locator('.ansi-green').textContent()).toBe('first');
    say('line\n');
    await output.getByText('second line').waitFor();
    writeFileSync(join(place().work, 'done'), '');
    await badge.getByText('succeeded').waitFor();
    await output.getByText('bye').waitFor();
    await page.getByRole('button', { name: /^stderr 1/ }).click();
    expect(await output.getByText('first line').count()).toBe(0);
    await output.getByText('bye').waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /^stdout/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^talk-.*stdout.*\.txt$/);
  });

  it('finds jobs by several labels, arguments and outcomes, which stay in the address', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.getByRole('link', { name: 'Jobs' }).click();
    const links = page.getByRole('row').locator('a[href^="#/jobs/"]');
    const names = async () => (await links.allTextContents()).sort();
    const shows = (...jobs: string[]) => expect.poll(names, { timeout: 10_000 }).toEqual(jobs);
    await page
      .getByRole('row')
      .filter({ hasText: 'talk' })
      .getByRole('link', { name: 'team=billing' })
      .click();
    await shows('sweep@region=eu', 'sweep@region=us', 'talk');
    await page.getByLabel('Argument', { exact: true }).fill('region=us');
    await page.keyboard.press('Enter');
    await shows('sweep@region=us');
    await page.getByRole('button', { name: 'argument region=us' }).click();
    await page.getByLabel('Label', { exact: true }).fill('words=few, short');
    await page.keyboard.press('Enter');
    await shows('talk');
    await page.reload();
    await shows('talk');
    await page.getByRole('link', { name: 'talk' }).click();
    await page.getByRole('link', { name: 'words=few, short' }).click();
    await shows('talk');
    await trigger(page, 'talk');
    writeFileSync(join(place().work, 'done'), '');
    await page.locator('.page-head .badge').getByText('succeeded').waitFor();
    await page.goto(`${server.url}#/jobs?status=failed,never`);
    await shows('broken', 'far', 'greet', 'hang', 'sweep@region=eu', 'sweep@region=us');
    await page.goto(`${server.url}#/jobs?status=succeeded,missed`);
    await shows('talk');
    await page.goto(`${server.url}#/runs?status=failed,succeeded`);
    await shows('talk');
    await page.goto(`${server.url}#/runs?status=failed,errored,missed`);
    await page.getByText('No run fits.').waitFor();
  });

  it('tells how a job is defined, by the clocks of its own schedule', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.goto(`${server.url}#/jobs/shop/far`);
    const definition = page.getByRole('region', { name: 'Definition' });
    await definition.getByText('from its timetable').waitFor();
    await definition.getByText(/05:15 Kolkata/).waitFor();
    await definition.getByText('by the clock', { exact: true }).waitFor();
    await definition.getByText('Asia/Kolkata', { exact: true }).waitFor();
    await definition.locator('.meaning p').filter({ hasText: /05:15/ }).first().waitFor();
    await definition.getByText('6h 00m after it was due').waitFor();
    await definition.getByText('50 runs').waitFor();
    // One below the other.
    const [above, below] = [definition, page.getByRole('region', { name: 'Statistics' })];
    const bottom = await above.evaluate((element) => element.getBoundingClientRect().bottom);
    expect(await below.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThanOrEqual(
      bottom,
    );
    await page.getByRole('region', { name: 'Upcoming' }).getByText('05:15 in Asia/Kolkata').first().waitFor();
  });

  it('triggers with arguments, by the keyboard alone', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.keyboard.type('gj');
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.type('/greet');
    await page.waitForURL(/search=greet/);
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label") ?? ""');
    for (let turn = 0; turn < 12 && (await focused()) !== 'Trigger greet'; turn++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Trigger greet' }).waitFor();
    const press = async (label: RegExp | string) => {
      const target = page.getByRole('dialog').getByRole('button', { name: label, exact: true });
      for (let turn = 0; turn < 12; turn++) {
        if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) break;
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
    };
    await press('Argument');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('name');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await page.getByText('Started greet').waitFor();
    await page.getByRole('link', { name: 'Show the run' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('hello Ada').waitFor();
    await page.getByText('name = Ada').waitFor();
  });

  it('pauses with an end and a note, says so, and resumes', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.goto(`${server.url}#/jobs/shop/talk`);
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause talk' });
    await dialog.getByLabel('How long').selectOption('1h');
    await dialog.getByLabel('Note').fill('moving the disks');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('note').getByText('moving the disks').waitFor();
    await page.getByRole('note').getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('note').waitFor({ state: 'detached' });
  });

  it('makes a job, changes it, and puts it together with what somebody else changed meanwhile', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.goto(`${server.url}#/jobs/new`);
    await page.getByLabel('Id', { exact: true }).fill('tidy');
    await page.getByLabel('Command').fill('echo tidied');
    await page.getByLabel('Schedule', { exact: true }).fill('sometimes');
    await page.getByText('"sometimes" is not a schedule').first().waitFor();
    await page.getByLabel('Schedule', { exact: true }).fill('every 3h');
    await page.getByText(/every 3 hours/i).waitFor();
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'tidy' }).waitFor();
    await page.getByText('made through the API').waitFor();

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByLabel('Timeout').fill('5m');
    // Somebody else, at the same time.
    const answer = await page.evaluate(async () => {
      const at = './api/v1/namespaces/shop/jobs/tidy/definition';
      const headers = { 'content-type': 'application/json', 'x-supertask': '1' };
      const body = JSON.stringify({ task: { description: 'by another' } });
      return (await fetch(at, { method: 'PATCH', headers, body })).status;
    });
    expect(answer).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('while you were at it').waitFor();
    await page.getByRole('button', { name: 'Keep both changes' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'tidy' }).waitFor();
    await page.getByText('by another').waitFor();
    await page.getByText('5m', { exact: true }).waitFor();
  });

  it('takes a job as YAML, with what is wrong and where', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.goto(`${server.url}#/jobs/new`);
    await page.getByRole('button', { name: 'YAML' }).click();
    const text = page.getByLabel('The job as YAML');
    await text.fill('tasks:\n  tidy:\n    whne: every 3h\n    run: echo tidied\n');
    await page.getByRole('button', { name: '3:5' }).click();
    expect(await text.evaluate((area: { selectionStart: number }) => area.selectionStart)).toBe(19);
    await text.fill('tasks:\n  tidy:\n    when: every 3h\n    run: echo tidied\n');
    await page.getByText('Nothing is wrong with it').waitFor();
    // Leaving asks.
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByText('Cancel').click();
    expect(await text.inputValue()).toContain('echo tidied');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'tidy' }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted tidy').waitFor();
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'tidy' }).count()).toBe(0);
  });

  it('stops a run, and kills it at the second press', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.getByRole('link', { name: 'Jobs' }).click();
    await trigger(page, 'hang');
    await page.getByRole('log').getByText('ready').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Kill' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill', exact: true }).click();
    await page.locator('.page-head .badge').getByText('failed').waitFor();
    await page.getByRole('button', { name: 'Mark' }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('it was done anyway');
    await page.getByRole('dialog').getByRole('button', { name: 'Mark', exact: true }).click();
    await page.locator('.page-head .badge').getByText('succeeded').waitFor();
    await page.getByText('it was failed').waitFor();
  });

  it('goes on where it was after the server has come again, once somebody signs in', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.getByRole('link', { name: 'Jobs' }).click();
    await trigger(page, 'broken');
    const badge = page.locator('.page-head .badge');
    await badge.getByText('failed').waitFor();
    const run = page.url();
    await stopped(server.running);
    await page.getByText('Not connected').waitFor();
    // What was there stays readable.
    await page.getByRole('log').getByText('no', { exact: true }).waitFor();
    const again = await serve(Number(new URL(server.url).port));
    await page.getByText('Nobody is signed in here').waitFor({ timeout: 20_000 });
    await page.goto(again.link);
    await badge.getByText('failed').waitFor();
    expect(page.url()).toBe(run);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('says of a run that never was that there was none', async () => {
    const server = await serve();
    const page = await open();
    await signIn(page, server);
    await page.goto(`${server.url}#/runs/shop/00000000-0000-7000-8000-000000000000`);
    await page.getByText('There never was such a run').waitFor();
  });
});
