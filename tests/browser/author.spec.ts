// A task's author: from `task new` to the browser without a restart; progress and files on a run's page; the doctor.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { binary, expect, test, type TaskServer } from './server';
import { addTask, addTaskFile, reloadUntil, waitUntilListed } from './tasks';

const run = promisify(execFile);

/** A command for authors, on the server's folders. */
async function command(server: TaskServer, ...words: string[]): Promise<string> {
  const env = {
    ...process.env,
    EXTERNAL_TASKS_PATH: server.tasksDir,
    DATA_DIR: server.dataDir,
    XDG_CACHE_HOME: path.join(server.dataDir, '../cache'),
  };
  const { stdout, stderr } = await run(binary, ['task', ...words], { env });
  return stdout + stderr;
}

const main = (page: Page) => page.locator('main');

test('a new task is created, edited, checked and in the browser without a restart', async ({ page, server }) => {
  test.setTimeout(120_000);
  await setUp(page, server);
  await command(server, 'new', 'greet_all', '--title', 'Greet all');
  await waitUntilListed(page, 'Greet all');

  const job = path.join(server.tasksDir, 'greet_all/job.py');
  await writeFile(job, (await readFile(job, 'utf8')).replace('"Greet all"', '"Greet everybody"'));
  expect(await command(server, 'check', 'greet_all')).toContain('greet_all loads: "Greet everybody"');
  await waitUntilListed(page, 'Greet everybody');

  await page.getByRole('link', { name: 'Greet everybody' }).click();
  await page.getByLabel('Names').fill('Ada, Grace');
  await page.getByRole('button', { name: 'Save and run now' }).click();
  await expect(main(page)).toContainText('Succeeded', { timeout: 20_000 });
  await expect(main(page)).toContainText('Good morning, Grace!');
  expect(await command(server, 'reload', 'greet_all')).toContain('The server reads it again.');
});

test('a run tells how far it is, hands over a file, and warns of what is unusual', async ({ page, server }) => {
  test.setTimeout(120_000);
  const body = [
    'self.progress(1, 4, "Reading March")',
    'while not __import__("os").path.exists(__file__.replace("job.py", "go")): await asyncio.sleep(0.05)',
    'self.progress(4, 4)',
    'self.artifact_text("March <b>.csv", "a,b\\n")',
    'return {"records_processed": 3, "records_success": 1, "records_failed": 1}',
  ].join('\n');
  await addTask(server, 'report', 'Report', body);
  await setUp(page, server);
  await waitUntilListed(page, 'Report');
  await page.getByRole('link', { name: 'Report' }).first().click();
  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(main(page)).toContainText('1 of 4. Reading March', { timeout: 20_000 });
  await expect(page.getByRole('progressbar', { name: '1 of 4. Reading March' })).toHaveAttribute('value', '250');
  await expectNoAxeViolations(page);

  await writeFile(path.join(server.tasksDir, 'report/go'), '');
  await expect(page.locator('.badge-success')).toBeVisible({ timeout: 20_000 });
  await expect(page.locator('.notice-warning')).toBeVisible();
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'March <b>.csv' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toContain('.csv');
  expect(await readFile(await download.path(), 'utf8')).toBe('a,b\n');
  await expectNoAxeViolations(page);
});

test('the doctor names each folder that does not load and looks again', async ({ page, server }) => {
  test.setTimeout(120_000);
  await addTask(server, 'good', 'Good task', 'return {}');
  await addTaskFile(server, 'broken', 'import json\nimport no_such_package\n');
  await setUp(page, server);
  await waitUntilListed(page, 'Good task');
  await page.getByRole('link', { name: 'Doctor' }).click();
  await reloadUntil(page, '/doctor', async () => (await main(page).innerText()).includes('no_such_package'), 15_000);
  const broken = page.locator('article#broken');
  await expect(broken).toContainText('job.py, line 2');
  await expect(broken).toContainText('Problem');
  await expectNoAxeViolations(page);

  await addTaskFile(server, 'broken', 'from jobs.base_job import BaseJob\nclass MendedJob(BaseJob):\n    JOB_NAME = "Mended"\n    def execute(self):\n        return {}\n');
  await broken.getByRole('button', { name: 'Check broken again' }).click();
  await expect(page.getByRole('status')).toContainText('broken was looked at again: it is ready.');
  await expect(page.locator('article#broken')).toContainText('Mended');

  await addTaskFile(server, 'broken', 'def half(:\n');
  await reloadUntil(page, '/doctor', async () => (await main(page).innerText()).includes('Older version runs'), 15_000);
  await expect(page.locator('article#broken')).toContainText('the version before them still runs');
  await expectNoAxeViolations(page);
});
