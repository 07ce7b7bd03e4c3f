import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with rule, help and elements for each WCAG 2.0–2.2 A and AA rule the page breaks, contrast included. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  if (await page.evaluate(() => matchMedia('(scripting: none)').matches)) {
    await withScriptsAllowed(page, expectNoAxeViolations);
    return;
  }
  const { violations } = await new AxeBuilder({ page })
    .options({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      rules: { 'color-contrast': { enabled: true } },
    })
    .analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** What people are promised who asked their system for more contrast: 7:1 for text (WCAG 1.4.6, level AAA). */
export async function expectHighContrast(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast-enhanced']).analyze();
  const found = violations.flatMap(({ nodes }) => nodes.map((node) => `${node.html}: ${node.any[0]?.message}`));
  expect(found, `contrast on ${page.url()}`).toEqual([]);
}

/** axe hangs where JavaScript is off; it looks at a copy of what was rendered there, free of the page's own scripts. */
async function withScriptsAllowed(page: Page, look: (copy: Page) => Promise<void>): Promise<void> {
  const body = (await page.content()).replace(/<script\b.*?<\/script>|<\/?noscript>/gs, '');
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const context = await page.context().browser()!.newContext({
    javaScriptEnabled: true,
    viewport: page.viewportSize(),
    colorScheme: dark ? 'dark' : 'light',
  });
  try {
    const copy = await context.newPage();
    await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html', body }));
    await copy.goto(page.url());
    await look(copy);
  } finally {
    await context.close();
  }
}
