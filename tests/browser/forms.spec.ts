// A task's settings form with a parameter of every type, and the credentials it may use.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expectNowhereAtRest, ResponseKeeper } from './secrets';
import { expect, test } from './server';
import { addTaskFile, EVERY_TYPE, waitUntilListed } from './tasks';

const SECRET = 'CANARY-77aa01-shop';
const REPORT = { name: 'march.csv', mimeType: 'text/csv', buffer: Buffer.from('1;2;3') };

const field = (page: Page, name: string) => page.locator(`[id="param.${name}"]`);
const errorOf = (page: Page, name: string) => page.locator(`[id="param.${name}-error"]`);

/** Fills in every field but the file and the credential; what is given replaces a value. */
async function fillIn(page: Page, other: Record<string, string> = {}): Promise<void> {
  const texts: Record<string, string> = {
    title: 'Sales',
    body: 'First line\nsecond line',
    amount: '2.5',
    rows: '20',
    mail: 'ann@example.com',
    site: 'https://example.com/a?b=c',
    names: 'Ann\nBob',
    code: 'AB-12',
    day: '2026-03-29',
    clock: '09:30',
    start: '2026-03-29T09:30',
    'start.zone': 'Europe/Paris',
    pause: '1 h 30 min',
    extra: '{"a": [1, null]}',
    inbox: 'reports',
    folder: '',
    ...other,
  };
  for (const [name, text] of Object.entries(texts)) await field(page, name).fill(text);
  await page.getByLabel('America').check();
  await field(page, 'city').selectOption('Lisbon');
  await page.getByLabel('Daily').check();
  await page.getByLabel('Charts').check();
  await page.getByLabel('Sums').check();
  await page.getByLabel('Oslo').check();
}

