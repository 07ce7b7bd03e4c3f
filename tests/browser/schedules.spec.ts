// When a task runs: every kind of schedule, calendars, what happens when something is in the way, and changing it later.
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTaskFile, waitUntilListed } from './tasks';

const GREET = `
from jobs.base_job import BaseJob

class GreetJob(BaseJob):
    JOB_NAME = "Greet"
    REQUIRED_PARAMS = [{"name": "name", "label": "Name"}]
    OPTIONAL_PARAMS = [{"name": "greeting", "label": "Greeting", "default": "Hello"}]

    async def execute(self):
        print(self.params["greeting"], self.params["name"])
        return {"records_processed": 1, "records_success": 1, "records_failed": 0}

Job = GreetJob
`;

const HOLIDAYS = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART;VALUE=DATE:20201225',
  'RRULE:FREQ=YEARLY',
  'SUMMARY:Christmas Day',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const nextRuns = (page: Page) => page.locator('.next-runs li');
const saved = (page: Page) => expect(page.getByRole('status').first()).toContainText('Schedule saved.');
const schedule = (page: Page, title: string) =>
  page.locator('.schedule-list > li').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

async function openEditor(page: Page): Promise<void> {
  await page.goto('/tasks/greet/schedules/new');
  await page.getByLabel('Time zone').fill('Europe/Paris');
  await page.getByLabel('Start it at once').check();
}

/** With the settings that let it be scheduled. */
async function setUpGreet(page: Page): Promise<void> {
  await waitUntilListed(page, 'Greet');
  await page.goto('/tasks/greet');
  await page.getByLabel('Name', { exact: true }).fill('Ann');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status').first()).toContainText('Settings saved.');
}

