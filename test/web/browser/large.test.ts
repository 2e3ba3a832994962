/** Very much to show: the page shows as much as a screen holds, and asks for no more. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, settled, useBrowser } from '../../support/browser.ts';
import { serveFixture } from '../../support/web-fixture.ts';

const MOST_NODES = 4_000;
const EVENTS = 400;

describe.skipIf(CHROMIUM === undefined)(`10,000 jobs and 100,000 runs${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  let fixture: Awaited<ReturnType<typeof serveFixture>>;
  beforeAll(async () => {
    fixture = await serveFixture({ signedIn: true, jobs: 10_000, runs: 100_000 });
  });
  afterAll(() => fixture.close());

  const nodesOf = (page: Page) => page.evaluate('document.querySelectorAll("*").length');

  it('make a dashboard of few elements, which many events at once do not hold up', async () => {
    const page = await open();
    // Before the page itself, so that no task of it is missed.
    await page.addInitScript(`
      window.longTasks = 0;
      new PerformanceObserver((list) => { window.longTasks += list.getEntries().length; })
        .observe({ type: 'longtask', buffered: true });
    `);
    await page.goto(fixture.url);
    await page.locator('.timeline-hour').first().waitFor();
    await page.getByText(/^the newest 5 of /).waitFor();
    await settled(page);
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
    const [asked, tasks] = [fixture.asked.length, (await page.evaluate('longTasks')) as number];
    const [job] = fixture.jobs;
    if (job === undefined) throw new Error('there is no job');
    for (let event = 0; event < EVENTS; event++) {
      const run = {
        ...fixture.runs[0],
        id: `live-${event}`,
        status: 'running',
        startedAt: new Date().toISOString(),
      };
      fixture.emit('run', { run, change: 'started' });
    }
    await page.getByText(/^the oldest 8 of /).waitFor();
    // An event each would be a task each.
    expect(((await page.evaluate('longTasks')) as number) - tasks).toBeLessThan(EVENTS / 10);
    expect(fixture.asked.length - asked).toBeLessThan(EVENTS / 10);
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
  });

  it('make a week of few elements, with all of them in the load', async () => {
    const page = await open();
    await page.goto(`${fixture.url}#/week?day=2026-12-07`);
    await page.locator('.block').first().waitFor();
    await settled(page);
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
    await page.getByText(/There are more than can be shown one by one/).waitFor();
    const label = await page.locator('.hour').first().getAttribute('aria-label');
    expect(Number(/: ([\d,]+) runs/.exec(label ?? '')?.[1]?.replaceAll(',', ''))).toBeGreaterThan(100_000);
    await page.locator('.hour[data-row="4"]').first().click();
    await page
      .getByRole('dialog')
      .getByText(/^and .* more runs/)
      .waitFor();
    expect(await nodesOf(page)).toBeLessThan(2 * MOST_NODES);
  });
});
