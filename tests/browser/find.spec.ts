// Going anywhere by name, from the keyboard, by the button and without scripts; and help, which is among what is found.
import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, waitUntilListed } from './tasks';

test('a task is reached from any page with a few keys', async ({ page, server }) => {
  await addTask(server, 'orders', 'Fetch orders', 'return {}');
  await addTask(server, 'report', 'Send report', 'return {}');
  await setUp(page, server);
  await waitUntilListed(page, 'Send report');
  await page.goto('/calendars');
  const box = page.getByRole('dialog', { name: 'Find' });
  const field = box.getByRole('combobox');
  const options = box.getByRole('option');
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(box).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(field).toBeFocused();
  await expect(options.first()).toContainText('Home');
  await page.keyboard.type('report');
  await expect(options).toHaveText([/^Send report\s*Task$/, /^Runs of Send report/, /^Add a schedule to Send report/]);
  await expect(options.nth(0)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await expect(options.nth(2)).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await options.nth(2).getAttribute('id'))!);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoAxeViolations(page);
  }
  await look(page, 'palette-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoAxeViolations(page);
  await look(page, 'palette-narrow');
  await page.setViewportSize({ width: 1280, height: 720 });
  await look(page, 'palette');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/tasks\/report$/);
});

test('the box closes as it opened, says when nothing has such a name, and goes to a part of the page it lies over', async ({
  page,
  server,
}) => {
  await setUp(page, server);
  const button = page.getByRole('link', { name: /^Find/ });
  const box = page.getByRole('dialog', { name: 'Find' });
  await page.goto('/help');
  await expect(async () => {
    await page.goto('/help');
    await button.click();
    await expect(box).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.keyboard.type('no such thing');
  await expect(box.getByRole('status')).toHaveText('Nothing has such a name.');
  await expect(box.getByRole('option')).toHaveCount(0);
  await expectNoAxeViolations(page);
  await page.keyboard.press('Escape');
  await expect(box).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(box).toBeVisible();
  await box.getByRole('combobox').fill('password has changed');
  await box.getByRole('option').click();
  await expect(box).toBeHidden();
  await expect(page).toHaveURL(/\/help#password$/);
  await expect(page.getByRole('heading', { name: 'A password has changed. Where do I enter it?' })).toBeInViewport();
  await server.stop();
  await button.click();
  await box.getByRole('combobox').fill('tasks');
  await expect(box.getByRole('status')).toHaveText('The server does not answer.');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the same is a page', async ({ page, server }) => {
    await addTask(server, 'orders', 'Fetch orders', 'return {}');
    await setUp(page, server);
    await waitUntilListed(page, 'Fetch orders');
    await page.getByRole('link', { name: /^Find/ }).click();
    await page.getByLabel('Words of its name').fill('ORDERS fetch');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: 'Fetch orders', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Fetch orders' })).toBeVisible();
    await page.getByRole('link', { name: 'Help' }).click();
    await page.getByRole('link', { name: 'A run failed. What now?' }).click();
    await expect(page.getByRole('heading', { name: 'A run failed. What now?' })).toBeInViewport();
  });
});
