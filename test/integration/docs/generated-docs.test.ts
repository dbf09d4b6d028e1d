/** The generated pages say what the product says. `npm run docs` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderCodesPage, renderReportsPage } from '../../support/generated-docs';

const PAGES: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['docs/codes.md', renderCodesPage],
  ['docs/reports.md', renderReportsPage],
];

it.each(PAGES)('%s is current', async (path, render) => {
  const file = resolve(__dirname, '../../..', path);
  const text = await render();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
