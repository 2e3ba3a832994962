/**
 * What is made from the table of routes and lies in the repository, as it is now. `npm run generate` makes it anew.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { describeRoutes } from '../../src/http/routes/document.ts';
import { ROUTES } from '../../src/http/routes/table.ts';
import { apiPage } from '../support/api-page.ts';
import { ROOT } from '../support/build.ts';
import { clientTypes } from '../support/client-type.ts';

const document = async () => (await describeRoutes(ROUTES)) as never;

it('docs/api.md describes the routes', async () => {
  await expect(apiPage(await document())).toMatchFileSnapshot(join(ROOT, 'docs/api.md'));
});

it('src/web/api/schema.ts has their types', async () => {
  await expect(clientTypes(await document())).toMatchFileSnapshot(join(ROOT, 'src/web/api/schema.ts'));
});

it('and these are types', async () => {
  const source = ts.createSourceFile('schema.ts', clientTypes(await document()), ts.ScriptTarget.ES2022);
  expect(source).toHaveProperty('parseDiagnostics', []);
});
