// Home, the list of tasks and the coming week, as an administrator meets them: empty, then with runs that go well and badly.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { createAccount } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, reloadUntil, waitUntilListed } from './tasks';

const WAIT = 'while not __import__("os").path.exists(__file__.replace("job.py", "go")): await asyncio.sleep(0.05)\nreturn {}';

test('home answers what fails, what runs and what is next, and keeps itself up to date', async ({ page, server }) => {
  test.setTimeout(180_000);
  await createAccount(page, server);
  await expect(page.locator('#current')).toContainText('There are no tasks yet.');
  await expect(page.locator('.step-done')).toHaveCount(0);
  await expectNoAxeViolations(page);
  await look(page, 'home-empty');

  await addTask(server, 'good', 'Good task', 'return {}');
  await addTask(server, 'bad', 'Bad task', 'raise ValueError("The shop is closed")');
  await addTask(server, 'long', 'Long task', WAIT);
  await waitUntilListed(page, 'Long task');
  for (const title of ['Good task', 'Bad task', 'Long task']) {
    await page.goto('/tasks');
    await page.getByRole('button', { name: new RegExp(`Run now.*${title}`) }).click();
    await expect(page.locator('.badge').first()).toBeVisible();
  }
  await page.goto('/tasks/good/schedules/new');
  await expect(page.getByLabel('Start it at once')).toBeChecked();
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.getByRole('status').first()).toContainText('Schedule saved.');

  await page.goto('/');
  await reloadUntil(page, '/', async () => (await page.locator('.headline').innerText()).includes('1 task failed'), 20_000);
  await expect(page.locator('.step')).toHaveCount(0);
  const failing = page.getByRole('region', { name: 'Is anything failing?' });
  await expect(failing).toContainText('Bad task');
  await expect(failing).toContainText('The task stopped with an error.');
  await expect(page.getByRole('region', { name: 'What is running?' })).toContainText('Long task');
  await expect(page.getByRole('region', { name: 'What is next?' })).toContainText('Good task');
  await expectNoAxeViolations(page);
  await look(page, 'home-full');

  // Without a reload: the page notices by itself that the long task has ended.
  await page.evaluate(() => Object.assign(window, { same: true }));
  await writeFile(path.join(server.tasksDir, 'long/go'), '');
  await expect(page.getByRole('region', { name: 'What is running?' })).toContainText('Nothing is running.', { timeout: 30_000 });
  expect(await page.evaluate(() => 'same' in window)).toBe(true);
  await page.getByRole('button', { name: 'Stop updating' }).click();
  await expect(page.getByRole('button', { name: 'Keep up to date' })).toBeVisible();

  await page.getByRole('link', { name: 'The coming week' }).click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveCount(7);
  await expect(page.locator('.week')).toContainText('09:00');
  await expectNoAxeViolations(page);
  await look(page, 'week');

  await page.goto('/tasks');
  await expect(page.getByRole('row', { name: /Bad task/ })).toContainText('0 of 1 succeeded');
  await expect(page.getByRole('row', { name: /Good task/ })).toContainText('1 of 1 succeeded');
  await expectNoAxeViolations(page);
  await look(page, 'tasks');
  await page.setViewportSize({ width: 360, height: 740 });
  await look(page, 'tasks-narrow');
  await page.goto('/');
  await look(page, 'home-narrow');
  await page.goto('/tasks?q=nothing+such');
  await expect(page.locator('main')).toContainText('Nothing matches');
  await expectNoAxeViolations(page);
  await page.goto('/tasks?q=good');
  await expect(page.getByRole('row', { name: /task/ })).toHaveCount(1);
});

test('the first steps are ticked from what is there, and can be hidden', async ({ page, server }) => {
  await addTask(server, 'good', 'Good task', 'return {}');
  await createAccount(page, server);
  await reloadUntil(page, '/', async () => (await page.locator('.step-done').count()) === 1, 15_000);
  await look(page, 'home-first-steps');
  await expectNoAxeViolations(page);
  await page.getByRole('button', { name: 'Hide this list' }).click();
  await expect(page.locator('.step')).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.step')).toHaveCount(0);
});
