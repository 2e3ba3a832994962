/** What a machine can find of what keeps people from using the page. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { serveFixture } from '../../support/web-fixture.ts';

type Finding = {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
};

/** As sentences. */
async function seriousIn(page: Page): Promise<string[]> {
  // By the debugger: the page's policy would not let it in.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document)')) as { violations: Finding[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

describe.skipIf(CHROMIUM === undefined)(`every page${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  let fixture: Awaited<ReturnType<typeof serveFixture>>;
  beforeAll(async () => {
    fixture = await serveFixture({ signedIn: true });
  });
  afterAll(() => fixture.close());

  function places(): Readonly<Record<string, string>> {
    const [job] = fixture.jobs;
    const [run] = fixture.runs;
    const made = fixture.jobs.find(({ origin }) => origin === 'api');
    return {
      'a job made here': `#/jobs/${made?.namespace}/${made?.id}`,
      edit: `#/jobs/${made?.namespace}/${made?.id}/edit`,
      'new job': '#/jobs/new',
      'runs that failed': '#/runs?status=failed,errored&search=o',
      'no run': '#/runs/crontab/none',
      dashboard: '#/',
      jobs: '#/jobs',
      job: `#/jobs/${job?.namespace}/${job?.id}`,
      runs: '#/runs',
      run: `#/runs/${run?.namespace}/${run?.id}`,
      week: '#/week',
      'no page': '#/nowhere',
    };
  }

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('has nothing serious in %s, %i px wide, and no more width than that', async (theme, width) => {
    const page = await open({ dark: theme === 'dark', width });
    for (const [name, place] of Object.entries(places())) {
      await page.goto(fixture.url + place);
      await page.locator('main').waitFor();
      await page.waitForLoadState('load');
      await expect.poll(() => page.locator('.loading').count(), { timeout: 10_000 }).toBe(0);
      expect(await seriousIn(page), name).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(width);
    }
  });

  it.each([true, false])('has nothing serious in its dialogs, dark: %s', async (dark) => {
    const made = fixture.jobs.find(({ origin }) => origin === 'api');
    const [run] = fixture.runs.filter(({ status }) => status === 'failed');
    const dialogs = [
      [`#/jobs/${made?.namespace}/${made?.id}`, 'Trigger'],
      [`#/jobs/${made?.namespace}/${made?.id}`, 'Pause'],
      [`#/jobs/${made?.namespace}/${made?.id}`, 'JSON'],
      [`#/runs/${run?.namespace}/${run?.id}`, 'Run again'],
      [`#/runs/${run?.namespace}/${run?.id}`, 'Mark'],
      [`#/jobs/${made?.namespace}/${made?.id}/edit`, 'Delete'],
    ];
    for (const [place = '', button = ''] of dialogs) {
      const page = await open({ dark });
      await page.goto(fixture.url + place);
      await page.getByRole('button', { name: button }).first().click();
      await page.getByRole('dialog').waitFor();
      expect(await seriousIn(page), button).toEqual([]);
      await page.context().close();
    }
    const page = await open({ dark });
    await page.goto(`${fixture.url}#/jobs/${made?.namespace}/${made?.id}/edit`);
    await page.getByRole('button', { name: 'YAML' }).click();
    await page.getByLabel('The job as YAML').waitFor();
    expect(await seriousIn(page), 'YAML').toEqual([]);
  });
});