test('a schedule of every kind is written, looked at and changed', async ({ page, server }) => {
  test.setTimeout(180_000);
  await addTaskFile(server, 'greet', GREET);
  await setUp(page, server);
  await setUpGreet(page);

  await test.step('holidays are taken from a calendar file, and a line with a mistake is named', async () => {
    await page.goto('/calendars');
    await expectNoAxeViolations(page);
    await page.getByRole('link', { name: 'New calendar' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Holidays');
    await page.getByLabel('Days and hours').fill('2026-02-30 Never');
    await page.getByRole('button', { name: 'Save calendar' }).click();
    await expect(page.locator('#content-error')).toContainText('Line 1: there is no 2026-02-30');
    await expect(page.getByLabel('Days and hours')).toHaveValue('2026-02-30 Never');
    await expectNoAxeViolations(page);
    await look(page, 'calendar-error');
    await page.getByLabel('Days and hours').fill('every Saturday\nevery Sunday');
    await page.getByLabel('Add from a calendar file').setInputFiles({
      name: 'holidays.ics',
      mimeType: 'text/calendar',
      buffer: Buffer.from(HOLIDAYS),
    });
    await page.getByRole('button', { name: 'Save calendar' }).click();
    await expect(page.getByRole('row', { name: /Holidays/ })).toContainText('3 entries');
    await expectNoAxeViolations(page);
    await look(page, 'calendars');
    await page.getByRole('link', { name: 'Holidays' }).click();
    await expect(page.getByLabel('Days and hours')).toHaveValue('every Saturday\nevery Sunday\nevery 12-25 Christmas Day');
  });

  await test.step('several times on certain days of the week, not on holidays', async () => {
    await openEditor(page);
    await page.getByLabel('On certain days of the week').check();
    await page.getByLabel('Times of day').fill('9:00, soon');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.locator('#at-error')).toContainText('soon is not a time of day');
    await expect(page.getByLabel('Times of day')).toHaveValue('9:00, soon');
    await expectNoAxeViolations(page);
    await page.getByLabel('Times of day').fill('9:00, 17:30');
    await page.getByLabel('Saturday').check();
    await page.locator('summary', { hasText: 'If something is in the way' }).click();
    await page.getByLabel('Holidays').check();
    await expect(nextRuns(page)).toHaveCount(5);
    await expect(page.locator('.preview-sentence')).toContainText('from Monday to Saturday at 09:00 and 17:30, Europe/Paris time');
    await page.getByLabel('Let the new run wait until it has ended').check();
    await page.getByLabel('Never start later than').fill('90');
    await page.getByLabel('If a run fails, try again so many times').fill('2');
    await page.getByLabel('Go ahead of other runs').check();
    await page.getByLabel('Spread the start over').fill('10');
    await expectNoAxeViolations(page);
    await look(page, 'editor-weekdays');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
    const item = schedule(page, 'Every day from Monday to Saturday at 09:00 and 17:30');
    await expect(item).toContainText('Does not run on days of Holidays.');
    await expect(item).toContainText('Waits while the previous run is going.');
    await expect(item).toContainText('Never starts more than 1 h 30 min late.');
    await expect(item).toContainText('A run that fails is tried again up to 2 times');
    await expect(item).toContainText('Goes ahead of other runs.');
    await expectNoAxeViolations(page);
    await look(page, 'task-schedules');
  });

  await test.step('a calendar that is used stays', async () => {
    await page.goto('/calendars');
    await page.getByRole('link', { name: 'Holidays' }).click();
    await page.locator('summary', { hasText: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete this calendar' }).click();
    await expect(page.locator('#error-summary')).toContainText('It is used by schedules of greet');
  });

  await test.step('days of the month, from one day to another, with a value of its own', async () => {
    await openEditor(page);
    await page.getByLabel('On certain days of the month').check();
    await page.getByLabel('Days of the month', { exact: true }).fill('1, last');
    await page.getByLabel('Times of day').fill('06:00');
    await page.locator('summary', { hasText: 'First and last day' }).click();
    await page.getByLabel('First day').fill('2030-01-01');
    await page.getByLabel('Last day').fill('2030-01-31');
    await expect(nextRuns(page)).toHaveText([/^Tue 1 Jan 2030, 06:00 CET/, /^Thu 31 Jan 2030, 06:00 CET/]);
    await page.locator('summary', { hasText: 'Other values for this schedule' }).click();
    await page.getByLabel('Another value for Greeting').check();
    await page.getByLabel('Greeting (optional)', { exact: true }).fill('Good morning');
    await expectNoAxeViolations(page);
    await look(page, 'editor-month');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
    const item = schedule(page, 'Every month on the 1st and the last day at 06:00');
    await expect(item).toContainText('Europe/Paris time, from Tue 1 Jan 2030 to Thu 31 Jan 2030');
    await expect(item).toContainText('Has its own values for greeting.');
  });

  await test.step('once, in the future only', async () => {
    await openEditor(page);
    await page.getByLabel('Once', { exact: true }).check();
    await page.getByLabel('Date and time').fill('2020-01-01T09:00');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.locator('#once-error')).toContainText('That time is over.');
    await page.getByLabel('Date and time').fill('2030-05-01T09:00');
    await expect(nextRuns(page)).toHaveText([/^Wed 1 May 2030, 09:00 CEST/]);
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
    await expect(schedule(page, 'Once, on Wed 1 May 2030 at 09:00')).toBeVisible();
  });

  await test.step('after another schedule, which then cannot be deleted', async () => {
    await openEditor(page);
    await page.getByLabel('After another schedule has succeeded').check();
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.locator('#after-error')).toContainText('Select the schedule to come after');
    await page.getByLabel('Which schedule').selectOption({ label: 'Greet: Once, on Wed 1 May 2030 at 09:00' });
    await expect(page.locator('.preview-sentence')).toHaveText('After another schedule has succeeded');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
    await expect(schedule(page, 'After another schedule has succeeded')).toContainText('Runs after Greet: Once, on');
    await expectNoAxeViolations(page);
    const first = schedule(page, 'Once, on Wed 1 May 2030 at 09:00');
    await first.locator('summary', { hasText: 'Delete' }).click();
    await first.getByRole('button', { name: 'Delete this schedule' }).click();
    await expect(page.getByRole('status').first()).toContainText('Not deleted: another schedule comes after this one.');
  });

  await test.step('a schedule is changed, and the form shows it as it is', async () => {
    const item = schedule(page, 'Every month on the 1st and the last day at 06:00');
    await item.getByRole('link', { name: /Change/ }).click();
    await expect(page.getByLabel('On certain days of the month')).toBeChecked();
    await expect(page.getByLabel('Days of the month', { exact: true })).toHaveValue('1, last');
    await expect(page.getByLabel('Another value for Greeting')).toBeChecked();
    await expect(page.getByLabel('Greeting (optional)', { exact: true })).toHaveValue('Good morning');
    await expect(page.getByLabel('First day')).toHaveValue('2030-01-01');
    await expectNoAxeViolations(page);
    await page.getByLabel('Every so many minutes').check();
    await page.getByLabel('How many minutes, hours or days apart').fill('1');
    await page.getByLabel('First day').fill('');
    await page.getByLabel('Last day').fill('');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
    await expect(schedule(page, 'Every minute')).toContainText('Next run');
  });

  await test.step('its run takes the value of its own', async () => {
    await expect
      .poll(
        async () => {
          await page.goto('/runs?task=greet&status=success');
          return page.locator('.run-table tbody tr').count();
        },
        { timeout: 90_000 },
      )
      .toBeGreaterThan(0);
    await page.locator('.run-table tbody tr').first().getByRole('link').first().click();
    await expect(page.getByRole('log')).toContainText('Good morning Ann');
    await page.goto('/tasks/greet');
    await expect(schedule(page, 'Every minute')).toContainText(/\d of \d runs? of the last 7 days happened/);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('next runs are shown on request and a schedule is saved', async ({ page, server }) => {
    await addTaskFile(server, 'greet', GREET);
    await setUp(page, server);
    await setUpGreet(page);
    await openEditor(page);
    await page.getByLabel('On certain days of the month').check();
    await page.getByLabel('Days of the month', { exact: true }).fill('last Friday');
    await page.getByRole('button', { name: 'Show next runs' }).click();
    await expect(nextRuns(page)).toHaveCount(5);
    await expect(page.locator('.preview-sentence')).toContainText('Every month on the last Friday at 09:00');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await saved(page);
  });
});
