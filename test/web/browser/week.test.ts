/** The week in a real browser. */
import { afterEach, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, type PageOption, settled, useBrowser } from '../../support/browser.ts';
import { serveFixture } from '../../support/web-fixture.ts';

/** So far ahead that nothing of it has been run, and its days have 24 hours. */
const WEEK = '2026-12-07';

describe.skipIf(CHROMIUM === undefined)(`the week${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function show(query: string, option: PageOption = {}) {
    const fixture = await serveFixture({ signedIn: true });
    closers.push(fixture.close);
    const page = await open(option);
    await page.goto(`${fixture.url}#/week${query}`);
    await page.locator('.calendar, .table').waitFor();
    await settled(page);
    return { fixture, page };
  }

  it('shows seven days with the load of each hour, today with a line for now', async () => {
    const { page } = await show('');
    expect(await page.locator('.calendar-day').count()).toBe(7);
    expect(await page.locator('.calendar-day .hour').count()).toBe(168);
    expect(await page.locator('.calendar-now').count()).toBe(1);
    await page.getByRole('heading', { name: 'Often' }).waitFor();
  });

  it('leads from an occurrence to its job', async () => {
    const { page } = await show(`?day=${WEEK}`);
    const block = page.locator('.block').first();
    const job = await block.locator('.block-job').textContent();
    await block.click();
    await page.getByRole('heading', { name: job ?? 'none' }).waitFor();
    expect(page.url()).toContain('#/jobs/');
  });

  it('has its filters in the address, and keeps them from week to week', async () => {
    const { page } = await show(`?day=${WEEK}`);
    const all = await page.locator('.block').count();
    await page.getByRole('combobox', { name: 'Namespace' }).selectOption('reports');
    await page.getByRole('searchbox').fill('report');
    await expect.poll(() => page.locator('.block').count()).toBeLessThan(all);
    expect(page.url()).toContain('namespace=reports&search=report');
    await page.getByRole('button', { name: 'The week after' }).click();
    expect(page.url()).toMatch(/day=2026-12-14&namespace=reports&search=report/);
    await page.getByRole('heading', { name: '14 – 20 Dec 2026' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: '7 – 13 Dec 2026' }).waitFor();
    await page.getByRole('button', { name: 'This week' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'This week' }).isDisabled()).toBe(true);
    expect(page.url()).toMatch(/#\/week\?namespace=reports&search=report$/);
  });

  it('goes from hour to hour by keys, and from week to week', async () => {
    const { page } = await show(`?day=${WEEK}`);
    await page.locator('.hour[tabindex="0"]').first().focus();
    const label = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    expect(await label()).toMatch(/^Mon 7 Dec 00:00/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await label()).toMatch(/^Tue 8 Dec 01:00/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Tue 8 Dec, 01:00 to 02:00' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: '14 – 20 Dec 2026' }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('table', { name: 'Runs of the week' }).waitFor();
  });

  it('tells all of an hour, and leaves an occurrence of it out', async () => {
    const { fixture, page } = await show(`?day=${WEEK}`);
    await page.locator('.calendar-day').first().locator('.hour[data-row="3"]').click();
    const dialog = page.getByRole('dialog');
    const skip = dialog.getByRole('button', { name: /^Skip / }).first();
    await skip.waitFor();
    const before = await dialog.getByRole('button', { name: /^Skip / }).count();
    await skip.click();
    await dialog.getByText('skipped').first().waitFor();
    expect(await dialog.getByRole('button', { name: /^Skip / }).count()).toBe(before - 1);
    expect(fixture.asked.some((asked) => asked.startsWith('POST') && asked.endsWith('/skip'))).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('.block.off').first().waitFor();
  });

  it('tells the same as a list, which is in the address', async () => {
    const { page } = await show(`?day=${WEEK}&view=list`);
    const rows = page.getByRole('row');
    await rows.nth(2).waitFor();
    expect(await rows.nth(1).textContent()).toMatch(/^Mon 7 Dec[\d,]+ times/);
  });

  it('is a day on a phone, with the others beside it', async () => {
    const { page, fixture } = await show(`?day=${WEEK}`, { width: 360 });
    expect(await page.locator('.calendar-day').count()).toBe(1);
    await page.getByRole('heading', { name: 'Mon 7 Dec' }).waitFor();
    expect(fixture.asked.filter((asked) => asked.includes('/upcoming')).length).toBe(1);
    await page.getByRole('link', { name: 'Thu 10' }).click();
    await page.getByRole('heading', { name: 'Thu 10 Dec' }).waitFor();
    await page.getByRole('button', { name: 'The day after' }).click();
    await page.getByRole('heading', { name: 'Fri 11 Dec' }).waitFor();
  });

  it('says what is the matter when there is nothing', async () => {
    const fixture = await serveFixture({ signedIn: true });
    closers.push(fixture.close);
    const page = await open();
    await page.goto(`${fixture.url}#/week?day=${WEEK}&search=nosuchjob`);
    await page.getByText('Nothing was run or is due in this week.').waitFor();
    await page.getByText('The filter may leave out what there is.').waitFor();
  });
});
