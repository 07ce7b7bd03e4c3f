// A task's README on a phone: a wide table scrolls in a frame of its own, and the page does not.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { look } from './look';
import { expect, test } from './server';
import { addTask, waitUntilListed } from './tasks';

const columns = ['Field', 'Meaning', 'Example', 'Default', 'Since', 'Remarks', 'Column of the export'];
const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
const README = [
  '# Orders',
  '',
  'See https://reports.example/a/very/long/address/that/has/no/place/to/break/whatever/happens.html first.',
  '',
  line(columns),
  line(columns.map(() => '---')),
  line(columns.map((column) => `A longer text on ${column.toLowerCase()}`)),
  '',
  '```',
  `curl https://shop.example/api/orders?${'page=1&'.repeat(30)}`,
  '```',
  '',
  line(['a', 'b']),
  line(['---', '---']),
  line(['1', 'x'.repeat(90)]),
  '',
  `<table><tr>${'<td>raw-cell-without-a-break</td>'.repeat(6)}</tr></table>`,
  '',
].join('\n');

test('wide tables and code of a README stay within a narrow page', async ({ page, server }) => {
  await addTask(server, 'orders', 'Fetch orders', 'return {}');
  await writeFile(path.join(server.tasksDir, 'orders', 'README.md'), README);
  await setUp(page, server);
  await waitUntilListed(page, 'Fetch orders');
  await page.goto('/tasks/orders');
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBeLessThanOrEqual(width);
    const frame = page.getByRole('region', { name: 'Table 1' });
    expect(await frame.evaluate((element) => element.scrollWidth > element.clientWidth), 'the table scrolls').toBe(true);
    await frame.focus();
    await expect(frame).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => frame.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
    await frame.evaluate((element) => (element.scrollLeft = 0));
    const code = page.locator('.prose pre');
    expect(await code.evaluate((element) => element.scrollWidth <= element.clientWidth), 'code wraps').toBe(true);
    await expectNoAxeViolations(page);
    await page.emulateMedia({ colorScheme: width === 320 ? 'dark' : 'light' });
    await expectNoAxeViolations(page);
    await look(page, `readme-${width}`);
  }
});
