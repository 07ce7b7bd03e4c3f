// The history and one run: finding runs, reading why one failed, running it again with the same values or others.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expect, type TaskServer, test } from './server';
import { addTaskFile, waitUntilListed } from './tasks';

const REPORT = `
import time
from jobs.base_job import BaseJob

class ReportJob(BaseJob):
    JOB_NAME = "Monthly report"
    JOB_DESCRIPTION = "Adds up what the shops sold"
    REQUIRED_PARAMS = [
        {"name": "month", "label": "Month"},
        {"name": "key", "label": "Shop key", "type": "password"},
    ]
    OPTIONAL_PARAMS = [
        {"name": "region", "label": "Region", "type": "select",
         "options": [{"value": "eu", "label": "Europe"}, {"value": "us", "label": "America"}], "default": "eu"},
        {"name": "wait", "label": "Seconds to wait", "type": "integer", "default": 0},
    ]

    def execute(self):
        print("Reading", self.params["month"])
        time.sleep(self.params.get("wait") or 0)
        if self.params["month"] == "Nothing":
            raise ValueError("no such month: Nothing")
        return {
            "records_processed": 1240, "records_success": 1238, "records_failed": 2,
            "month": self.params["month"],
            "report": "https://example.org/reports/7",
            "is_final": True,
            "shops": [{"shop": "Berlin", "sold": 830, "closed_days": ["Mon", "Tue"]}, {"shop": "Paris", "sold": 408}],
            "totals": {"net": 1041.5, "tax": {"low": 73, "high": 198}},
        }

Job = ReportJob
`;

const KEY = 'CANARY-77b1-shop';

/** Light and dark, wide and narrow: nothing is wrong and nothing is cut off. Pictures go to SCREENS. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [1280, 360]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await expectNoAxeViolations(page);
      if (process.env.SCREENS) {
        await page.screenshot({ path: `${process.env.SCREENS}/${name}-${width}-${colorScheme}.png`, fullPage: true, clip: { x: 0, y: 0, width, height: 1800 } });
      }
    }
  }
  await page.setViewportSize({ width: 320, height: 900 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, `${name} at 320 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

async function runReport(page: Page, month: string, key = ''): Promise<void> {
  await page.goto('/tasks/report');
  await page.getByLabel('Month').fill(month);
  await page.getByRole('textbox', { name: 'Shop key' }).fill(key);
  await page.getByRole('button', { name: 'Save and run now' }).click();
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/);
}

const status = (page: Page) => page.locator('.run-status');

/** Writes old runs of the task straight into the database, one a minute, the last of them failed. */
function addOldRuns(server: TaskServer, count: number): void {
  const code = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=20)
for number in range(int(sys.argv[2])):
    at = f"2026-03-{1 + number // 1440:02} {number // 60 % 24:02}:{number % 60:02}:00.000"
    end = at[:17] + f"{number % 40:02}.500"
    failed = number % 10 == 9
    database.execute(
        "INSERT INTO task_runs (run_id, task_name, status, failure_reason, error_message, triggered_by, triggered_by_user,"
        " queued_at, started_at, completed_at, duration_seconds, task_config_snapshot, updated_at)"
        " VALUES (?, 'report', ?, ?, ?, 'manual', 'bob', ?, ?, ?, ?, '{\\"params\\":{}}', ?)",
        (f"old-{number}", "failed" if failed else "success", "error" if failed else None,
         "=HYPERLINK(1) is no month" if failed else None, at, at, end, number % 40 + 0.5, end))
