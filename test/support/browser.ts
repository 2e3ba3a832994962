/** A real browser for tests of the page. What the page is forbidden, or throws, fails the test that did it. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page, type Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `SUPERTASK_CHROMIUM`, else where distributions put it. */
export const CHROMIUM = process.env['SUPERTASK_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));

/** For the name of a `describe`, so that a report says why nothing ran. */
export const NO_CHROMIUM =
  CHROMIUM === undefined
    ? ' (skipped: there is no Chromium; apt-get install chromium, or SUPERTASK_CHROMIUM=PATH)'
    : '';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export type PageOption = {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
};

/** One browser for all tests of a file, and a context of its own for each page. */
export function useBrowser() {
  let browser: Browser | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    if (CHROMIUM !== undefined) browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });
  return async ({ dark = false, width = 1280, height = 800 }: PageOption = {}): Promise<Page> => {
    if (browser === undefined) throw new Error('there is no browser');
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      timezoneId: 'Europe/Berlin',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    watchRequests(page);
    // None of the page's own is one of the browser's.
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // Of an answer that is no good, the page itself has to tell.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    return page;
  };
}

/** Requests that are under way, by page; streams, which never end, are none of them. */
const going = new WeakMap<Page, Set<Request>>();

function watchRequests(page: Page): void {
  const requests = new Set<Request>();
  going.set(page, requests);
  page.on('request', (request) => {
    if (!/\/(?:events|follow)(?:\?|$)/.test(request.url())) requests.add(request);
  });
  page.on('requestfinished', (request) => void requests.delete(request));
  page.on('requestfailed', (request) => void requests.delete(request));
}

/** Nothing has been asked for, and not been answered, for a moment. */
export async function settled(page: Page): Promise<void> {
  const looks = 5;
  let quiet = 0;
  await expect
    .poll(
      () => {
        quiet = going.get(page)?.size === 0 ? quiet + 1 : 0;
        return quiet;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBeGreaterThanOrEqual(looks);
}
