/** The page in a real browser: signing in, staying live, finding one's way. */
import { afterEach, describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../../support/browser.ts';
import { CODE, type FixtureOption, serveFixture } from '../../support/web-fixture.ts';

describe.skipIf(CHROMIUM === undefined)(`the page${NO_CHROMIUM}`, () => {
  const open = useBrowser();
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function serve(option: FixtureOption = {}) {
    const fixture = await serveFixture(option);
    closers.push(fixture.close);
    return fixture;
  }

  it('signs in by the code of a link, and takes it out of the address at once', async () => {
    const fixture = await serve();
    const page = await open();
    await page.goto(`${fixture.url}#code=${CODE}`);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    expect(page.url()).toBe(fixture.url);
    expect(fixture.asked.join('\n')).not.toContain(CODE);
    await page.goBack().catch(() => undefined);
    expect(page.url()).not.toContain(CODE);
  });

  it('signs out, and shows nothing of the server any more', async () => {
    const fixture = await serve();
    const page = await open();
    await page.goto(`${fixture.url}#code=${CODE}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Nobody is signed in here.').waitFor();
    await page.reload();
    await page.getByText('Nobody is signed in here.').waitFor();
  });

  it('says how to get a link to who is not signed in, and why a used one is no good', async () => {
    const fixture = await serve();
    const page = await open();
    await page.goto(fixture.url);
    await page.getByText('supertask serve --open').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.goto(`${fixture.url}#code=used`);
    await page.getByRole('alert').getByText('the link has been used').waitFor();
  });

  it('shows what happens as it happens, and events that are sent again only once', async () => {
    const fixture = await serve({ signedIn: true });
    const [job] = fixture.jobs;
    if (job === undefined) throw new Error('there is no job');
    const page = await open();
    await page.goto(`${fixture.url}#/runs?job=${job.id}&namespace=${job.namespace}`);
    await page.getByRole('row').nth(1).waitFor();
    const run = fixture.start(job);
    await page.locator(`a[href$="${run.id}"]`).first().getByText('running').waitFor();
    fixture.end(run, { status: 'failed', reason: 'exit-code', exitCode: 3 });
    await page.locator(`a[href$="${run.id}"]`).first().getByText('failed').waitFor();
    fixture.emitAgain();
    expect(await page.locator(`a[href$="${run.id}"]`).count()).toBe(1);
  });

  it('asks once for what many events touch', async () => {
    const fixture = await serve({ signedIn: true });
    const page = await open();
    await page.goto(`${fixture.url}#/jobs`);
    await page.getByRole('row').nth(1).waitFor();
    const before = fixture.asked.length;
    const answered = page.waitForResponse((response) => response.url().includes('/jobs'));
    for (let count = 0; count < 200; count++) fixture.emit('jobs', { namespace: 'crontab' });
    await answered;
    expect(fixture.asked.length - before).toBeLessThan(3);
  });

  it('says when the connection is lost, comes back by itself, and then asks for everything again', async () => {
    const fixture = await serve({ signedIn: true });
    const page = await open();
    await page.goto(`${fixture.url}#/jobs`);
    await page.getByText('Live', { exact: true }).waitFor();
    const refused = page.waitForResponse((response) => response.status() === 503);
    fixture.drop({ refuse: true });
    await page.getByText('Not connected').waitFor();
    await refused;
    const before = fixture.asked.length;
    fixture.drop();
    await page.getByText('Live', { exact: true }).waitFor();
    await expect
      .poll(() => fixture.asked.slice(before).some((asked) => asked.includes('/jobs')), { timeout: 10_000 })
      .toBe(true);
  });

  it('goes from page to page by keys, and lists them', async () => {
    const fixture = await serve({ signedIn: true });
    const page = await open();
    await page.goto(fixture.url);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.keyboard.type('gj');
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    const answered = page.waitForResponse((response) => response.url().includes('search=backup'));
    await page.keyboard.type('/backup');
    await answered;
    await page
      .getByRole('row')
      .nth(1)
      .getByRole('link', { name: /^backup/ })
      .waitFor();
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/jobs\/[^/]+\/[^/]+$/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('go to Runs').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('keeps the choice of light or dark', async () => {
    const fixture = await serve({ signedIn: true });
    const page = await open();
    await page.goto(fixture.url);
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: /^Colours/ }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    expect(await ground()).toBe(dark);
  });
});
