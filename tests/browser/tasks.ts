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

/** Puts a task with this whole file into the server's tasks folder. */
export async function addTaskFile(server: TaskServer, name: string, code: string): Promise<void> {
  await mkdir(path.join(server.tasksDir, name), { recursive: true });
  await writeFile(path.join(server.tasksDir, name, 'job.py'), code);
}

/** Asks for a parameter of every type and prints what it was given, one line each. */
export const EVERY_TYPE = `
import json
from jobs.base_job import BaseJob

CITIES = ["Amsterdam", "Athens", "Berlin", "Bern", "Brussels", "Dublin", "Helsinki", "Lisbon", "Madrid", "Oslo", "Paris",
          "Rome", "Vienna", "Warsaw"]


class EveryTypeJob(BaseJob):
    JOB_NAME = "Every type"
    JOB_DESCRIPTION = "Asks for a parameter of every type"
    REQUIRED_PARAMS = [
        {"name": "title", "label": "Title", "description": "Stands over the report.", "min": 3, "max": 40,
         "placeholder": "Sales of March"},
        {"name": "body", "label": "Body", "type": "textarea"},
        {"name": "key", "label": "Key", "type": "password"},
        {"name": "amount", "label": "Amount", "type": "number", "unit": "MB", "min": 0, "max": 10, "step": 0.5},
        {"name": "rows", "label": "Rows", "type": "integer", "min": 1, "max": 500},
        {"name": "region", "label": "Region", "type": "select",
         "options": [{"value": "eu", "label": "Europe"}, {"value": "us", "label": "America"}]},
        {"name": "city", "label": "City", "type": "select", "options": CITIES},
        {"name": "mode", "label": "Mode", "type": "radio",
         "options": [{"value": "d", "label": "Daily"}, {"value": "w", "label": "Weekly"}]},
        {"name": "weekday", "label": "Day of the week", "depends_on": {"mode": "w"}},
        {"name": "parts", "label": "Parts", "type": "multiselect", "options": ["Sums", "Charts", "Notes"]},
        {"name": "offices", "label": "Offices", "type": "multiselect", "options": CITIES},
        {"name": "shop", "label": "Shop", "type": "credential", "group": "Where from"},
        {"name": "report", "label": "Report", "type": "file", "accept": [".csv"], "group": "Where from",
         "description": "The export of the shop."},
    ]
    OPTIONAL_PARAMS = [
        {"name": "verbose", "label": "Write more to the log", "type": "checkbox", "default": True},
        {"name": "day", "label": "Day", "type": "date", "group": "When"},
        {"name": "clock", "label": "Time", "type": "time", "group": "When"},
        {"name": "start", "label": "Start", "type": "datetime", "group": "When"},
        {"name": "pause", "label": "Pause", "type": "duration", "default": 90, "advanced": True},
        {"name": "extra", "label": "Extra", "type": "json", "advanced": True},
        {"name": "mail", "label": "Mail", "type": "email", "description": "Gets the report."},
        {"name": "site", "label": "Site", "type": "url"},
        {"name": "names", "label": "Names", "type": "list"},
        {"name": "code", "label": "Code", "pattern": "[A-Z]{2}-[0-9]+", "pattern_message": "Code must look like AB-12"},
        {"name": "inbox", "label": "Inbox"},
        {"name": "folder", "label": "Folder"},
    ]
    PARAM_GROUPS = [
        {"name": "target", "label": "Where to", "description": "The report goes to one place.",
         "params": ["inbox", "folder"], "min_required": 1, "max_required": 1},
    ]

    def __init__(self, settings, **given):
        super().__init__(settings)
        self.given = given

    def check(self):
        if self.given["title"] == "Wrong":
            raise ValueError("The shop does not know this title")
        return "The shop answered " + self.given["title"]

    async def execute(self):
        for name, value in sorted(self.given.items()):
            if name == "report":
                value = open(value).read()
            if name in ("key", "shop"):
                value = f"{len(value)} letters"
            print(f"{name} = {json.dumps(value)}")
        return {"records_processed": len(self.given), "records_success": len(self.given), "records_failed": 0}


Job = EveryTypeJob
`;

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