test('every type is filled in, checked, saved, tested and handed to the task', async ({ page, server }) => {
  test.setTimeout(240_000);
  const responses = new ResponseKeeper(page);
  await addTaskFile(server, 'every_type', EVERY_TYPE);
  await setUp(page, server);
  await waitUntilListed(page, 'Every type');
  await expect(page.locator('main')).toContainText('Needs settings');
  await expectNoAxeViolations(page);

  await test.step('an empty form names every field that is needed, and each entry leads to its field', async () => {
    await page.getByRole('link', { name: 'Every type' }).click();
    await expect(page.locator('.is-live')).toBeAttached();
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page).toHaveTitle(/^Error: /);
    const links = page.locator('#error-summary a');
    const needed = ['title', 'body', 'key', 'amount', 'rows', 'region', 'city', 'mode', 'parts', 'offices', 'inbox'];
    for (const name of [...needed, 'shop', 'report']) await expect(errorOf(page, name)).toBeVisible();
    await expect(links).toHaveCount(needed.length + 2);
    for (const link of await links.all()) {
      await link.click();
      const target = (await link.getAttribute('href'))!.slice(1);
      await expect(page.locator(`[id="${target}"]`)).toBeFocused();
    }
    await expectNoAxeViolations(page);
  });

  await test.step('a field is asked for only while the other has its value, and keeps what was typed', async () => {
    const weekday = page.getByLabel('Day of the week');
    await expect(weekday).toBeHidden();
    await page.getByLabel('Weekly').check();
    await weekday.fill('Monday');
    await expectNoAxeViolations(page);
    await page.getByLabel('Daily').check();
    await expect(weekday).toBeHidden();
    await page.getByLabel('Weekly').check();
    await expect(weekday).toHaveValue('Monday');
    await page.getByLabel('Daily').check();
  });

  await test.step('a credential is made on the way', async () => {
    await expect(page.locator('main')).toContainText('No credential is saved yet');
    await page.getByRole('link', { name: 'New credential' }).click();
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Save credential' }).click();
    await expect(page.locator('#name-error')).toHaveText('Enter a name');
    await expectNoAxeViolations(page);
    await page.getByLabel('Name').fill('Shop key');
    await page.getByLabel('Secret').fill(SECRET);
    await page.getByRole('button', { name: 'Save credential' }).click();
    await expect(page).toHaveURL(/\/tasks\/every_type\?done=credential$/);
    await expect(page.getByRole('status').first()).toContainText('Credential saved.');
  });

  await test.step('mistakes are named in words, folded fields included', async () => {
    await page.locator('summary', { hasText: 'More options (7)' }).click();
    await fillIn(page, {
      title: 'No',
      amount: '2.3',
      rows: '1000',
      mail: 'ann',
      site: 'example',
      code: 'ab',
      pause: '5',
      extra: '{"a": }',
      folder: 'also',
    });
    await field(page, 'key').fill(SECRET);
    await field(page, 'shop').selectOption({ label: 'Shop key' });
    await field(page, 'report').setInputFiles({ ...REPORT, name: 'march.txt' });
    await page.locator('summary', { hasText: 'More options (7)' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const sentences = {
      title: 'Title must be between 3 and 40 characters',
      amount: 'Amount must be a multiple of 0.5',
      rows: 'Rows must be between 1 and 500',
      mail: 'Mail must be an address, like ann@example.com',
      site: 'Site must be a web address, like https://example.com',
      code: 'Code must look like AB-12',
      pause: 'Pause must have a unit, like 5 s or 5 min',
      extra: 'Extra must be JSON: the mistake is at line 1, column 7',
      inbox: 'Fill in only one of Inbox and Folder',
      report: 'Report must be a file that ends in .csv',
    };
    for (const [name, sentence] of Object.entries(sentences)) await expect(errorOf(page, name)).toHaveText(sentence);
    // It was folded away again.
    await expect(field(page, 'pause')).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step('a form that comes back has everything else in place', async () => {
    await fillIn(page, { 'start.zone': 'Europe/Nowhere' });
    await field(page, 'report').setInputFiles(REPORT);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(errorOf(page, 'start')).toContainText('The time zone of Start must be a name from the list');
    // Found out without sending the form: the password and the file are still in it.
    await expect(field(page, 'key')).not.toHaveValue('');
    // Without an answer to the question the form is sent as it is, and comes back.
    await page.route('**/asked', (route) => route.abort());
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(errorOf(page, 'start')).toContainText('The time zone of Start must be a name from the list');
    await expect(page.locator('main')).toContainText('march.csv, 5 bytes, has arrived. It is saved together with the form.');
    await expect(page.locator('[id="param.key-note"]')).toHaveText('Enter it again: it was not saved yet.');
    await expect(field(page, 'key')).toHaveValue('');
    await expect(field(page, 'body')).toHaveValue('First line\nsecond line');
    await expect(field(page, 'city')).toHaveValue('Lisbon');
    await expect(page.getByLabel('Oslo')).toBeChecked();
    await expect(page.locator('[id="param.offices-count"]')).toHaveText('1 of 14 chosen');
    await expectNoAxeViolations(page);
    await page.unroute('**/asked');
  });

  await test.step('the settings are tested before anything runs', async () => {
    await field(page, 'start.zone').fill('Europe/Paris');
    await field(page, 'key').fill(SECRET);
    await field(page, 'title').fill('Wrong');
    await page.getByRole('button', { name: 'Save and test' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'The test failed' })).toContainText('The shop does not know this title');
    await expectNoAxeViolations(page);
    await field(page, 'title').fill('Sales');
    await page.getByRole('button', { name: 'Save and test' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'The test passed' })).toContainText('The shop answered Sales');
    await expect(page.locator('main')).toContainText('march.csv, 5 bytes, is saved. Leave empty to keep it.');
    await expectNoAxeViolations(page);
  });

  await test.step('the task gets each value in its own type', async () => {
    await page.getByLabel('Paris', { exact: true }).check();
    await page.getByRole('button', { name: 'Save and run now' }).click();
    await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
    const log = page.getByRole('log');
    for (const line of [
      'amount = 2.5',
      'body = "First line\\nsecond line"',
      'city = "Lisbon"',
      'clock = "09:30"',
      'code = "AB-12"',
      'day = "2026-03-29"',
      'extra = {"a": [1, null]}',
      'inbox = "reports"',
      `key = "${SECRET.length} letters"`,
      'mail = "ann@example.com"',
      'mode = "d"',
      'names = ["Ann", "Bob"]',
      'offices = ["Oslo", "Paris"]',
      'parts = ["Sums", "Charts"]',
      'pause = 5400',
      'region = "us"',
      'report = "1;2;3"',
      'rows = 20',
      `shop = "${SECRET.length} letters"`,
      'site = "https://example.com/a?b=c"',
      'start = "2026-03-29T09:30:00+02:00"',
      'title = "Sales"',
      'verbose = true',
    ]) {
      await expect(log).toContainText(line);
    }
    // Neither what was left empty nor what was not asked for.
    await expect(log).not.toContainText('folder =');
    await expect(log).not.toContainText('weekday =');
    await expectNoAxeViolations(page);
  });

  await test.step('a credential in use is not deleted; its secret can be replaced and its name changed', async () => {
    await page.getByRole('link', { name: 'Credentials' }).click();
    await expectNoAxeViolations(page);
    await expect(page.locator('tbody tr')).toContainText('Every type');
    await page.getByRole('link', { name: 'Shop key', exact: true }).click();
    await expectNoAxeViolations(page);
    await expect(page.locator('main')).toContainText('It cannot be deleted while tasks use it.');
    await page.getByLabel('New secret').fill(`${SECRET}-new`);
    await page.getByRole('button', { name: 'Replace secret' }).click();
    await expect(page.getByRole('status').first()).toContainText('Secret replaced.');
    await page.getByRole('textbox', { name: 'Name' }).fill('Key of the shop');
    await page.getByRole('button', { name: 'Save name' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Key of the shop' })).toBeVisible();
  });

  await responses.expectNowhere(SECRET);
  await expectNowhereAtRest(server, SECRET);
});

test('a changed task needs attention, and a form never loses what was typed', async ({ page, server }) => {
  const code = (params: string) => `
from jobs.base_job import BaseJob

class ChangingJob(BaseJob):
    JOB_NAME = "Changing"
    REQUIRED_PARAMS = [${params}]

    async def execute(self):
        return {}

Job = ChangingJob
`;
  await addTaskFile(server, 'changing', code('"first"'));
  await setUp(page, server);
  await waitUntilListed(page, 'Needs settings');
  await page.getByRole('link', { name: 'Changing' }).click();
  await page.getByLabel('First').fill('1');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status').first()).toContainText('Settings saved.');
  await addTaskFile(server, 'changing', code('"first", "second"'));
  await waitUntilListed(page, 'Needs attention');
  await expectNoAxeViolations(page);
  await page.getByRole('link', { name: 'Changing' }).click();
  await expect(page.locator('main')).toContainText('Needs attention: the task has changed');
  await expectNoAxeViolations(page);
  await page.locator('.notice').getByRole('link', { name: 'Second' }).click();
  await expect(page.getByLabel('Second')).toBeFocused();
  await page.getByLabel('Second').fill('2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status').first()).toContainText('Settings saved.');
  await expect(page.locator('main')).not.toContainText('Needs attention');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('every field is there with its condition in words, and a file is taken', async ({ page, server }) => {
    await addTaskFile(server, 'every_type', EVERY_TYPE);
    await setUp(page, server);
    await waitUntilListed(page, 'Every type');
    await page.getByRole('link', { name: 'Every type' }).click();
    await expect(page.getByLabel('Day of the week')).toBeVisible();
    await expect(page.locator('main')).toContainText('Only used when "Mode" is "Weekly".');
    await expectNoAxeViolations(page);
    await page.locator('summary', { hasText: 'More options' }).click();
    await fillIn(page, { extra: '{' });
    await field(page, 'report').setInputFiles(REPORT);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(errorOf(page, 'extra')).toHaveText('Extra must be JSON: its end is missing');
    await expect(errorOf(page, 'shop')).toBeVisible();
    await expect(page.locator('main')).toContainText('march.csv, 5 bytes, has arrived.');
    await expect(field(page, 'names')).toHaveValue('Ann\nBob');
    await expectNoAxeViolations(page);
  });
});
