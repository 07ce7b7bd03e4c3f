// How fast, accessible and well-behaved the main pages are by Lighthouse, and how much a page makes the browser load.
import { brotliCompressSync, constants } from 'node:zlib';

import { chromium } from '@playwright/test';
import lighthouse, { type Config, type Flags } from 'lighthouse';

import { setUp } from './account';
import { expect, test } from './server';
import { addSampleTask, waitUntilListed } from './tasks';

const LEAST = 98;
/** Bytes of WebAssembly and JavaScript, compressed, on any page. */
const BUDGET = 150 * 1024;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
/** A time that a busy machine takes decides about no other work: speed is asked for by `make lighthouse` only. */
const ASKED = process.env.MEASURE ? CATEGORIES : CATEGORIES.filter((name) => name !== 'performance');

test('Home, a task and a run score at least 98, and load at most 150 KB of code', async ({ page, server }) => {
  test.setTimeout(300_000);
  await addSampleTask(server);
  await setUp(page, server);
  await waitUntilListed(page, 'My Custom Task');
  await page.goto('/tasks/my_task');
  await page.getByRole('textbox', { name: 'API Key' }).fill('k');
  await page.getByRole('button', { name: 'Save and run now' }).click();
  await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
  const run = new URL(page.url()).pathname;
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

  const bytes: Record<string, number> = {};
  for (const asset of ['/pkg/insightmesh.js', '/pkg/insightmesh.wasm']) {
    const body = await (await page.request.get(asset)).body();
    bytes[asset] = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
  const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  console.log(`code: ${JSON.stringify(bytes)}, together ${total} bytes`);
  expect(total).toBeLessThan(BUDGET);

  const port = 20_000 + (process.pid % 20_000);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  });
  try {
    for (const address of ['/', '/tasks/my_task', run]) {
      const flags: Flags = { port, output: 'json', logLevel: 'error', extraHeaders: { Cookie: cookie }, onlyCategories: CATEGORIES };
      const config: Config = { extends: 'lighthouse:default', settings: { formFactor: 'desktop', screenEmulation: { mobile: false, width: 1280, height: 900, deviceScaleFactor: 1, disabled: false } } };
      // The best of two: the machine does other things meanwhile.
      let best: Record<string, number> = {};
      let worst: string[] = [];
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const result = await lighthouse(server.url + address, flags, config);
        const { categories, audits } = result!.lhr;
        const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round((categories[name]?.score ?? 0) * 100)]));
        worst = Object.values(audits)
          .filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative')
          .map(({ id, displayValue }) => `${id} ${displayValue ?? ''}`);
        best = Object.fromEntries(CATEGORIES.map((name) => [name, Math.max(best[name] ?? 0, scores[name]!)]));
        if (ASKED.every((name) => best[name]! >= LEAST)) break;
      }
      console.log(`${address}: ${JSON.stringify(best)} ${worst.join('; ')}`);
      for (const name of ASKED) expect.soft(best[name], `${name} of ${address}: ${worst.join('; ')}`).toBeGreaterThanOrEqual(LEAST);
    }
  } finally {
    await browser.close();
  }
});
