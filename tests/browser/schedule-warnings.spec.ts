// What the schedule editor says before a schedule is saved, and how many occurrences an older one skipped.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, reloadUntil, waitUntilListed } from './tasks';

test.use({ timezoneId: 'Pacific/Honolulu' });

const preview = (page: Page) => page.locator('.editor-preview');

test('the editor points out what may not be meant', async ({ page, server }) => {
  test.setTimeout(240_000);
  await addTask(server, 'report', 'Report', 'await asyncio.sleep(70)\nreturn {}');
  await setUp(page, server);
  await waitUntilListed(page, 'Report');
  await page.goto('/tasks/report/schedules/new');
  await expect(page.locator('.editor.is-live')).toBeAttached();

  await test.step('the time on this computer stands beside the time of the zone', async () => {
    await page.getByLabel('Time zone').fill('Europe/Paris');
    await expect(preview(page).locator('li').first()).toContainText(/09:00 CES?T = (Sun|Mon|Tue|Wed|Thu|Fri|Sat) (21|22):00 your time/);
    await page.getByLabel('Time zone').fill('Pacific/Honolulu');
    await expect(preview(page).locator('li').first()).toContainText('HST');
    await expect(preview(page)).not.toContainText('your time');
    await page.getByLabel('Time zone').fill('Europe/Paris');
    await expect(preview(page)).toContainText('your time');
  });

  await test.step('a run in the night of a clock change is announced', async () => {
    await page.getByLabel('Times of day').fill('02:30');
    await expect(preview(page).locator('.notice-warning')).toContainText(/the clocks (skip 02:30, so it runs right after|show 02:30 twice)/);
  });

  await test.step('a first day that is over', async () => {
    await page.getByLabel('Times of day').fill('09:00');
    await page.locator('summary', { hasText: 'First and last day' }).click();
    await page.getByLabel('First day').fill('2020-01-01');
    await expect(preview(page).locator('.notice-warning')).toContainText('The first day, 1 Jan 2020, is over.');
    await page.getByLabel('First day').fill('');
  });

  await test.step('days that not every month has', async () => {
    await page.getByLabel('On certain days of the month').check();
    await page.getByLabel('Days of the month', { exact: true }).fill('31');
    await expect(preview(page).locator('.notice-warning')).toHaveText('Months without a 31st have their run on their last day instead.');
    await expectNoAxeViolations(page);
    await look(page, 'warning-month');
    await page.getByLabel('Advanced: a cron expression').check();
    await page.getByLabel('Cron expression', { exact: true }).fill('0 9 30 * *');
    await expect(preview(page).locator('.notice-warning')).toContainText('Months without a 30th have no run.');
    await page.getByLabel('Cron expression', { exact: true }).fill('* 9 * * *');
    await expect(preview(page).locator('.notice-warning')).toContainText('60 runs in each hour');
  });

  await test.step('runs that take longer than the time between them, and what they made of their occurrences', async () => {
    await page.getByLabel('Every so many minutes').check();
    await page.getByLabel('How many minutes, hours or days apart').fill('1');
    await page.getByLabel('Start it at once').check();
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.getByRole('status').first()).toContainText('Schedule saved.');
    const address = (await page.getByRole('link', { name: /^Change/ }).getAttribute('href'))!;
    await page.goto(address);
    await expect(page.locator('main')).not.toContainText('occurrence');
    const text = async () => page.locator('main').innerText();
    await reloadUntil(page, address, async () => (await text()).includes('Skipped occurrences: 1 of the last 2.'), 150_000);
    const isSlow = async () => (await text()).includes('A run usually takes 1 min 10 s, and the next is due 1 min after it began.');
    await reloadUntil(page, address, isSlow, 60_000);
    await expectNoAxeViolations(page);
    await look(page, 'warning-slow');
    await page.getByRole('link', { name: 'Its runs' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();
  });
});
