/** The dashboard and the week over a scheduler of this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { place, runCli, startCli } from '../../support/cli.ts';

const TIMETABLE = `
tasks:
  long: {when: once, run: sleep 600}
  fails: {when: once, run: 'echo "no <b>disk</b>" >&2; exit 3'}
  nightly: {when: '0 2 * * *', run: 'true'}
  often: {when: every 10m, run: 'true'}
`;

describe.skipIf(CHROMIUM === undefined)(`the page of a scheduler that runs${NO_CHROMIUM}`, () => {
  const open = useBrowser();

  async function serve() {
    writeFileSync(join(place().work, 'week.yaml'), TIMETABLE);
    const running = startCli(['run', '--file', 'week.yaml', '--http', '127.0.0.1:0']);
    const [, link = ''] = await running.waitForLine('stderr', /sign in: (\S+)/);
    const page = await open();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    return { running, page, panel: (name: string) => page.getByRole('region', { name, exact: true }) };
  }

  it('tells what it does, by the name of its file, and stops what it is told to', async () => {
    const { running, page, panel } = await serve();
    const row = panel('Running now').getByRole('listitem').filter({ hasText: 'long' });
    await row.getByText(/^\d+ s$/).waitFor();
    await panel('Failing').getByRole('link', { name: 'fails' }).waitFor();
    await panel('Failing').getByRole('link', { name: 'failed exit-code' }).waitFor();
    await panel('Due next').getByRole('link', { name: 'nightly' }).waitFor();
    await panel('Schedulers').getByRole('rowheader', { name: 'week.yaml' }).waitFor();
    await panel('Schedulers').getByText(`pid ${running.pid}`).waitFor();
    const hour = panel('Timeline').locator('.timeline-hour[tabindex="0"]');
    await expect.poll(() => hour.getAttribute('aria-label'), { timeout: 10_000 }).toMatch(/1 failed/);
    await row.getByRole('button', { name: 'Stop long' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
    await panel('Running now').getByText('Nothing runs at the moment.').waitFor();
    await panel('Failing').getByRole('button', { name: 'Run fails now' }).click();
    await page.getByText('fails was told to run.').waitFor();
    await panel('Failing')
      .getByText(/2 in a row/)
      .waitFor();
    running.signal('SIGTERM');
    await page.getByText('Not connected', { exact: true }).waitFor();
    await page.getByText(/Not connected since/).waitFor();
    await running.exit;
  });

  it('tells of what is planned where it says what comes next, not where it says what goes on', async () => {
    writeFileSync(
      join(place().work, 'week.yaml'),
      `tasks:
        again: {when: once, run: exit 3, retry: {attempts: 2, delay: 2h}}
        nightly: {when: '0 2 1 1 *', run: 'true'}
      `,
    );
    const running = startCli(['run', '--file', 'week.yaml', '--http', '127.0.0.1:0']);
    const [, link = ''] = await running.waitForLine('stderr', /sign in: (\S+)/);
    await running.waitForLine('stderr', /again .*attempt 2/);
    await runCli(['trigger', 'nightly', '--at', 'in 3h']);
    const page = await open();
    await page.goto(link);
    const panel = (name: string) => page.getByRole('region', { name, exact: true });
    for (const [job, at] of [
      ['again', /^1h 5\dm$/],
      ['nightly', /^2h 5\dm$/],
    ] as const) {
      const row = panel('Due next').getByRole('listitem').filter({ hasText: job });
      await row.getByText('planned', { exact: true }).waitFor();
      await row.getByText(at).waitFor();
    }
    await panel('Running now').getByText('Nothing runs at the moment.').waitFor();
    await page.getByText('None is waiting.').waitFor();
    await panel('Failing').getByRole('link', { name: 'failed exit-code' }).waitFor();
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    const row = page.getByRole('row').filter({ hasText: 'again' });
    await row.getByRole('img', { name: 'last 1 run: 1 failed' }).waitFor();
    await row.getByRole('link', { name: 'planned' }).click();
    await page.getByText('waiting', { exact: true }).first().waitFor();
    await page.getByRole('heading', { level: 1 }).getByRole('link', { name: 'again' }).click();
    await panel('Definition')
      .getByText(/^1h 5\dm$/)
      .waitFor();
    await panel('Runs').getByRole('listitem').filter({ hasText: 'waiting' }).getByText('in 2 h').waitFor();
    running.signal('SIGTERM');
    await running.exit;
  });

  it('calls namespaces by their files, on every page', async () => {
    writeFileSync(join(place().work, 'week.yaml'), TIMETABLE);
    writeFileSync(
      join(place().work, 'other.yaml'),
      "tasks: {nightly: {when: '0 3 * * *', run: 'true'}, now: {when: once, run: 'true'}}\n",
    );
    const schedulers = ['week.yaml', 'other.yaml'].map((file) => startCli(['run', '--file', file]));
    const serving = startCli(['serve', '--http=0']);
    const [, link = ''] = await serving.waitForLine('stderr', /sign in: (\S+)/);
    const page = await open();
    await page.goto(link);
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('row').filter({ hasText: 'nightly' }).filter({ hasText: 'week.yaml' }).waitFor();
    await page.getByRole('combobox', { name: 'Namespace' }).selectOption({ label: 'other.yaml' });
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'nightly' }).count()).toBe(1);
    await page.getByRole('link', { name: 'nightly' }).click();
    await page.locator('.crumbs').getByRole('link', { name: 'other.yaml' }).waitFor();
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    const run = page.getByRole('row').filter({ hasText: 'now' }).filter({ hasText: 'other.yaml' });
    await run.getByRole('link', { name: 'succeeded' }).click();
    await page.locator('.crumbs').getByRole('link', { name: 'other.yaml' }).waitFor();
    for (const each of [...schedulers, serving]) {
      each.signal('SIGTERM');
      await each.exit;
    }
  });

  it('tells what is due in the next week, by day and by hour', async () => {
    const { running, page } = await serve();
    await page.keyboard.type('gw');
    await page.getByRole('button', { name: 'The week after' }).click();
    await page.getByRole('heading', { name: 'Often' }).waitFor();
    const nightly = page.locator('.block').filter({ hasText: 'nightly' });
    await expect.poll(() => nightly.count(), { timeout: 10_000 }).toBe(7);
    const hour = page
      .locator('.calendar-day')
      .nth(3)
      .locator('.hour', { has: page.locator('.hour-load') });
    const count = await hour.count();
    expect(count).toBe(24);
    // The scheduler's zone need not be that of the browser.
    for (let index = 0; index < count; index++) {
      if (!/: 7 runs/.test((await hour.nth(index).getAttribute('aria-label')) ?? '')) continue;
      await hour.nth(index).click();
      break;
    }
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^7 runs, up to \d at once\.$/).waitFor();
    await dialog.getByRole('link', { name: 'nightly' }).waitFor();
    await dialog.getByRole('button', { name: /^Skip nightly at / }).click();
    await page.getByText(/^nightly is left out at /).waitFor();
    await dialog.getByRole('listitem').filter({ hasText: 'nightly' }).getByText('skipped').waitFor();
    const jobs = JSON.parse((await runCli(['list-jobs', '--json'])).stdout) as {
      id: string;
      skips?: unknown[];
    }[];
    expect(jobs.find(({ id }) => id === 'nightly')?.skips).toHaveLength(1);
    // The scheduler holds to it, and the page that is opened anew knows of it.
    await page.reload();
    await page.locator('.block').filter({ hasText: 'nightly' }).first().waitFor();
    await expect.poll(() => page.locator('.block.off').count(), { timeout: 10_000 }).toBe(1);
    running.signal('SIGTERM');
    await running.exit;
  });
});
