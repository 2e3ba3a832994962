/** What jobs and programs say is text, wherever the page shows it, and nothing else. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/web/api/record.js';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { serveFixture } from '../../support/web-fixture.ts';

const CORPUS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "';alert(1);//",
  'javascript:alert(1)',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">click</a>',
  '{{constructor.constructor("alert(1)")()}}',
  '<style>*{display:none}</style>',
  '\u202egnp.exe\u2066',
  '<b style="position:fixed;inset:0">over all</b>',
];

describe.skipIf(CHROMIUM === undefined)(`hostile text${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  // Dialogs, errors and what the policy refuses fail every test of the browser.
  it.each(CORPUS)('%s is shown as it is, and does nothing', async (text) => {
    const fixture = await serveFixture({
      signedIn: true,
      jobs: 6,
      runs: 12,
      output: `${text}\n\x1b[31m${text}\x1b[0m\n`,
    });
    closers.push(fixture.close);
    const [job] = fixture.jobs;
    if (job === undefined) throw new Error('there is no job');
    const run: RunRecord = fixture.end(fixture.start(job), {
      status: 'failed',
      reason: text,
      message: text,
      note: text,
      by: text,
      args: { [text]: text },
      outputs: { [text]: text },
      steps: [{ name: text, status: 'failed', message: text, reason: text }],
    });
    fixture.rename(job, {
      name: text,
      description: text,
      target: text,
      schedules: [text],
      tz: text,
      origin: 'api',
      paused: true,
      pauses: [{ job: job.id, since: run.scheduledAt, until: null, by: text, note: text }],
      lastRun: run,
    });
    const page = await open();
    for (const hash of [
      '#/',
      '#/jobs',
      `#/jobs/${job.namespace}/${job.id}`,
      '#/runs',
      `#/runs/${run.namespace}/${run.id}`,
      `#/jobs?search=${encodeURIComponent(text)}`,
      `#/runs?job=${encodeURIComponent(text)}&until=${encodeURIComponent(text)}`,
      `#/jobs/${encodeURIComponent(text)}/${encodeURIComponent(text)}`,
      `#/runs/${encodeURIComponent(text)}/${encodeURIComponent(text)}`,
    ]) {
      await page.goto(fixture.url + hash);
      await page.locator('main').waitFor();
      await expect.poll(() => page.locator('.loading').count()).toBe(0);
      expect(await page.locator('main script, main iframe, main style, [onerror], [onload]').count()).toBe(0);
    }
    await page.goto(`${fixture.url}#/jobs/${job.namespace}/${job.id}`);
    await page.getByRole('heading', { name: text }).waitFor();
    await page.getByRole('button', { name: 'Trigger' }).click();
    await page.getByRole('dialog').getByText(text).first().waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${fixture.url}#/runs/${run.namespace}/${run.id}`);
    await expect
      .poll(() => page.getByRole('log').locator('.line-text').allTextContents())
      .toEqual([`${text}\n`, `${text}\n`]);
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy JSON' }).waitFor();
  });
});