database.commit()
`;
  execFileSync('python3', ['-c', code, path.join(server.dataDir, 'insightmesh.db'), String(count)]);
}

function sql(server: TaskServer, statement: string): void {
  const code = 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=20); d.execute(sys.argv[2]); d.commit()';
  execFileSync('python3', ['-c', code, path.join(server.dataDir, 'insightmesh.db'), statement]);
}

test('a failed run tells its cause and what changed, and is run again with the same or other values', async ({ page, server }) => {
  test.setTimeout(240_000);
  await addTaskFile(server, 'report', REPORT);
  await setUp(page, server);
  await page.goto('/runs');
  await look(page, 'runs-empty');
  await waitUntilListed(page, 'Monthly report');

  await test.step('a success shows its result as labelled values and tables', async () => {
    await runReport(page, 'March', KEY);
    await expect(status(page)).toHaveText('Succeeded');
    const result = page.locator('.run-result');
    await expect(result.getByRole('link', { name: 'https://example.org/reports/7' })).toBeVisible();
    await expect(result.getByRole('row')).toHaveCount(3);
    await expect(result.getByRole('columnheader', { name: 'Closed days' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Values it ran with' })).toContainText('Europe');
    await look(page, 'run-success');
  });

  await test.step('a failure leads with its cause and with what is different', async () => {
    await runReport(page, 'Nothing', `${KEY}-2`);
    await expect(status(page)).toHaveText('Failed');
    const failure = page.locator('.failure');
    await expect(failure).toContainText('ValueError: no such month: Nothing');
    await expect(failure).toContainText('Month: “Nothing”, before “March”.');
    await expect(failure).toContainText('Shop key: it was entered again since.');
    await expect(failure).toContainText('It is not tried again by itself.');
    await look(page, 'run-failed');
  });
  const failed = page.url();

  await test.step('two runs stand side by side, differences first', async () => {
    await page.getByRole('link', { name: 'See all values side by side' }).click();
    await expect(page.locator('.compare-sum')).toHaveText('2 values are different, and the same code ran.');
    await expect(page.locator('.compare-table .is-different')).toHaveCount(2);
    await expect(page.locator('main')).not.toContainText('CANARY');
    await look(page, 'run-compare');
  });

  await test.step('again means the same values, although other ones are saved by now', async () => {
    await page.goto('/tasks/report');
    await page.getByLabel('Month').fill('April');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('status').first()).toContainText('Settings saved.');
    await page.goto(failed);
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(page).not.toHaveURL(failed);
    await expect(status(page)).toHaveText('Failed');
    await expect(page.locator('.failure')).toContainText('no such month: Nothing');
  });

  await test.step('other values count for one run only', async () => {
    await page.getByRole('link', { name: 'Run like last time, but…' }).click();
    await expect(page.getByLabel('Month')).toHaveValue('Nothing');
    await expect(page.getByRole('textbox', { name: 'Shop key' })).toHaveCount(0);
    await page.getByLabel('Month').fill('');
    await page.getByRole('button', { name: 'Run with these values' }).click();
    await expect(page.locator('[id="param.month-error"]')).toHaveText('Enter Month');
    await look(page, 'run-like');
    await page.getByLabel('Month').fill('May');
    await page.getByRole('radio', { name: 'America' }).check();
    await page.getByRole('button', { name: 'Run with these values' }).click();
    await expect(status(page)).toHaveText('Succeeded');
    await expect(page.locator('.run-result')).toContainText('May');
    await expect(page.locator('main')).toContainText('America');
    await page.goto('/tasks/report');
    await expect(page.getByLabel('Month')).toHaveValue('April');
    await expect(page.getByRole('radio', { name: 'Europe' })).toBeChecked();
  });

  await test.step('a run that goes on says when it is likely to be done', async () => {
    await runReport(page, 'June');
    await expect(status(page)).toHaveText('Succeeded');
    await page.getByRole('link', { name: 'Run like last time, but…' }).click();
    await page.getByLabel('Seconds to wait').fill('600');
    await page.getByRole('button', { name: 'Run with these values' }).click();
    await expect(status(page)).toHaveText('Running');
    await expect(page.locator('.estimate')).toContainText('Runs of this task usually take');
    await look(page, 'run-running');
    await page.locator('summary', { hasText: 'Cancel run' }).click();
    await page.getByRole('button', { name: 'Cancel this run' }).click();
    await expect(status(page)).toHaveText('Cancelled', { timeout: 30_000 });
    await look(page, 'run-cancelled');
  });

  await test.step('a run prints as a report', async () => {
    await page.goto(failed);
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.header')).toBeHidden();
    await expect(page.getByRole('button', { name: 'Run again' })).toBeHidden();
    await expect(page.locator('.failure')).toBeVisible();
    await expect(page.getByText('Traceback (most recent call last)')).toBeVisible();
    if (process.env.SCREENS) {
      await page.screenshot({ path: `${process.env.SCREENS}/run-print.png`, fullPage: true });
      await page.pdf({ path: `${process.env.SCREENS}/run-print.pdf` });
    }
  });
});

test('the history is narrowed, paged and downloaded', async ({ page, server }) => {
  test.setTimeout(240_000);
  await addTaskFile(server, 'report', REPORT);
  await setUp(page, server);
  await waitUntilListed(page, 'Monthly report');
  await runReport(page, 'Nothing', KEY);
  await expect(status(page)).toHaveText('Failed');
  addOldRuns(server, 1200);
  const rows = page.locator('.run-table tbody tr');
  const tab = (name: string) => page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name });

  await test.step('counts end at a thousand', async () => {
    await page.goto('/runs');
    await expect(tab('All')).toHaveText(/1,000\+/);
    await expect(tab('Failed')).toHaveText(/121/);
    await expect(rows).toHaveCount(50);
    await look(page, 'runs-full');
  });

  await test.step('older and newer pages follow each other', async () => {
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'Older' }).click();
    const third = await rows.first().textContent();
    await page.getByRole('link', { name: 'Newer' }).click();
    await page.getByRole('link', { name: 'Older' }).click();
    await expect(rows.first()).toHaveText(third ?? '');
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect(page).toHaveURL(/\/runs$/);
  });

  await test.step('filters stand in the address and can be put together', async () => {
    await page.getByLabel('Task', { exact: true }).selectOption('Monthly report');
    await page.getByText('More filters').click();
    await page.getByLabel('Started by').selectOption('bob');
    await page.getByLabel('Words in the failure').fill('NO MONTH');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/by=name%3Abob/);
    await expect(tab('All')).toHaveText(/120/);
    await expect(page.locator('.chart-card')).toContainText('27 of 30 succeeded, 3 failed.');
    await look(page, 'runs-filtered');
    await page.getByText('The same as a table').click();
    await expect(page.locator('.chart-card').getByRole('row')).toHaveCount(31);
  });

  await test.step('days that make no sense are named at their field', async () => {
    await page.goto('/runs');
    await expect(page.getByLabel('From', { exact: true })).toBeHidden();
    await page.getByLabel('Period').selectOption('From day to day');
    await page.getByLabel('From', { exact: true }).fill('2026-03-02');
    await page.getByLabel('To', { exact: true }).fill('2026-03-01');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.locator('#to-error')).toContainText('the same day as “From” or a later one');
    await expect(page.getByLabel('From', { exact: true })).toHaveValue('2026-03-02');
    await look(page, 'runs-days-error');
    await page.getByLabel('To', { exact: true }).fill('2026-03-31');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByText('Nothing matches')).toBeVisible();
    await look(page, 'runs-nothing');
    await page.getByLabel('From', { exact: true }).fill('2026-03-01');
    await page.getByLabel('To', { exact: true }).fill('2026-03-01');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(rows).toHaveCount(50);
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await expect(page).toHaveURL(/\/runs$/);
  });

  await test.step('the tries of a run lead to each other', async () => {
    sql(server, "UPDATE task_runs SET retry_of = 'old-9', attempt = 2, status = 'queued', failure_reason = NULL, error_message = NULL, started_at = NULL, completed_at = NULL, not_before = '2099-01-01 00:00:00.000' WHERE run_id = 'old-19'");
    await page.goto('/runs/old-9');
    await expect(page.locator('.failure')).toContainText('It is tried again by itself, not before Thu 1 Jan 2099');
    await expect(page.locator('.attempts li')).toHaveText([/Failed\s*Try 1 \(this one\)/, /Waiting\s*Try 2/]);
    await look(page, 'run-tries');
    await page.locator('.attempts').getByRole('link', { name: 'Try 2' }).click();
    await expect(page).toHaveURL(/old-19$/);
    await expect(page.locator('.timeline')).toContainText('Starts no sooner than');
    await look(page, 'run-waiting');
    sql(server, "UPDATE task_runs SET status = 'failed', failure_reason = 'error', error_message = 'x' WHERE run_id = 'old-19'");
  });

  await test.step('the list is a file without secrets and without formulas', async () => {
    const file = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      return readFile(await download.path(), 'utf8');
    };
    await page.goto('/runs?status=failed');
    const csv = await file('Table (CSV)');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(122);
    expect(csv).toContain("'=HYPERLINK(1) is no month");
    expect(csv).not.toContain(',=HYPERLINK');
    await page.goto('/runs');
    const json = await file('JSON');
    const runs = JSON.parse(json) as { settings: Record<string, unknown>; task_title: string }[];
    expect(runs).toHaveLength(1201);
    expect(runs.at(-1)).toMatchObject({ task_title: 'Monthly report', settings: { key: '[secret]', month: 'Nothing' } });
    expect(csv + json).not.toContain('CANARY');
  });
});

const READ_FILE = `
from jobs.base_job import BaseJob

