// The log of a run: long, coloured, with errors far from its end; found by words and level, with and without JavaScript.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, waitUntilListed } from './tasks';

const LONG = `for index in range(1, 3001):
    print(f"order {index} copied" + (" to the NORTH shop" if index in (7, 1500) else ""))
    if index == 40:
        logging.error("the south shop did not answer")
    if index == 2000:
        logging.error("the east shop did not answer")
print("\\033[31;1mred and bold\\033[0m, \\033[36mcyan\\033[0m <b>not markup</b>")
print("10 %\\r50 %\\r100 %")
raise ValueError("2 shops did not answer")`;

const log = (page: Page) => page.getByRole('log');

async function startLong(page: Page): Promise<string> {
  await waitUntilListed(page, 'Copy orders');
  await page.goto('/tasks/copy');
  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(page.locator('.run-status')).toHaveText('Failed', { timeout: 60_000 });
  return new URL(page.url()).pathname;
}

async function find(page: Page, run: string, text: string): Promise<void> {
  await page.goto(run);
  await page.getByText('Find and filter').click();
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
}

test('a long log opens where it went wrong, and any line of it is found', async ({ page, server }) => {
  test.setTimeout(180_000);
  await addTask(server, 'copy', 'Copy orders', LONG);
  await setUp(page, server);
  const run = await startLong(page);

  await test.step('a failed run opens at its first error, wherever that is', async () => {
    await page.goto(run);
    // The page stays at its top, where the cause stands; the log in it has moved to the error.
    await page.locator('#log-title').scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 600);
    await expect(page.locator('.log-line.is-error').first()).toBeInViewport();
    await expect(page.locator('.log-line.is-error').first()).toContainText('the south shop did not answer');
    await expectNoAxeViolations(page);
    await look(page, 'log-failed');
    await page.getByRole('link', { name: /^First error, line \d+$/ }).click();
    await expect(page.locator('.log-line:target')).toContainText('the south shop did not answer');
    await expect(page.locator('.log-line:target')).toBeInViewport();
  });

  await test.step('lines are found in the whole log, and what was looked for is marked', async () => {
    await find(page, run, 'north');
    await expect(page.locator('#log-links')).toContainText('2 lines match');
    await expect(page.locator('.log-line')).toHaveCount(2);
    await expect(page.locator('.log-line mark')).toHaveText(['NORTH', 'NORTH']);
    await expectNoAxeViolations(page);
    await look(page, 'log-found');
    await page.locator('.log-line').nth(1).getByRole('link', { name: /^Line/ }).click();
    await expect(page.locator('.log-line:target')).toContainText('order 1500 copied to the NORTH shop');
    await expect(page.locator('.log-line:target')).toBeInViewport();
    await find(page, run, 'nothing like this');
    await expect(page.locator('.log-card')).toContainText('No line matches');
    await expectNoAxeViolations(page);
  });

  await test.step('only warnings and errors, and the time since the start', async () => {
    await page.goto(run);
    await page.getByText('Find and filter').click();
    await page.getByLabel('Lines', { exact: true }).selectOption('Errors');
    await page.getByLabel('Times', { exact: true }).selectOption('Since the start');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page.locator('.log-line').first()).toContainText('the south shop did not answer');
    await expect(page.locator('.log-line').first().locator('time')).toHaveText(/^\+\d+:\d\d\.\d$/);
    expect(await page.locator('.log-line').count()).toBeLessThan(10);
    await page.getByRole('link', { name: 'Show all' }).click();
    expect(await page.locator('.log-line').count()).toBeGreaterThan(100);
  });

  await test.step('colours of a terminal are colours, a progress line is its last state, and markup is text', async () => {
    await find(page, run, 'not markup');
    await expect(page.locator('.log-text .ansi-31.ansi-bold')).toHaveText('red and bold');
    await expect(page.locator('.log-text')).toContainText('cyan <b>not markup</b>');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectNoAxeViolations(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await expectNoAxeViolations(page);
    await find(page, run, '100 %');
    await expect(page.locator('.log-text').first()).toHaveText('100 %');
    const download = await page.request.get(`${run}/log.txt`);
    const text = await download.text();
    expect(text).toContain('red and bold, cyan <b>not markup</b>');
    expect(text.split('\n').length).toBeGreaterThan(3000);
  });

  await test.step('long lines wrap or not, and a narrow screen keeps its width', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(run);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.getByText('Find and filter').click();
    await page.getByLabel('Wrap long lines').uncheck();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await look(page, 'log-narrow');
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('lines are found and errors lead on', async ({ page, server }) => {
    test.setTimeout(120_000);
    await addTask(server, 'copy', 'Copy orders', LONG);
    await setUp(page, server);
    const run = await startLong(page);
    await find(page, run, 'north');
    await expect(page.locator('.log-line mark')).toHaveText(['NORTH', 'NORTH']);
    await page.goto(run);
    await page.getByRole('link', { name: /^First error, line \d+$/ }).click();
    await expect(page.locator('.log-line:target')).toContainText('the south shop did not answer');
    await expectNoAxeViolations(page);
    await expect(log(page)).toContainText('the south shop');
  });
});
