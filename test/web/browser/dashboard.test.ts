/** The dashboard in a real browser: what fails, runs and is due, and the day around now. */
import { afterEach, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { type FixtureOption, serveFixture } from '../../support/web-fixture.ts';

describe.skipIf(CHROMIUM === undefined)(`the dashboard${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function show(option: FixtureOption = {}) {
    const fixture = await serveFixture({ signedIn: true, ...option });
    closers.push(fixture.close);
    const page = await open();
    await page.goto(fixture.url);
    await expect.poll(() => page.locator('.loading').count(), { timeout: 10_000 }).toBe(0);
    return { fixture, page, panel: (name: string) => page.getByRole('region', { name, exact: true }) };
  }

  it('tells what fails before all else, the newest first, as it happens', async () => {
    const { fixture, page, panel } = await show();
    const job = fixture.jobs.find(({ lastRun }) => lastRun?.status === 'succeeded');
    if (job === undefined) throw new Error('no job is well');
    await panel('Failing').getByRole('listitem').first().waitFor();
    const titles = await page.locator('main h2').allTextContents();
    expect(titles[0]).toBe('Failing');
    const run = fixture.start(job);
    fixture.end(run, { status: 'failed', reason: 'exit-code', exitCode: 3, message: 'disk <b>full</b>' });
    const first = panel('Failing').getByRole('listitem').first();
    await first.getByRole('link', { name: job.id, exact: true }).waitFor();
    await first.getByText('disk <b>full</b>').waitFor();
    expect(await first.getByTitle('To the run that went wrong').getAttribute('href')).toContain(run.id);
  });

  it('tells how long a run has been going on beside how long it usually takes, and stops it', async () => {
    const { fixture, page, panel } = await show();
    const job = fixture.jobs.find(({ id }) => id.startsWith('sync') || id.startsWith('mirror'));
    if (job === undefined) throw new Error('there is no such job');
    // At some times of the day another run of it is going.
    for (const run of fixture.runs) if (run.job === job.id && run.endedAt === null) fixture.end(run);
    fixture.start(job);
    const row = panel('Running now').getByRole('listitem').filter({ hasText: job.id });
    await row.getByText(/^usually \d/).waitFor();
    await row.getByText(/^[1-9]\d* s$/).waitFor();
    await row.getByRole('button', { name: `Stop ${job.id}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
    await row.waitFor({ state: 'detached' });
    expect(fixture.asked.some((asked) => asked.startsWith('POST') && asked.endsWith('/stop'))).toBe(true);
  });

  it('counts down to what is due next', async () => {
    const { panel } = await show();
    const rows = panel('Due next').getByRole('listitem');
    await rows.first().waitFor();
    const counted = await rows.locator('time').allTextContents();
    expect(counted.length).toBeGreaterThan(3);
    for (const text of counted) expect(text).toMatch(/^(now|\d+ s|\d+m \d\ds|\d+h \d\dm)$/);
    const before = await rows.first().locator('time').textContent();
    await expect.poll(() => rows.first().locator('time').textContent(), { timeout: 10_000 }).not.toBe(before);
  });

  it('draws the day before and after now, told by hover and keys, and as a table', async () => {
    const { page, panel } = await show({ runs: 3_000 });
    const timeline = panel('Timeline');
    await timeline.locator('.now-line').waitFor();
    expect(await timeline.locator('.timeline-hour').count()).toBe(48);
    expect(await timeline.locator('.timeline-mark').count()).toBeGreaterThan(8);
    const hour = timeline.locator('.timeline-hour[tabindex="0"]');
    await hour.focus();
    const now = await timeline.locator('.tip').textContent();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => timeline.locator('.tip').textContent()).not.toBe(now);
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(
      /succeeded|nothing/,
    );
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate('document.activeElement.getAttribute("class")')).toContain('timeline-mark');
    await timeline.getByRole('button', { name: 'Table' }).click();
    expect(await timeline.getByRole('columnheader').allTextContents()).toEqual([
      'Hour from',
      'succeeded',
      'failed',
      'errored',
      'skipped',
      'missed',
      'goes on',
      'due',
    ]);
    expect(await timeline.getByRole('row').count()).toBeGreaterThan(20);
  });

  it('leads from an hour to its runs', async () => {
    const { page, panel } = await show({ runs: 3_000 });
    const hour = panel('Timeline').locator('.timeline-hour[tabindex="0"]');
    await hour.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    expect(page.url()).toMatch(/#\/runs\?since=[^&]+&until=/);
  });

  it('shows schedulers and the machine', async () => {
    const { page, panel } = await show();
    await page.getByText('atlas').waitFor();
    await page.getByText(/load 2\.41 on 8 processors/).waitFor();
    const rows = panel('Schedulers').getByRole('row');
    expect(await rows.count()).toBe(5);
    await rows.nth(1).getByText('/home/ada/crontab.yaml').waitFor();
  });

  it('says how to begin where nothing is scheduled, and how to go on where nothing runs any more', async () => {
    const { page } = await show({ jobs: 0, runs: 0 });
    await page.getByRole('heading', { name: 'No scheduler is running' }).waitFor();
    await page.getByText('Nothing is on a schedule yet.').waitFor();
    await page.getByText('Nothing is due.').waitFor();
    const stopped = await show({ idle: true });
    await stopped.page.getByText('supertask run --file /home/ada/').waitFor();
    await stopped.panel('Schedulers').getByText('no scheduler').first().waitFor();
    await stopped.page.getByText('Nothing is due.').waitFor();
  });

  it('says that it is not live any more, and since when', async () => {
    const { fixture, page } = await show();
    await page.getByText('Live', { exact: true }).waitFor();
    fixture.drop({ refuse: true });
    await page.getByText(/Not connected since \d\d:\d\d:\d\d/).waitFor();
    fixture.drop();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/Not connected since/).waitFor({ state: 'detached' });
  });
});
