// Every page, full and in trouble: axe, light and dark, wide and narrow; nothing to scroll sideways at 320 px; nothing too
// small to hit; no word that an administrator would not use. With SCREENS set it leaves pictures there (`make screens`).
import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectHighContrast, expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test, type TaskServer } from './server';
import { addTask, addTaskFile, EVERY_TYPE, reloadUntil, waitUntilListed } from './tasks';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };
const GO_ON = 'self.progress(3, 10, "Reading March")\nwhile True: await asyncio.sleep(0.1)';
const FAIL = 'print("Reading orders")\nprint("no such shop", file=sys.stderr)\nraise ValueError("The shop is closed")';

/** What nobody but a developer says. The advanced kind of schedule and words for developers may. */
const BANNED = /\b(invalid|please|oops|sorry|cron|queue|queued|payload|worker|job)\b/i;

/** Starts a run and gives its address. */
async function start(page: Page, task: string): Promise<string> {
  await page.goto(`/tasks/${task}`);
  await page.getByRole('button', { name: 'Run now' }).first().click();
  await page.waitForURL(/\/runs\//);
  return new URL(page.url()).pathname;
}

/** A server on which everything there is to see has happened. */
async function fill(page: Page, server: TaskServer): Promise<Record<string, string>> {
  await addTask(server, 'orders', 'Fetch orders', 'print("12 orders")\nreturn {"records_processed": 12, "records_success": 12, "shop": "north", "open": [{"id": 1, "sum": 9.5}]}');
  await addTask(server, 'broken', 'Send report', FAIL);
  await addTask(server, 'long', 'Copy archive', GO_ON);
  await addTaskFile(server, 'every', EVERY_TYPE);
  await addTaskFile(server, 'unreadable', 'import no_such_package\n');
  await setUp(page, server);
  for (const title of ['Fetch orders', 'Send report', 'Copy archive', 'Every type']) await waitUntilListed(page, title);
  const succeeded = await start(page, 'orders');
  await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
  const failed = await start(page, 'broken');
  await expect(page.locator('.run-status')).toHaveText('Failed', { timeout: 30_000 });
  const running = await start(page, 'long');
  await expect(page.locator('main')).toContainText('Reading March', { timeout: 30_000 });
  await page.goto('/calendars/new');
  await page.getByLabel('Name').fill('Holidays');
  await page.locator('textarea').fill('2026-12-25 Christmas Day');
  await page.getByRole('button', { name: 'Save calendar' }).click();
  await expect(page.getByRole('status').first()).toContainText('Calendar saved.');
  const calendar = (await page.getByRole('link', { name: 'Holidays', exact: true }).getAttribute('href'))!;
  await page.goto('/credentials/new');
  await page.getByLabel('Name').fill('Shop');
  await page.getByRole('textbox', { name: 'Secret' }).fill('CANARY-1');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto('/credentials');
  const credential = (await page.getByRole('link', { name: 'Shop', exact: true }).getAttribute('href'))!;
  await page.goto('/credentials/connect');
  await page.getByLabel('Name').fill('Drive');
  await page.getByLabel('Client ID').fill('client-7');
  await page.getByLabel('Client secret').fill('CANARY-2');
  await page.getByLabel('Permissions to ask for').fill('https://www.googleapis.com/auth/drive.readonly');
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await expect(page.locator('#account')).toContainText('Not connected');
  const account = new URL(page.url()).pathname;
  await page.goto('/tasks/orders/schedules/new');
  await page.getByLabel('On certain days of the week').check();
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.getByRole('status').first()).toContainText('Schedule saved');
  const schedule = (await page.getByRole('link', { name: /^Change/ }).getAttribute('href'))!;
  await reloadUntil(page, '/doctor', async () => (await page.locator('main').innerText()).includes('no_such_package'), 15_000);
  return {
    home: '/',
    week: '/week',
    tasks: '/tasks',
    'tasks-nothing': '/tasks?q=nothing+such',
    task: '/tasks/orders',
    'task-every-type': '/tasks/every',
    'task-problem': '/tasks/unreadable',
    'start-link': '/tasks/orders/links/new',
    'run-with-values': '/tasks/every/start',
    'preset-new': '/tasks/every/presets/new',
    schedules: '/schedules',
    'schedules-nothing': '/schedules?state=over',
    'schedule-new': '/tasks/orders/schedules/new',
    'schedule-change': schedule,
    runs: '/runs',
    'runs-failed': '/runs?status=failed',
    'runs-nothing': '/runs?status=cancelled',
    'run-succeeded': succeeded,
    'run-failed': failed,
    'run-running': running,
    'run-like': `${failed}/like`,
    calendars: '/calendars',
    calendar,
    credentials: '/credentials',
    credential,
    'credential-new': '/credentials/new',
    'credential-connect': '/credentials/connect',
    'credential-account': account,
    doctor: '/doctor',
    help: '/help',
    find: '/find?q=orders',
    gallery: '/gallery',
    'find-nothing': '/find?q=nothing+such',
    'not-found': '/nowhere',
  };
}

/** Saves a form as it is, where that shows what is missing. */
async function showErrors(page: Page, at: string, button: string): Promise<void> {
  await page.goto(at);
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page).toHaveTitle(/^Error: /);
}

/** What is narrower or lower than 24 px and not a link in a sentence (WCAG 2.5.8). */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary')) {
      const box = element.getBoundingClientRect();
      const isShown = box.width > 0 && getComputedStyle(element).visibility !== 'hidden';
      if (isShown && (box.width < 23.5 || box.height < 23.5)) found.push(element.outerHTML.slice(0, 120));
    }
    return found;
  });
}

