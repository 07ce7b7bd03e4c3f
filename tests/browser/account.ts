import type { Page } from '@playwright/test';

import { expect, type TaskServer } from './server';

export const PASSWORD = 'correct horse battery staple';

/** Opens the printed link and creates the administrator; ends on Home. */
export async function createAccount(page: Page, server: TaskServer): Promise<void> {
  await page.goto(server.setupLink);
  await page.getByLabel('Your name').fill('ann');
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
}

/** The same, and goes on to the list of tasks. */
export async function setUp(page: Page, server: TaskServer): Promise<void> {
  await createAccount(page, server);
  await page.getByRole('link', { name: 'Tasks', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible();
}
