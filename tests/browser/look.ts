import type { Page } from '@playwright/test';

/** A picture of the page for a person to look at, where `SCREENS` names a folder. */
export async function look(page: Page, name: string): Promise<void> {
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/${name}.png`, fullPage: true });
}
