// The log of a run that goes on: followed, left alone while it is read, cut off and taken up again.
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, type TaskServer, test } from './server';
import { addTask, waitUntilListed } from './tasks';

/** Prints numbered lines up to the number in a file, until that says "end". */
const body = (goal: string) => `import pathlib
goal = pathlib.Path(${JSON.stringify(goal)})
printed = 0
while True:
    wanted = goal.read_text() if goal.exists() else "0"
    if wanted == "end":
        return {}
    while printed < int(wanted):
        printed += 1
        print("order", printed)
    await asyncio.sleep(0.02)`;

const log = (page: Page) => page.getByRole('log');
const jump = (page: Page) => page.getByRole('button', { name: /^Jump to latest/ });
const line = (page: Page, number: number) => page.locator(`#L${number}`);

/** The line is in view within its frame, wherever on the page that is. */
async function expectShown(page: Page, number: number, timeout = 10_000): Promise<void> {
  await expect(line(page, number)).toBeAttached({ timeout });
  await log(page).evaluate((frame) => frame.scrollIntoView({ block: 'center' }));
  await expect(line(page, number)).toBeInViewport();
}

class Printer {
  constructor(private readonly goal: string) {}

  /** Has the task print up to this line, or end. */
  async until(goal: number | 'end'): Promise<void> {
    await writeFile(`${this.goal}.new`, String(goal));
    await rename(`${this.goal}.new`, this.goal);
  }
}

async function startPrinting(page: Page, server: TaskServer): Promise<{ run: string; printer: Printer }> {
  const goal = path.join(server.tasksDir, '..', 'goal');
  await addTask(server, 'orders', 'Print orders', body(goal));
  await setUp(page, server);
  await waitUntilListed(page, 'Print orders');
  await page.goto('/tasks/orders');
  await page.getByRole('button', { name: 'Run now' }).click();
  await expect(page.locator('.run-status')).toHaveText('Running', { timeout: 30_000 });
  return { run: new URL(page.url()).pathname, printer: new Printer(goal) };
}

/** The first and the last line on the page; in between each is there once, in order. */
async function span(page: Page): Promise<[number, number]> {
  const numbers = await page.evaluate(() => [...document.querySelectorAll('.log-line')].map((each) => Number(each.id.slice(1))));
  numbers.forEach((number, index) => expect(number).toBe(numbers[0]! + index));
  return [numbers[0]!, numbers.at(-1)!];
}

const scrollTop = (page: Page) => log(page).evaluate((frame) => frame.scrollTop);

async function scrollUp(page: Page): Promise<number> {
  await log(page).hover();
  await page.mouse.wheel(0, -400);
  await expect.poll(() => log(page).evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight)).toBeGreaterThan(100);
  return scrollTop(page);
}

test('a log is followed at its end and left alone while it is read', async ({ page, server }) => {
  test.setTimeout(180_000);
  const { run, printer } = await startPrinting(page, server);

  await test.step('new lines come into view', async () => {
    await printer.until(100);
    await expectShown(page, 100);
    await expect(jump(page)).toBeHidden();
  });

  await test.step('scrolled up nothing moves, and a button leads to the latest', async () => {
    const top = await scrollUp(page);
    await printer.until(150);
    await expect(jump(page)).toHaveText('Jump to latest (50 new)');
    expect(await scrollTop(page)).toBe(top);
    await expectNoAxeViolations(page);
    await look(page, 'log-paused');
    await jump(page).click();
    await expectShown(page, 150);
    await expect(jump(page)).toBeHidden();
    await printer.until(160);
    await expectShown(page, 160);
  });

  await test.step('times are written as chosen, those of new lines too', async () => {
    await expect(page.locator('.log-card')).toContainText('Times in ');
    await page.getByText('Find and filter').click();
    await page.getByLabel('Times', { exact: true }).selectOption('Since the start');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await printer.until(170);
    await expect(line(page, 170).locator('time')).toHaveText(/^\+\d+:\d\d\.\d$/);
    await page.goto(run);
    await printer.until(180);
    await expect(line(page, 180).locator('time')).toHaveText(/^\+\d+:\d\d\.\d$/);
  });
});

/** Stands between the browser and the server, and can cut the line without the server noticing more than that. */
class Line {
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server, readonly port: number, private isCut = false) {}

  static async to(target: URL): Promise<Line> {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const line = new Line(server, (server.address() as { port: number }).port);
    server.on('connection', (from) => {
      if (line.isCut) {
        from.destroy();
        return;
      }
      const to = connect(Number(target.port), target.hostname);
      for (const [one, other] of [[from, to], [to, from]] as const) {
        line.sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
    });
    return line;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}

test('a lost connection is named, and taken up again without a lost or doubled line', async ({ page, server }) => {
  test.setTimeout(180_000);
  const { run, printer } = await startPrinting(page, server);
  const notice = page.locator('.log-notice');
  const between = await Line.to(new URL(server.url));
  try {
    await test.step('the line to the server breaks, while the run goes on', async () => {
      await page.goto(`http://${new URL(server.url).hostname}:${between.port}${run}`);
      await printer.until(100);
      await expectShown(page, 100);
      between.cut();
      await expect(notice).toHaveText('Connection lost, trying again…');
      await look(page, 'log-lost');
      await printer.until(300);
      between.mend();
      await expectShown(page, 300, 30_000);
      await expect(notice).toBeHidden();
      expect(await span(page)).toEqual([1, 300]);
    });
  } finally {
    between.close();
  }

  await test.step('the server dies and comes back', async () => {
    await page.goto(run);
    await expectShown(page, 300);
    await printer.until(320);
    await expectShown(page, 320);
    await server.kill9();
    await expect(notice).toHaveText('Connection lost, trying again…');
    await server.restart();
    await expect(page.locator('.run-status')).toHaveText('Failed', { timeout: 60_000 });
    await expect(notice).toBeHidden();
    const [first, last] = await span(page);
    expect(first).toBe(1);
    expect(last).toBeGreaterThanOrEqual(320);
  });
});
