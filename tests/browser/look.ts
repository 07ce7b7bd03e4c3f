import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Page } from '@playwright/test';
import sharp from 'sharp';

/** A picture of the page for a person to look at, where `SCREENS` names a folder. 64 colours: a third of the size, and they are kept. */
export async function look(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENS) return;
  const folder = path.resolve(process.env.SCREENS);
  await mkdir(folder, { recursive: true });
  const picture = await page.screenshot({ fullPage: true });
  await writeFile(path.join(folder, `${name}.png`), await sharp(picture).png({ palette: true, colours: 64 }).toBuffer());
}
