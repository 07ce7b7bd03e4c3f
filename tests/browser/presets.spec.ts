// Named sets of values: saved from a form, run with, scheduled with, changed, and told when the task asks for other things.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test, type TaskServer } from './server';
import { addTaskFile, reloadUntil, waitUntilListed } from './tasks';

const task = (regions: string, more: string) => `
from jobs.base_job import BaseJob

class CloseJob(BaseJob):
    JOB_NAME = "Close the month"
    REQUIRED_PARAMS = [
        {"name": "key", "label": "Key", "type": "password"},
        {"name": "region", "label": "Region", "type": "select", "options": [${regions}]},
    ]
    OPTIONAL_PARAMS = [{"name": "rows", "label": "Rows", "type": "integer", "min": 1, "max": 500, "default": 100}${more}]

    async def execute(self):
        print("region", self.params["region"], "rows", self.params["rows"], "key", len(self.params["key"]))
        return {}

Job = CloseJob
`;
const NOTE = ', {"name": "note", "label": "Note"}';

const message = (page: Page) => page.getByRole('status').first();
const presets = (page: Page) => page.locator('#presets');
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const nameField = (page: Page) => page.getByLabel('Name of the preset');

async function setUpTask(page: Page, server: TaskServer): Promise<void> {
  await addTaskFile(server, 'close', task('"north", "south"', NOTE));
  await setUp(page, server);
  await waitUntilListed(page, 'Close the month');
  await page.goto('/tasks/close');
  await page.getByRole('textbox', { name: 'Key' }).fill('CANARY');
  await page.getByRole('group', { name: 'Region' }).getByLabel('north').check();
  await press(page, 'Save');
  await expect(message(page)).toContainText('Settings saved.');
}

