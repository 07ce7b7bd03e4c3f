// Care with schedules: checked before they start, slips pointed out, changes taken back, many paused at once.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, waitUntilListed } from './tasks';

const message = (page: Page) => page.getByRole('status').first();
const item = (page: Page, title: string) =>
  page.locator('.schedule-list > li').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const save = (page: Page) => page.getByRole('button', { name: 'Save schedule' }).click();

test('a schedule is checked first, and a slip or a change can be taken back', async ({ page, server }) => {
  test.setTimeout(180_000);
  await addTask(server, 'report', 'Report', 'return {}');
  await setUp(page, server);
  await waitUntilListed(page, 'Report');

  await test.step('of a task that nobody has seen working, it is kept paused', async () => {
    await page.goto('/tasks/report/schedules/new');
    await expect(page.getByLabel('Keep it paused until I have checked it')).toBeChecked();
    await save(page);
    await expect(message(page)).toContainText('Schedule saved, and paused.');
    await expect(item(page, 'Every day at 09:00')).toContainText('Paused');
    await expectNoAxeViolations(page);
    await look(page, 'schedule-draft');
    await item(page, 'Every day at 09:00').getByRole('button', { name: 'Run once to check' }).click();
    await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
    await page.goto('/tasks/report');
    await item(page, 'Every day at 09:00').getByRole('button', { name: 'Start' }).click();
    await expect(item(page, 'Every day at 09:00')).toContainText('Next run');
    await page.goto('/tasks/report/schedules/new');
    await expect(page.getByLabel('Start it at once')).toBeChecked();
  });

  await test.step('a star where a number was meant is pointed out, and forbids nothing', async () => {
    await page.goto('/tasks/report');
    await item(page, 'Every day at 09:00').getByRole('link', { name: 'Change' }).click();
    await expect(page.locator('.editor.is-live')).toBeAttached();
    await page.getByLabel('Advanced: a cron expression').check();
    await page.getByLabel('Cron expression', { exact: true }).fill('* 9 * * *');
    await expect(page.locator('.editor-preview')).toContainText('write 0 first: 0 9 * * *');
    await expectNoAxeViolations(page);
    await look(page, 'schedule-caution');
    await save(page);
    await expect(message(page)).toContainText('Schedule saved.');
  });

  await test.step('the change is taken back', async () => {
    await page.locator('.schedule-list > li').first().getByRole('link', { name: 'Change' }).click();
    const earlier = page.getByRole('region', { name: 'Earlier versions' });
    await expect(earlier).toContainText('Every day at 09:00, UTC time');
    await expect(earlier).toContainText('changed by ann');
    await expectNoAxeViolations(page);
    await look(page, 'schedule-earlier');
    await earlier.getByRole('button', { name: 'Put this back' }).click();
    await expect(item(page, 'Every day at 09:00')).toBeVisible();
  });

  await test.step('a duplicate begins with all that the other has', async () => {
    await item(page, 'Every day at 09:00').getByRole('link', { name: 'Change' }).click();
    await page.getByLabel('On certain days of the week').check();
    await page.getByLabel('Times of day').fill('07:15');
    await save(page);
    await page.locator('.schedule-list > li').first().getByRole('link', { name: 'Duplicate' }).click();
    await expect(page.getByLabel('On certain days of the week')).toBeChecked();
    await expect(page.getByLabel('Times of day')).toHaveValue('07:15');
    await page.getByLabel('Times of day').fill('19:15');
    await save(page);
    await expect(page.locator('.schedule-list > li')).toHaveCount(2);
  });

  await test.step('several are paused and resumed at once', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'All schedules' }).click();
    await expect(page.locator('.schedule-table tbody tr')).toHaveCount(2);
    await page.getByRole('button', { name: 'Pause the ticked ones' }).click();
    await expect(message(page)).toContainText('Nothing was ticked.');
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Pause the ticked ones' }).click();
    await expect(message(page)).toContainText('2 schedules paused.');
    await expect(page.locator('.schedule-table')).toContainText('Paused');
    await expectNoAxeViolations(page);
    await look(page, 'schedules');
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Resume the ticked ones' }).click();
    await expect(message(page)).toContainText('2 schedules resumed.');
  });
});