class ReadJob(BaseJob):
    JOB_NAME = "Read a file"
    REQUIRED_PARAMS = [{"name": "report", "label": "Report", "type": "file"}, {"name": "note", "label": "Note"}]

    def execute(self):
        return {"content": open(self.params["report"]).read(), "note": self.params["note"]}

Job = ReadJob
`;

test('new runs are offered above the list, and move nothing', async ({ page, server }) => {
  await setUp(page, server);
  addOldRuns(server, 60);
  const add = (number: number, status: string) =>
    sql(
      server,
      `INSERT INTO task_runs (run_id, task_name, status, triggered_by, queued_at, task_config_snapshot, updated_at)
       VALUES ('new-${number}', 'report', '${status}', 'manual', '2026-04-01 00:00:00.000', '{"params":{}}', '2026-04-01 00:00:00.000')`,
    );
  let asked = 0;
  page.on('request', (request) => (asked += request.url().includes('/runs/news') ? 1 : 0));
  /** Tens of seconds go by until the page has asked; at first it may still be waking up. */
  const waitUntilAsked = async () => {
    const before = asked;
    const answered = page.waitForResponse(/\/runs\/news/, { timeout: 30_000 });
    const asks = async () => {
      await page.clock.runFor(10_000);
      return asked > before;
    };
    await expect.poll(asks, { timeout: 30_000 }).toBe(true);
    await answered;
    // Behind it, the page has taken the answer in.
    await page.evaluate(async () => (await fetch('/healthz')).text());
  };
  const expectSilence = async () => {
    const before = asked;
    await page.clock.runFor(30_000);
    expect(asked).toBe(before);
  };
  await page.clock.install();
  await page.goto('/runs?status=failed');
  const rows = page.locator('.run-table tbody tr');
  await expect(page.locator('.run-news')).toBeAttached();
  const place = await rows.first().boundingBox();
  await waitUntilAsked();
  await expect(page.locator('.run-news a')).toBeHidden();
  add(1, 'failed');
  add(2, 'failed');
  add(3, 'success');
  await waitUntilAsked();
  const news = page.getByRole('status').getByRole('link', { name: '2 new runs: show' });
  await expect(news).toBeVisible();
  expect(await rows.first().boundingBox()).toEqual(place);
  await look(page, 'runs-news');
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
  await expectSilence();
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => false }));
  await news.click();
  await expect(page).toHaveURL(/\/runs\?status=failed$/);
  await expect(rows.first().getByRole('link').first()).toHaveAttribute('href', /new-2|report/);
  await expect(rows).toHaveCount(8);
  await page.context().clearCookies();
  await waitUntilAsked();
  await expectSilence();
});

test('a run is not run again with another file without being asked', async ({ page, server }) => {
  await addTaskFile(server, 'read', READ_FILE);
  await setUp(page, server);
  await waitUntilListed(page, 'Read a file');
  const save = async (name: string, button: string) => {
    await page.goto('/tasks/read');
    await page.getByRole('textbox', { name: 'Note' }).fill(`about ${name}`);
    await page.locator('[id="param.report"]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(`in ${name}`) });
    await page.getByRole('button', { name: button, exact: true }).click();
  };
  await save('old.csv', 'Save and run now');
  await expect(status(page)).toHaveText('Succeeded');
  const first = page.url();
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(status(page)).toHaveText('Succeeded');
  await expect(page).not.toHaveURL(first);
  await expect(page.locator('.run-result')).toContainText('in old.csv');

  await save('new.csv', 'Save');
  await expect(page.getByRole('status').first()).toContainText('Settings saved.');
  await page.goto(first);
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(page.locator('.notice-warning')).toContainText('the file “old.csv” of that run is no longer kept');
  await look(page, 'run-like-lost');
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('about old.csv');
  await page.getByRole('button', { name: 'Run with these values' }).click();
  await expect(status(page)).toHaveText('Succeeded');
  await expect(page.locator('.run-result')).toContainText('in new.csv');
  await expect(page.locator('.run-result')).toContainText('about old.csv');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('runs are found, compared and run again', async ({ page, server }) => {
    test.setTimeout(120_000);
    await addTaskFile(server, 'report', REPORT);
    await setUp(page, server);
    await waitUntilListed(page, 'Monthly report');
    await runReport(page, 'March', KEY);
    await expect(status(page)).toHaveText('Succeeded', { timeout: 30_000 });
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(status(page)).toHaveText('Succeeded', { timeout: 30_000 });
    await page.getByRole('link', { name: 'Run like last time, but…' }).click();
    await page.getByLabel('Month').fill('Nothing');
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Run with these values' }).click();
    await expect(status(page)).toHaveText('Failed', { timeout: 30_000 });
    await page.getByRole('link', { name: 'Compare with another run' }).click();
    await expect(page.locator('.compare-sum')).toHaveText('One value is different, and the same code ran.');
    await page.goto('/runs');
    await page.getByText('More filters').click();
    await page.getByLabel('Words in the failure').fill('no such');
    await page.getByLabel('Period').selectOption('From day to day');
    await page.getByLabel('From', { exact: true }).fill('2020-01-01');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.locator('.run-table tbody tr')).toHaveCount(1);
    await expectNoAxeViolations(page);
  });
});
