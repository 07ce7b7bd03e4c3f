// A credential's life beyond its secret: the day on which it runs out, and tests by the tasks that use it.
import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expectNowhereAtRest, ResponseKeeper } from './secrets';
import { expect, test } from './server';
import { addTaskFile, waitUntilListed } from './tasks';

const CANARY = 'CANARY-shop-41c7';

/** Uses a credential, fails without "good" in it, and offers a test. */
const SHOP = `
from jobs.base_job import BaseJob


class ShopJob(BaseJob):
    JOB_NAME = "Fetch orders"
    REQUIRED_PARAMS = [{"name": "shop", "label": "Shop", "type": "credential"}]

    def check(self):
        if not self.params["shop"].endswith("good"):
            raise PermissionError("The shop refuses " + self.params["shop"])
        return "The shop answered"

    def execute(self):
        self.check()
        return {}


Job = ShopJob
`;

const PLAIN = SHOP.replace('def check', 'def look').replace('self.check()', 'self.look()').replace('Fetch orders', 'Send report');

/** A day so many days from now, as a date field takes it. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test('a credential that runs out is told of, replaced and tested', async ({ page, server }) => {
  test.setTimeout(180_000);
  const kept = new ResponseKeeper(page);
  await addTaskFile(server, 'orders', SHOP);
  await addTaskFile(server, 'report', PLAIN);
  await setUp(page, server);
  for (const title of ['Fetch orders', 'Send report']) await waitUntilListed(page, title);
  await test.step('a day that has passed is refused at its field', async () => {
    await page.goto('/credentials/new');
    await page.getByLabel('Name').fill('Shop');
    await page.getByRole('textbox', { name: 'Secret' }).fill(CANARY);
    await page.getByLabel('Runs out on').fill(inDays(-3));
    await page.getByRole('button', { name: 'Save credential' }).click();
    await expect(page.getByRole('alert')).toContainText('must not have passed');
    await expect(page.getByLabel('Runs out on')).toHaveValue(inDays(-3));
    await page.getByRole('textbox', { name: 'Secret' }).fill(CANARY);
    await page.getByLabel('Runs out on').fill(inDays(12));
    await page.getByRole('button', { name: 'Save credential' }).click();
    await expect(page.getByRole('table')).toContainText('Runs out in 12 days');
    await expectNoAxeViolations(page);
  });
  await test.step('Home names it with the tasks that use it', async () => {
    for (const task of ['orders', 'report']) {
      await page.goto(`/tasks/${task}`);
      await page.getByLabel('Shop').selectOption({ label: 'Shop' });
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(page.getByRole('status').first()).toContainText('Settings saved.');
    }
    await page.goto('/');
    const attention = page.getByRole('region', { name: 'What needs attention?' });
    await expect(attention).toContainText('Runs out in 12 days');
    await expect(attention.getByRole('link', { name: 'Send report' })).toBeVisible();
    await expectNoAxeViolations(page);
    await attention.getByRole('link', { name: 'Replace the secret' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Shop' })).toBeVisible();
  });
  await test.step('its test says what each task says, without the secret', async () => {
    await page.getByRole('button', { name: 'Test this credential' }).click();
    const results = page.locator('#tested');
    await expect(results).toContainText('Failed');
    await expect(results).toContainText('The shop refuses [secret]');
    await expect(results).toContainText('This task offers no test.');
    await expect(results).toContainText('Tested ');
    await expectNoAxeViolations(page);
  });
  await test.step('a new secret forgets the day and can be tested at once', async () => {
    await page.getByRole('textbox', { name: 'New secret' }).fill(`${CANARY}-good`);
    await page.getByRole('button', { name: 'Replace secret' }).click();
    await expect(page.getByRole('status').first()).toContainText('Secret replaced.');
    await expect(page.locator('main')).not.toContainText('Runs out in');
    await page.getByRole('button', { name: 'Test it' }).click();
    await expect(page.locator('#tested')).toContainText('The shop answered');
    await expect(page.locator('#tested')).toContainText('Passed');
  });
  await kept.expectNowhere(CANARY);
  await expectNowhereAtRest(server, CANARY);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the test of a credential answers as well', async ({ page, server }) => {
    await addTaskFile(server, 'orders', SHOP);
    await setUp(page, server);
    await waitUntilListed(page, 'Fetch orders');
    await page.goto('/credentials/new');
    await page.getByLabel('Name').fill('Shop');
    await page.getByRole('textbox', { name: 'Secret' }).fill('good');
    await page.getByRole('button', { name: 'Save credential' }).click();
    await page.getByRole('link', { name: 'Shop', exact: true }).click();
    await expect(page.locator('main')).toContainText('no task uses this one yet');
    await page.goto('/tasks/orders');
    await page.getByLabel('Shop').selectOption({ label: 'Shop' });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto('/credentials');
    await page.getByRole('link', { name: 'Shop', exact: true }).click();
    await page.getByRole('button', { name: 'Test this credential' }).click();
    await expect(page.locator('#tested')).toContainText('Passed');
  });
});