/** The walk that works the same with and without a script. */
async function walk(page: Page): Promise<void> {
  await test.step('values are typed for a run and saved as a preset', async () => {
    await page.goto('/tasks/close');
    await expect(presets(page)).toContainText('A preset is a named set of values');
    await presets(page).getByRole('link', { name: 'Run with other values' }).click();
    await expect(page.locator('#saved-settings')).toContainText("“Key”: as saved in the task's settings.");
    await expect(page.getByRole('textbox', { name: 'Key' })).toHaveCount(0);
    await page.getByLabel('Rows').fill('9000');
    await press(page, 'Save these values as a preset…');
    await expect(page.locator('[id="param.rows-error"]')).toContainText('between 1 and 500');
    await expect(page.getByLabel('Rows')).toHaveValue('9000');
    await page.getByLabel('Rows').fill('10');
    await page.getByLabel('Note').fill('only a test');
    // Without a script the mistake came with the next page, which has the same fields.
    if (page.url().endsWith('/start')) await press(page, 'Save these values as a preset…');
    else await press(page, 'Save preset');
    await page.waitForURL(/\/presets\/new$/);
    await expect(page.getByLabel('Rows')).toHaveValue('10');
    await expect(page.getByLabel('Note')).toHaveValue('only a test');
    await expectNoAxeViolations(page);
    await press(page, 'Save preset');
    await expect(page.locator('#preset_name-error')).toHaveText('Enter a name');
    await expect(page.getByLabel('Rows')).toHaveValue('10');
    await expectNoAxeViolations(page);
    await look(page, 'preset-error');
    await nameField(page).fill('x'.repeat(101));
    await press(page, 'Save preset');
    await expect(page.locator('#preset_name-error')).toContainText('100 characters or less');
    await nameField(page).fill('Test with 10 rows');
    await press(page, 'Save preset');
    await expect(message(page)).toHaveText('Preset saved.');
    await expect(presets(page)).toContainText('Test with 10 rows');
    await expect(presets(page)).toContainText(/Last changed \d+ \w+ \d+ by ann\./);
    await expectNoAxeViolations(page);
    await look(page, 'presets');
  });

  await test.step('another one with the same name is refused, in whatever capitals', async () => {
    await presets(page).getByRole('link', { name: 'Add a preset' }).click();
    await nameField(page).fill('TEST with 10 rows');
    await page.getByLabel('Note').fill('kept');
    await press(page, 'Save preset');
    await expect(page.locator('#preset_name-error')).toHaveText('This task already has a preset with this name');
    await expect(page.getByLabel('Note')).toHaveValue('kept');
    await nameField(page).fill('Monthly close');
    await press(page, 'Save preset');
    await expect(message(page)).toHaveText('Preset saved.');
  });

  await test.step('a run starts from it, changed or not', async () => {
    await page.goto('/tasks/close/start');
    await page.getByLabel('Start from').selectOption({ label: 'Preset: Test with 10 rows' });
    await press(page, 'Take these values');
    await expect(page.getByLabel('Rows')).toHaveValue('10');
    await expectNoAxeViolations(page);
    await look(page, 'preset-start');
    await page.getByLabel('Rows').fill('11');
    await press(page, 'Run with these values');
    await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
    await expect(page.getByRole('log')).toContainText('region north rows 11 key 6');
    await page.goto('/tasks/close');
    await expect(page.getByLabel('Rows')).toHaveValue('100');
  });

  await test.step('it is replaced by other values, and renamed', async () => {
    await presets(page).getByRole('link', { name: 'Run with Test with 10 rows', exact: true }).click();
    await page.getByLabel('Rows').fill('20');
    await press(page, 'Replace “Test with 10 rows” with these values…');
    await page.waitForURL(/\/presets\/[^/]+$/);
    await expect(page.locator('main')).toContainText('These values are not saved yet.');
    await expect(page.getByLabel('Rows')).toHaveValue('20');
    await nameField(page).fill('monthly close');
    await press(page, 'Save preset');
    await expect(page.locator('#preset_name-error')).toHaveText('This task already has a preset with this name');
    await nameField(page).fill('Test with 20 rows');
    await press(page, 'Save preset');
    await expect(presets(page)).toContainText('Test with 20 rows');
    await expect(presets(page)).not.toContainText('Test with 10 rows');
  });

  await test.step('a schedule copies its values and keeps them', async () => {
    await page.goto('/tasks/close/schedules/new');
    await page.locator('summary', { hasText: 'Other values for this schedule' }).click();
    await expect(page.locator('#own')).toContainText('Later changes of the preset do not change the schedule.');
    await page.getByLabel('Times of day').fill('07:15');
    await press(page, 'Copy its values');
    await expect(page.locator('#preset-error')).toHaveText('Select a preset');
    await expect(page.getByLabel('Times of day')).toHaveValue('07:15');
    await page.getByLabel('Take the values of a preset').selectOption({ label: 'Test with 20 rows' });
    await press(page, 'Copy its values');
    await expect(page.locator('#own')).toContainText('The values of “Test with 20 rows” were copied.');
    await expect(page.getByLabel('Another value for Rows')).toBeChecked();
    await expect(page.getByLabel(/^Rows/)).toHaveValue('20');
    await expect(page.getByLabel('Times of day')).toHaveValue('07:15');
    await expectNoAxeViolations(page);
    await look(page, 'preset-schedule');
    // Enter in a field saves.
    await page.getByLabel('Times of day').press('Enter');
    await expect(message(page)).toContainText('Schedule saved');
    await expect(page.locator('#schedules')).toContainText('Has its own values for note, region, rows.');
  });

  await test.step('deleting it touches neither the schedule nor the run', async () => {
    await presets(page).locator('li', { hasText: 'Test with 20 rows' }).locator('summary').click();
    await press(page, 'Delete the preset “Test with 20 rows”');
    await expect(message(page)).toContainText('Preset deleted.');
    await expect(presets(page)).not.toContainText('Test with 20 rows');
    await page.locator('#schedules').getByRole('link', { name: /^Change/ }).click();
    await expect(page.getByLabel(/^Rows/)).toHaveValue('20');
    await page.goto('/tasks/close/start?preset=gone');
    await expect(page.locator('main')).toContainText('The preset that was asked for was deleted.');
  });
}

test('a preset is saved, run with, replaced, scheduled and deleted', async ({ page, server }) => {
  test.setTimeout(180_000);
  await setUpTask(page, server);
  await walk(page);

  await test.step('what the task no longer asks for is said and never dropped unseen', async () => {
    await page.goto('/tasks/close/presets/new');
    await nameField(page).fill('South');
    await page.getByRole('group', { name: 'Region' }).getByLabel('south').check();
    await page.getByLabel('Note').fill('for the south');
    await press(page, 'Save preset');
    await expect(message(page)).toHaveText('Preset saved.');
    await addTaskFile(server, 'close', task('"north", "east"', ''));
    const isTold = async () => (await presets(page).innerText()).includes('2 of its values no longer apply.');
    await reloadUntil(page, '/tasks/close', isTold, 20_000);
    await expectNoAxeViolations(page);
    await presets(page).getByRole('link', { name: 'Change South' }).click();
    await expect(page.locator('.notice-warning')).toContainText('The task no longer asks for “note”. The value of the preset, “for the south”, is not used.');
    await expect(page.locator('.notice-warning')).toContainText('"Region" no longer fits');
    await expect(page.locator('.notice-warning')).toContainText('The preset has “south”.');
    await expectNoAxeViolations(page);
    await look(page, 'preset-misfit');
    await page.goto('/tasks/close');
    await presets(page).getByRole('link', { name: 'Run with South' }).click();
    await expect(page.locator('.notice-warning')).toContainText('for the south');
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the same walk with presets', async ({ page, server }) => {
    test.setTimeout(180_000);
    await setUpTask(page, server);
    await walk(page);
  });
});
