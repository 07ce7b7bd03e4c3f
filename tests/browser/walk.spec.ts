// The main job from end to end: a dropped-in job.py is configured, scheduled, run and read in a browser.
import { PASSWORD, setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expectNowhereAtRest, ResponseKeeper } from './secrets';
import { expect, test } from './server';
import { addSampleTask, addTask, reloadUntil, waitUntilListed } from './tasks';

const SLOW = 'for step in range(3000):\n    print(f"step {step}")\n    await asyncio.sleep(0.1)\nreturn {}';

test('an administrator sets up, runs, schedules and reads a task, and a power cut is explained', async ({ page, server }) => {
  test.setTimeout(240_000);
  const secret = 'CANARY-4c1d9e70-key';
  const responses = new ResponseKeeper(page);
  await addSampleTask(server);
  await addTask(server, 'slow', 'Slow count', SLOW);

  await test.step('the set-up link creates the administrator', async () => {
    await page.goto(server.setupLink);
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByRole('alert').or(page.locator('#error-summary'))).toContainText('Enter your name');
    await expectNoAxeViolations(page);
    await setUp(page, server);
    await waitUntilListed(page, 'My Custom Task');
    await waitUntilListed(page, 'Slow count');
    await expectNoAxeViolations(page);
  });

  await test.step('a missing key is named at its field and nothing typed is lost', async () => {
    await page.getByRole('link', { name: 'My Custom Task' }).click();
    await expectNoAxeViolations(page);
    await page.getByLabel('Batch Size').fill('100');
    await page.getByRole('button', { name: 'Save and run now' }).click();
    await expect(page.locator('[id="param.api_key-error"]')).toHaveText('Enter API Key');
    await expect(page).toHaveTitle(/^Error: /);
    await expect(page.getByLabel('Batch Size')).toHaveValue('100');
    await expectNoAxeViolations(page);
    await page.getByLabel('Batch Size').fill('many');
    await page.getByRole('textbox', { name: 'API Key' }).fill(secret);
    await page.getByRole('button', { name: 'Save and run now' }).click();
    await expect(page.locator('[id="param.batch_size-error"]')).toHaveText('Batch Size must be a whole number, like 100');
    await page.getByLabel('Batch Size').fill('100');
  });

  await test.step('the run succeeds with a hundred records, and its log is there', async () => {
    await page.getByRole('textbox', { name: 'API Key' }).fill(secret);
    await page.getByRole('button', { name: 'Save and run now' }).click();
    await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/);
    await expect(page.getByRole('log')).toContainText('Starting my custom task (batch_size=100)');
    await expect(page.locator('.run-status')).toHaveText('Succeeded');
    await expect(page.locator('main')).toContainText('100');
    await expect(page.locator('main')).toContainText('Saved, not shown');
    await expectNoAxeViolations(page);
  });

  await test.step('the key never comes back', async () => {
    await page.goto('/tasks/my_task');
    await expect(page.getByRole('textbox', { name: 'API Key' })).toHaveValue('');
    await expect(page.locator('main')).toContainText('by ann. Leave empty to keep it.');
  });

  await test.step('a schedule of every minute runs by itself', async () => {
    await page.getByRole('link', { name: 'Add a schedule' }).click();
    await expectNoAxeViolations(page);
    await page.getByLabel('Every so many minutes').check();
    await page.getByLabel('How many minutes, hours or days apart').fill('1');
    await page.getByLabel('Time zone').fill('Europe/Paris');
    await expect(page.locator('.next-runs li')).toHaveCount(5);
    await expect(page.locator('main')).toContainText('Every minute');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.getByRole('status').first()).toContainText('Next run');
    await expect(page.getByRole('heading', { name: 'Every minute' })).toBeVisible();
    // The schedule follows Paris, so its times are by the clocks of Paris, wherever the server stands.
    await expect(page.locator('#schedules .when-exact').first()).toHaveText(/ CES?T$/);
    await expectNoAxeViolations(page);
    const hasRun = async () => (await page.locator('.run-table tbody tr').count()) >= 2;
    await reloadUntil(page, '/runs?task=my_task&status=success', hasRun, 90_000);
    await expect(page.locator('.run-table tbody tr').first()).toContainText('Schedule');
    await expectNoAxeViolations(page);
  });

  let interrupted = '';
  await test.step('lines of a running task arrive while one looks', async () => {
    await page.goto('/tasks/slow');
    await page.getByRole('button', { name: 'Run now' }).click();
    await expect(page.getByRole('log')).toContainText('step 20');
    await expect(page.locator('.run-status')).toHaveText('Running');
    await expectNoAxeViolations(page);
    interrupted = page.url();
  });

  await test.step('after a power cut the run is closed with a reason and the schedule goes on', async () => {
    await server.kill9();
    await server.restart();
    await page.goto(interrupted);
    await expect(page.locator('.run-status')).toHaveText('Failed');
    await expect(page.locator('main')).toContainText('The server stopped while the task was running.');
    await expectNoAxeViolations(page);
    const since = Date.now();
    const ranAgain = async () => {
      const started = await page.locator('.run-table tbody tr').first().locator('time').first().getAttribute('datetime');
      return started !== null && Date.parse(started) > since - 1000;
    };
    await reloadUntil(page, '/runs?task=my_task&status=success', ranAgain, 90_000);
  });

  await test.step('a schedule can be paused, resumed and deleted', async () => {
    await page.goto('/tasks/my_task');
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.locator('#schedules')).toContainText('Paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.locator('#schedules')).toContainText('Next run');
    await page.locator('#schedules summary', { hasText: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete this schedule' }).click();
    await expect(page.getByRole('heading', { name: 'Every minute' })).toHaveCount(0);
  });

  await test.step('signing out closes every page, and the password opens them again', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/runs');
    await expect(page).toHaveURL(/\/login\?next=/);
    await expectNoAxeViolations(page);
    await page.getByLabel('Your name').or(page.getByLabel('Name')).first().fill('ann');
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/runs$/);
  });

  await responses.expectNowhere(secret);
  await expectNowhereAtRest(server, secret);
});

test('a running task is cancelled from its page', async ({ page, server }) => {
  await addTask(server, 'slow', 'Slow count', SLOW);
  await setUp(page, server);
  await waitUntilListed(page, 'Slow count');
  await page.goto('/tasks/slow');
  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(page.getByRole('log')).toContainText('step 3');
  await page.locator('summary', { hasText: 'Cancel run' }).click();
  await page.getByRole('button', { name: 'Cancel this run' }).click();
  await expect(page.locator('.run-status')).toHaveText('Cancelled');
});

test('a folder that does not load is a problem with place and advice, and a mended one is a task', async ({ page, server }) => {
  await addTask(server, 'broken', 'Broken', 'return {}\nimport no_such_package');
  await addTask(server, 'odd', 'Odd', '(');
  await setUp(page, server);
  await waitUntilListed(page, 'odd');
  await waitUntilListed(page, 'Broken');
  await expect(page.locator('#problems')).toContainText('job.py, line');
  await expect(page.locator('#problems')).toContainText('typing mistake');
  await expectNoAxeViolations(page);
  await page.getByRole('link', { name: 'Broken' }).click();
  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(page.locator('.run-status')).toHaveText('Succeeded');
});
