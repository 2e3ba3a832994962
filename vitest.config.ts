/** Two projects: what needs nothing but Node and common tools, and what needs a container engine, a browser or the whole machine. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const MACHINE = [
  'test/**/docker*.test.ts',
  'test/**/container*.test.ts',
  'test/faults/**/*.test.ts',
  'test/web/browser/**/*.test.ts',
  'test/package.test.ts',
];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  define: { SUPERTASK_VERSION: JSON.stringify(version) },
  test: {
    globalSetup: 'test/support/build.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Real processes on a machine that others load, too: in CI one that was too slow once is asked again.
    retry: process.env['CI'] === undefined ? 0 : 1,
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/fixtures/**', ...MACHINE] },
      },
      { extends: true, test: { name: 'machine', include: MACHINE, exclude: ['test/fixtures/**'] } },
    ],
  },
});