/** The words on a page that are ours: not those of tasks, and not the name of the file that makes a folder a task. */
async function spoken(page: Page): Promise<string> {
  return page.evaluate(() => {
    const copy = document.body.cloneNode(true) as HTMLElement;
    for (const other of copy.querySelectorAll('code, pre, script, noscript, [role=log], details')) other.remove();
    return (copy.textContent ?? '').replaceAll('job.py', '');
  });
}

test('every page is accessible in light and dark, wide and narrow', async ({ page, server }) => {
  test.setTimeout(600_000);
  await page.setViewportSize(WIDE);
  const pages = await fill(page, server);
  for (const [name, address] of Object.entries(pages)) {
    await test.step(name, async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(WIDE);
      await page.goto(address);
      await expectNoAxeViolations(page);
      expect(await tooSmall(page), name).toEqual([]);
      await look(page, name);
      // A page that shows code, or is for developers, speaks their language.
      if (!/^(schedule-|doctor|start-link|task-problem)/.test(name)) {
        expect.soft((await spoken(page)).match(BANNED)?.[0], `a word on ${address}`).toBeUndefined();
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectNoAxeViolations(page);
      await page.setViewportSize(NARROW);
      await expectNoAxeViolations(page);
      await page.emulateMedia({ colorScheme: 'light' });
      await look(page, `${name}-narrow`);
      await page.setViewportSize({ width: 320, height: 640 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${address} at 320 px`).toBeLessThanOrEqual(320);
    });
  }
  for (const name of ['gallery', 'home', 'task', 'schedule-change', 'runs', 'run-failed', 'find']) {
    await test.step(`${name} with more contrast`, async () => {
      await page.setViewportSize(WIDE);
      await page.goto(pages[name]!);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, contrast: 'more' });
        await expectHighContrast(page);
        await look(page, `${name}-contrast-${colorScheme}`);
      }
      // Here the system chooses the colours: nothing to measure, but something to look at.
      await page.emulateMedia({ forcedColors: 'active' });
      await look(page, `${name}-forced`);
      await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', forcedColors: 'none' });
    });
  }
  await test.step('forms with mistakes', async () => {
    for (const [at, button] of [
      ['/tasks/every', 'Save'],
      ['/credentials/new', 'Save credential'],
      ['/credentials/connect', 'Save and go on'],
      ['/calendars/new', 'Save calendar'],
      ['/tasks/orders/links/new', 'Make the link'],
      ['/tasks/every/presets/new', 'Save preset'],
    ] as const) {
      await page.setViewportSize(WIDE);
      await showErrors(page, at, button);
      await expectNoAxeViolations(page);
      await look(page, `mistakes-${at.split('/')[1]}-${at.split('/')[2]}`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectNoAxeViolations(page);
      await page.emulateMedia({ colorScheme: 'light' });
    }
  });
});

test('the whole job is done with the keyboard alone', async ({ page, server }) => {
  test.setTimeout(180_000);
  await addTaskFile(
    server,
    'greet',
    'from jobs.base_job import BaseJob\nclass GreetJob(BaseJob):\n    JOB_NAME = "Greet"\n    REQUIRED_PARAMS = [{"name": "who", "label": "Who"}]\n    def execute(self):\n        print("Hello", self.params["who"])\n        return {}\n',
  );
  await setUp(page, server);
  await waitUntilListed(page, 'Greet');
  /** Moves on with Tab until the focus is on something with this name; nothing may hold it fast. */
  const reach = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 80; presses += 1) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null;
        if (!element || element === document.body) return '';
        const label = element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((each) => each.innerText).join(' ') : '';
        return label || element.innerText || element.getAttribute('aria-label') || '';
      });
      if (name.test(focused.trim())) {
        const outline = await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement!);
          return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
        });
        expect(outline, `the focus on ${focused} can be seen`).toBe(true);
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${name}`);
  };
  await page.goto('/tasks');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await reach(/^Greet$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Greet' })).toBeVisible();
  await reach(/^Who/);
  await page.keyboard.type('Ann');
  await reach(/^Save and run now$/);
  await page.keyboard.press('Enter');
  await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
  await expect(page.getByRole('log')).toContainText('Hello Ann');
  await reach(/^Greet$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/tasks\/greet$/);
  await reach(/^Add a schedule$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/schedules\/new$/);
  await reach(/^Every day/);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('On certain days of the week')).toBeChecked();
  await reach(/^Save schedule$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').first()).toContainText('Schedule saved.');
  await reach(/^Pause/);
  await page.keyboard.press('Enter');
  await expect(page.locator('#schedules')).toContainText('Paused');
});

test('what a screen reader is told of the main pages stays what it is', async ({ page, server }) => {
  test.setTimeout(120_000);
  await addTask(server, 'orders', 'Fetch orders', 'raise ValueError("closed")');
  await setUp(page, server);
  await waitUntilListed(page, 'Fetch orders');
  await page.goto('/');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Home" [level=1]
      - region "First steps":
        - heading "First steps" [level=2]
        - list
      - region "Is anything failing?"
      - region "What is running?"
      - region "What is next?"
  `);
  await page.goto('/tasks/orders/schedules/new');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Add a schedule" [level=1]
      - group "How often":
        - radio "Every day, or every so many days" [checked]
        - radio "On certain days of the week"
      - group "When it is saved":
        - radio "Keep it paused until I have checked it" [checked]
      - button "Save schedule"
      - region "Next runs"
  `);
  await start(page, 'orders');
  await expect(page.locator('.run-status')).toHaveText('Failed', { timeout: 30_000 });
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Fetch orders" [level=1]
      - button "Run again"
      - region "The task stopped with an error.":
        - heading "The task stopped with an error." [level=2]
        - heading "What to do" [level=3]
        - heading "What changed" [level=3]
      - region "Timeline"
      - region "Values it ran with"
      - region "Log":
        - log "Log"
  `);
});
