// A task prints 100 MB: what its page costs while it runs and afterwards. Run by bench/long-log.
import { readFileSync, readdirSync } from 'node:fs';

import { type Page, test } from '@playwright/test';

import { setUp } from './account';
import { TaskServer } from './server';
import { addTask, waitUntilListed } from './tasks';

const PRINT = `import random
random.seed(7)
sizes = [20, 60, 60, 120, 120, 250, 2000]
printed, number = 0, 0
while printed < 100_000_000:
    number += 1
    text = f"line {number} " + "x" * random.choice(sizes)
    print(text)
    printed += len(text) + 1
    if number == 100_000:
        logging.error("something in the middle")
    if number % 2000 == 0:
        await asyncio.sleep(0)
return {"records_processed": number}`;

/** Resident memory of a process, in MiB. */
function resident(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

function parent(pid: number): number {
  return Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

function isOurs(pid: number): boolean {
  for (let at = pid; at > 1; at = parent(at)) if (at === process.pid) return true;
  return false;
}

/** The largest of this browser's pages, in MiB. */
function pageMemory(): number {
  const sizes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => {
    try {
      const isPage = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer');
      return isPage && isOurs(Number(name)) ? resident(Number(name)) : 0;
    } catch {
      return 0; // it has ended meanwhile
    }
  });
  return Math.max(...sizes);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return Math.round(performance.now() - began);
}

const longTasks = (page: Page) => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);

test('100 MB', async ({ browser }) => {
  const server = await TaskServer.start({ RUN_LOG_LIMIT_MB: '0' });
  try {
    const page = await browser.newPage({ baseURL: server.url });
    await page.addInitScript(() => {
      const found: number[] = [];
      Object.assign(window, { longTasks: found });
      new PerformanceObserver((list) => found.push(...list.getEntries().map((entry) => Math.round(entry.duration)))).observe({ type: 'longtask', buffered: true });
    });
    await addTask(server, 'flood', 'Print much', PRINT);
    await setUp(page, server);
    await waitUntilListed(page, 'Print much');
    await page.goto('/tasks/flood');
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(/\/runs\//);
    const run = new URL(page.url()).pathname;
    const status = page.locator('.run-status');
    const memory: [number, number][] = [];
    const began = performance.now();
    while (!/Succeeded|Failed/.test(await status.innerText())) {
      memory.push([pageMemory(), resident(server.pid)]);
      await page.waitForTimeout(2000);
    }
    const whileRunning = {
      seconds: Math.round((performance.now() - began) / 1000),
      status: await status.innerText(),
      lines: await page.locator('#log-links').innerText(),
      longTasks: { count: (await longTasks(page)).length, longest: Math.max(0, ...(await longTasks(page))) },
      pageMiB: { first: memory[1]?.[0], most: Math.max(...memory.map(([size]) => size)), last: memory.at(-1)?.[0] },
      serverMiB: { first: memory[1]?.[1], most: Math.max(...memory.map(([, size]) => size)), last: memory.at(-1)?.[1] },
    };
    const times: Record<string, number> = {};
    const longest: Record<string, number> = {};
    for (const [name, address] of Object.entries({
      open: run,
      'search, 1 match': `${run}?find=something+in+the+middle`,
      'search, all match': `${run}?find=line`,
      'search, none': `${run}?find=no+such+text`,
      'errors only': `${run}?level=error`,
      'from the middle': `${run}?from=99980#L100001`,
    })) {
      times[name] = await timed(() => page.goto(address));
      longest[name] = Math.max(0, ...(await longTasks(page)));
    }
    let bytes = 0;
    times['download'] = await timed(async () => {
      bytes = (await (await page.request.get(`${run}/log.txt`, { timeout: 600_000 })).body()).length;
    });
    console.log(JSON.stringify({ whileRunning, milliseconds: times, longestTask: longest, downloadMB: Math.round(bytes / 1e6), serverMiB: resident(server.pid) }, null, 2));
  } finally {
    await server.remove();
  }
});
