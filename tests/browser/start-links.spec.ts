// Another system starts a task: the link is made in the browser, used by a program, seen in the history, and taken away.
import { request } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTaskFile, waitUntilListed } from './tasks';

const TASK = `from jobs.base_job import BaseJob
class OrderJob(BaseJob):
    JOB_NAME = "Send order"
    OPTIONAL_PARAMS = [{"name": "order", "label": "Order", "default": "none"}]
    def execute(self):
        print("order", self.params.get("order"))
        return {}
`;

test('a shop starts a task by a link, once for each order, until the link is deleted', async ({ page, server }) => {
  await addTaskFile(server, 'send_order', TASK);
  await setUp(page, server);
  await waitUntilListed(page, 'Send order');
  await page.getByRole('link', { name: 'Send order' }).click();
  await page.getByRole('link', { name: 'Add a start link' }).click();
  await expectNoAxeViolations(page);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter a name');
  await page.getByLabel('Order (order)').check();
  await page.getByLabel('Name').fill('Web shop');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Start link made' })).toBeVisible();
  await expectNoAxeViolations(page);
  await look(page, 'start-link-made');
  const address = await page.getByLabel('Address').inputValue();
  expect(address.startsWith(server.url)).toBe(true);

  const program = await request.newContext();
  const order = { headers: { 'Idempotency-Key': 'order-7' }, data: { values: { order: '7' } } };
  const first = await program.post(address, order);
  expect(first.status()).toBe(201);
  const again = await program.post(address, order);
  expect(again.status()).toBe(200);
  const { run } = await first.json();
  expect((await again.json()).run).toBe(run);
  await expect.poll(async () => (await (await program.get(`${address}/runs/${run}`)).json()).status, { timeout: 20_000 }).toBe('success');

  await page.getByRole('link', { name: 'I have copied it' }).click();
  await expect(page.locator('#links')).toContainText('Web shop');
  await expect(page.locator('#links')).toContainText('Last used');
  await expect(page.locator('body')).not.toContainText(address);
  await expectNoAxeViolations(page);
  await look(page, 'start-links');
  await page.goto(`/runs/${run}`);
  await expect(page.locator('main')).toContainText('by the start link “Web shop”');
  await expect(page.locator('main')).toContainText('order 7');

  await page.goto('/tasks/send_order');
  await page.locator('#links').getByText('Delete', { exact: true }).click();
  await page.getByRole('button', { name: 'Delete the link “Web shop”' }).click();
  await expect(page.getByRole('status')).toContainText('Start link deleted');
  expect((await program.post(address)).status()).toBe(404);
});
