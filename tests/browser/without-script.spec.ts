// The same job in a browser that runs no JavaScript.
import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expect, test } from './server';
import { addSampleTask, reloadUntil, waitUntilListed } from './tasks';

test.use({ javaScriptEnabled: false });

test('everything works without JavaScript', async ({ page, server }) => {
  test.setTimeout(240_000);
  await addSampleTask(server);
  await setUp(page, server);
  await waitUntilListed(page, 'My Custom Task');
  await expectNoAxeViolations(page);

  await page.getByRole('link', { name: 'My Custom Task' }).click();
  await page.getByLabel('Batch Size').fill('25');
  await page.getByRole('button', { name: 'Save and run now' }).click();
  await expect(page.locator('[id="param.api_key-error"]')).toHaveText('Enter API Key');
  await expect(page.locator('#error-summary')).toContainText('Enter API Key');
  await expect(page.getByLabel('Batch Size')).toHaveValue('25');
  await expectNoAxeViolations(page);

  await page.getByRole('textbox', { name: 'API Key' }).fill('a key without script');
  await page.getByRole('button', { name: 'Save and run now' }).click();
  // The page of a run that goes on reloads itself.
  await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
  await expect(page.getByRole('log')).toContainText('batch_size=25');
  await expectNoAxeViolations(page);

  await page.goto('/tasks/my_task/schedules/new');
  await page.getByLabel('Advanced: a cron expression').check();
  await page.getByLabel('Cron expression', { exact: true }).fill('0 0 31 2 *');
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.locator('#cron-error')).toContainText('never comes round');
  await expectNoAxeViolations(page);
  await page.getByLabel('Cron expression', { exact: true }).fill('* * * * *');
  await page.getByLabel('Time zone').fill('Europe/Paris');
  await page.getByRole('button', { name: 'Show next runs' }).click();
  await expect(page.locator('.next-runs li')).toHaveCount(5);
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.locator('main')).toContainText('Next run');

  const hasRun = async () => (await page.locator('tbody tr').count()) >= 2;
  await reloadUntil(page, '/runs?task=my_task&status=success', hasRun, 90_000);
  await expectNoAxeViolations(page);
});
