// Many schedules: narrowed by the address, a page at a time, paused together and taken back.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, waitUntilListed } from './tasks';

const message = (page: Page) => page.getByRole('status').first();
const rows = (page: Page) => page.locator('.schedule-table tbody tr');
const tab = (page: Page, word: string) => page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: word });

async function add(page: Page, task: string, time: string): Promise<void> {
  await page.goto(`/tasks/${task}/schedules/new`);
  await page.getByLabel('Times of day').fill(time);
  await page.getByLabel('Start it at once').check();
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(message(page)).toContainText('Schedule saved.');
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('schedules are found, paused together, and resumed by Undo', async ({ page, server }) => {
      test.setTimeout(120_000);
      await addTask(server, 'orders', 'Fetch orders', 'return {}');
      await addTask(server, 'mail', 'Send letters', 'return {}');
      await setUp(page, server);
      await waitUntilListed(page, 'Send letters');
      await page.goto('/schedules');
      await expect(page.getByRole('heading', { name: 'No schedules yet' })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Show' })).toHaveCount(0);
      for (const time of ['01:00', '02:00', '03:00']) await add(page, 'orders', time);
      await add(page, 'mail', '04:00');

      await page.goto('/schedules');
      await expect(rows(page)).toHaveCount(4);
      await expect(tab(page, 'All')).toContainText('4');
      await page.getByLabel("Words in the task's name").fill('ORDER');
      await page.getByRole('button', { name: 'Show' }).click();
      await expect(page).toHaveURL(/[?&]text=ORDER/);
      await expect(rows(page)).toHaveCount(3);
      await expect(tab(page, 'Active')).toContainText('3');

      const all = page.getByLabel('Tick all on this page');
      if (javaScriptEnabled) {
        await all.check();
        for (const box of await rows(page).getByRole('checkbox').all()) await expect(box).toBeChecked();
        await rows(page).first().getByRole('checkbox').uncheck();
      } else {
        await expect(all).toBeHidden();
        for (const box of (await rows(page).getByRole('checkbox').all()).slice(1)) await box.check();
      }
      await page.getByRole('button', { name: 'Pause the ticked ones' }).click();
      await expect(message(page)).toContainText('2 schedules paused.');
      await expect(page.getByLabel("Words in the task's name")).toHaveValue('ORDER');
      await expect(rows(page)).toHaveCount(3);
      await expectNoAxeViolations(page);
      await look(page, `schedules-undo${javaScriptEnabled ? '' : '-plain'}`);
      await tab(page, 'Paused').click();
      await expect(page).toHaveURL(/state=paused&text=ORDER|text=ORDER&state=paused/);
      await expect(rows(page)).toHaveCount(2);
      await page.goBack();
      await page.getByRole('button', { name: 'Undo pausing 2 schedules' }).click();
      await expect(message(page)).toHaveText('Taken back for 2 schedules.');
      await expect(tab(page, 'Active')).toContainText('3');

      await page.getByRole('button', { name: 'Pause the ticked ones' }).click();
      await expect(message(page)).toHaveText('Nothing was ticked.');
      await tab(page, 'No more runs').click();
      await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
      await expectNoAxeViolations(page);
      await look(page, 'schedules-nothing');
      await page.getByRole('main').getByRole('link', { name: 'Clear filters' }).last().click();
      await expect(rows(page)).toHaveCount(4);
      await page.getByLabel('Task', { exact: true }).selectOption({ label: 'Send letters' });
      await page.getByRole('button', { name: 'Show' }).click();
      await expect(rows(page)).toHaveCount(1);
    });
  });
}
