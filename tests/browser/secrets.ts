import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, type Page } from '@playwright/test';

import type { TaskServer } from './server';

/** Keeps the body of every response the page gets, to look for a secret in them afterwards. */
export class ResponseKeeper {
  private readonly bodies: Promise<{ address: string; body: string }>[] = [];

  constructor(page: Page) {
    page.on('response', (response) => {
      const headers = JSON.stringify(response.headers());
      // A redirect and an interrupted stream have no body; their headers still count.
      const body = response.text().catch(() => '');
      this.bodies.push(body.then((text) => ({ address: response.url(), body: headers + text })));
    });
  }

  async expectNowhere(secret: string): Promise<void> {
    const found = (await Promise.all(this.bodies)).filter(({ address, body }) => (address + body).includes(secret));
    expect(found.map(({ address }) => address)).toEqual([]);
    expect(this.bodies.length).toBeGreaterThan(0);
  }
}

/** Looks for a secret, as typed and in base64, in all that the server keeps and prints. */
export async function expectNowhereAtRest(server: TaskServer, secret: string): Promise<void> {
  const needles = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)];
  const found: string[] = [];
  let read = 0;
  for (const entry of await readdir(server.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    read += 1;
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  expect(found).toEqual([]);
  expect(read).toBeGreaterThan(2);
  for (const needle of needles) expect(server.log).not.toContain(needle);
}
