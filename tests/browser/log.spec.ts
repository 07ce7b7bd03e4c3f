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
  test.setTimeout(400_000);
  await addTask(server, 'copy', 'Copy orders', LONG);
  await setUp(page, server);
  const run = await startLong(page);

  await test.step('a failed run opens at its first error, wherever that is', async () => {
    await page.goto(run);
    // The page stays at its top, where the cause stands; the log in it has moved to the error.
    await log(page).evaluate((frame) => frame.scrollIntoView({ block: 'center' }));
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

  await test.step('more matches than a page shows are gone through one by one and part by part', async () => {
    await find(page, run, 'copied');
    const at = page.locator('.log-matches [role=status]');
    const current = page.locator('.log-line.is-current');
    await expect(page.locator('#log-links')).toContainText('Matches 1 to 500 of 3000');
    await expect(at).toHaveText('Match 1 of 3000');
    await page.getByRole('link', { name: 'Next match' }).click();
    await expect(at).toHaveText('Match 2 of 3000');
    await expect(current).toContainText('order 2 copied');
    await expect(current).toHaveAttribute('aria-current', 'true');
    const box = page.getByLabel('Text', { exact: true });
    for (let press = 0; press < 8; press += 1) await box.press('Enter');
    await expect(at).toHaveText('Match 10 of 3000');
    await expect(current).toBeInViewport();
    await box.press('Shift+Enter');
    await expect(current).toContainText('order 9 copied');
    await expectNoAxeViolations(page);
    await look(page, 'log-matches');
    await page.getByRole('link', { name: 'Later matches' }).click();
    await expect(at).toHaveText('Match 501 of 3000');
    await expect(current).toContainText('order 501 copied');
    await box.press('Shift+Enter');
    await expect(at).toHaveText('Match 500 of 3000');
    await expect(current).toBeInViewport();
    await page.getByRole('link', { name: 'Next match' }).click();
    await expect(at).toHaveText('Match 501 of 3000');
    await page.getByRole('link', { name: 'Earlier matches' }).click();
    await expect(at).toHaveText('Match 500 of 3000');
    await find(page, run, 'north');
    await page.getByRole('link', { name: 'Previous match' }).click();
    await expect(at).toHaveText('Match 2 of 2');
    await expect(current).toContainText('order 1500');
    await box.fill('south');
    await box.press('Enter');
    await expect(page.locator('.log-line mark').first()).toHaveText('south');
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
    await find(page, run, 'bold, cyan');
    await expect(page.locator('.log-line mark')).toHaveText(['bold', ', ', 'cyan']);
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

  await test.step('what was chosen is remembered for every log', async () => {
    await page.goto(run);
    await expect(page.locator('#log-wrap')).not.toBeChecked();
    await page.getByText('Find and filter').click();
    await page.getByLabel('Wrap long lines').check();
    await page.goto(run);
    await expect(page.locator('#log-wrap')).toBeChecked();
    await expect(page.locator('.log-card')).not.toContainText('Times in');
    await page.getByText('Find and filter').click();
    await page.getByLabel('Times', { exact: true }).selectOption('Time of day');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.goto(run);
    await expect(page.locator('.log-card')).toContainText('Times in');
    await expect(page.locator('.log-line').first().locator('time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  });

  await test.step('copied lines are what the task wrote', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await find(page, run, 'north');
    const copied = await page.evaluate(() => {
      getSelection()!.selectAllChildren(document.querySelector('.log')!);
      return getSelection()!.toString();
    });
    expect(copied.trim().split(/\n+/)).toEqual(['order 7 copied to the NORTH shop', 'order 1500 copied to the NORTH shop']);
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
    await find(page, run, 'copied');
    await page.getByRole('link', { name: 'Next match' }).click();
    await expect(page.locator('.log-line.is-current')).toContainText('order 2 copied');
    await expect(page.locator('.log-matches [role=status]')).toHaveText('Match 2 of 3000');
    await page.getByRole('link', { name: 'Later matches' }).click();
    await page.getByRole('link', { name: 'Previous match' }).click();
    await expect(page.locator('.log-matches [role=status]')).toHaveText('Match 500 of 3000');
    await page.getByLabel('Wrap long lines').uncheck();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.goto(run);
    await page.getByText('Find and filter').click();
    await expect(page.getByLabel('Wrap long lines')).not.toBeChecked();
    await page.getByRole('link', { name: /^First error, line \d+$/ }).click();
    await expect(page.locator('.log-line:target')).toContainText('the south shop did not answer');
    await expectNoAxeViolations(page);
    await expect(log(page)).toContainText('the south shop');
  });
});
