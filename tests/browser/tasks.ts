import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { expect, type TaskServer } from './server';

const shipped = path.resolve(import.meta.dirname, '../../external_tasks');

/** Puts the contract's sample task into the server's tasks folder, as it is shipped. */
export async function addSampleTask(server: TaskServer): Promise<void> {
  await cp(path.join(shipped, 'my_task'), path.join(server.tasksDir, 'my_task'), { recursive: true });
}

/** Puts a task into the server's tasks folder whose `execute` has this body. */
export async function addTask(server: TaskServer, name: string, title: string, body: string): Promise<void> {
  const lines = body.split('\n').map((line) => `        ${line}`);
  const code = [
    'import asyncio, logging, sys',
    'from jobs.base_job import BaseJob',
    '',
    'class TestJob(BaseJob):',
    `    JOB_NAME = ${JSON.stringify(title)}`,
    '    JOB_DESCRIPTION = "Made by a browser test"',
    '',
    '    async def execute(self):',
    ...lines,
    '',
    'Job = TestJob',
    '',
  ].join('\n');
  await mkdir(path.join(server.tasksDir, name));
  await writeFile(path.join(server.tasksDir, name, 'job.py'), code);
}

/** Looks at the list of tasks until a text is on it: a new folder appears there within seconds. */
export async function waitUntilListed(page: Page, text: string): Promise<void> {
  await reloadUntil(page, '/tasks', async () => (await page.locator('main').innerText()).includes(text), 15_000);
}

/** Opens an address again and again, as a person does who waits. */
export async function reloadUntil(page: Page, address: string, isThere: () => Promise<boolean>, limit: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(address);
        return isThere();
      },
      { timeout: limit, intervals: [500] },
    )
    .toBe(true);
}
