/**
 * Builds the page into `dist/web`, and serves it while it is worked on: see CONTRIBUTING.md.
 *
 * Addresses are relative, so that the page works below any path; nothing is inline, so that its policy can forbid that.
 */
import { defineConfig, type Plugin } from 'vite';
import { createFixture } from './test/support/web-fixture.ts';

/** Behind `npm run web`: a real server at this address, else one with made-up jobs. */
const api = process.env['SUPERTASK_API'];

const fixture: Plugin = {
  name: 'fixture',
  apply: 'serve',
  configureServer(server) {
    if (api !== undefined) return;
    const { handle } = createFixture({ signedIn: true, runs: 20_000 });
    server.middlewares.use((request, response, next) =>
      request.url?.startsWith('/api/v1/') ? handle(request, response) : next(),
    );
  },
};

export default defineConfig({
  root: 'src/web',
  base: './',
  plugins: [fixture],
  server: { proxy: api === undefined ? {} : { '/api/v1': api } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: 'chrome123',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
