/** With very much to show, the page renders what is on the screen. */
import { afterEach, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { type FixtureOption, serveFixture } from '../../support/web-fixture.ts';

describe.skipIf(CHROMIUM === undefined)(`very much${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function serve(option: FixtureOption) {
    const fixture = await serveFixture({ signedIn: true, ...option });
    closers.push(fixture.close);
    return fixture;
  }

  it('of output is shown at its end, stays where one scrolls to, and is found', async () => {
    const fixture = await serve({ jobs: 10, runs: 20, outputLines: 100_000 });
    const [run] = fixture.runs.filter(({ endedAt }) => endedAt !== null);
    const page = await open();
    await page.goto(`${fixture.url}#/runs/${run?.namespace}/${run?.id}`);
    await page.getByText('100,000 lines').waitFor({ timeout: 30_000 });
    const lines = page.getByRole('log');
    await lines.getByText('99999 a line').waitFor();
    expect(await page.locator('.out-line').count()).toBeLessThan(150);
    await lines.focus();
    await page.keyboard.press('Home');
    await lines.getByText(/^0 a line/).waitFor();
    await page.getByRole('button', { name: 'To the end' }).click();
    await lines.getByText('99999 a line').waitFor();
    await page.getByLabel('Find in the output').fill('50123 a line');
    await page.getByText('1 of 1').waitFor();
    await lines.getByText('50123 a line').waitFor();
  });

  it.each([
    ['jobs', { jobs: 10_000, runs: 1_000 }],
    ['runs', { jobs: 100, runs: 100_000 }],
  ])('of %s is rendered as far as the screen goes, and asked for page by page', async (what, option) => {
    const fixture = await serve(option);
    const page = await open();
    await page.goto(`${fixture.url}#/${what}`);
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    const last = async () => Number(await page.getByRole('row').last().getAttribute('aria-rowindex'));
    const before = await last();
    const scrolled = async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      return last();
    };
    await expect.poll(scrolled, { timeout: 15_000 }).toBeGreaterThan(before + 500);
    expect(await page.getByRole('row').count()).toBeLessThan(60);
  });
});
