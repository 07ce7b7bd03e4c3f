// A connected account, from registering the app to a consent that was taken back, at a service of our own (tests/provider).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { setUp } from './account';
import { expectNoAxeViolations } from './axe';
import { expectNowhereAtRest, ResponseKeeper } from './secrets';
import { expect, TaskServer, test as base } from './server';
import { addTaskFile, waitUntilListed } from './tasks';

/** The service, in a process of its own. */
class Provider {
  private constructor(
    private readonly process: ChildProcess,
    readonly address: string,
  ) {}

  static async start(): Promise<Provider> {
    const script = path.resolve(import.meta.dirname, '../provider/provider.py');
    const child = spawn('python3', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return new Provider(child, line.toString().trim());
  }

  async control(change: object): Promise<{ asked: string[] }> {
    const answer = await fetch(`${this.address}/control`, { method: 'POST', body: JSON.stringify(change) });
    return (await answer.json()) as { asked: string[] };
  }

  stop(): void {
    this.process.kill();
  }
}

const test = base.extend<{ provider: Provider }>({
  server: async ({}, use) => {
    const server = await TaskServer.start({ ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8' });
    await use(server);
    await server.remove();
  },
  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    provider.stop();
  },
});

/** Calls the service with its account, and prints what may be seen of it. */
const TASK = `
import json
import urllib.request

from jobs.base_job import BaseJob


class DriveJob(BaseJob):
    JOB_NAME = "Read the drive"
    REQUIRED_PARAMS = [{"name": "account", "label": "Account", "type": "credential"}, {"name": "url", "label": "Address"}]

    def check(self):
        given = json.loads(self.params["account"])
        asked = urllib.request.Request(self.params["url"], headers={"Authorization": "Bearer " + given["token"]})
        return "Signed in as " + json.load(urllib.request.urlopen(asked))["name"]

    def execute(self):
        given = json.loads(self.params["account"])
        print(self.check())
        print("Allowed:", " ".join(given["scopes"]))
        print("The token is", given["token"])
        return {}


Job = DriveJob
`;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an account is registered, connected, used, renewed, taken back and connected again', async ({ page, server, provider }) => {
      test.setTimeout(240_000);
      const kept = new ResponseKeeper(page);
      await provider.control({ addresses: [`${server.url}/credentials/connected`], expires_in: 60, rotates: true });
      await addTaskFile(server, 'drive', TASK);
      await setUp(page, server);
      await waitUntilListed(page, 'Read the drive');
      await page.goto('/credentials');
      await page.getByRole('link', { name: 'Connect an account' }).click();
      await test.step('what is missing is named at its field', async () => {
        await expect(page.locator('main')).toContainText(`${server.url}/credentials/connected`);
        await page.getByLabel('Name').fill('Drive');
        await page.getByLabel('Client secret').fill('wrong');
        await page.getByRole('button', { name: 'Save and go on' }).click();
        await expect(page.getByRole('alert').first()).toContainText('Enter the client ID');
        await expect(page.getByLabel('Client secret')).toHaveValue('');
        await expectNoAxeViolations(page);
        await page.getByLabel('Client ID').fill('client-7');
        await page.getByLabel('Client secret').fill('wrong');
        await page.getByLabel('Permissions to ask for').fill('drive.readonly');
        await page.getByLabel('Address on which a person consents').fill(`${provider.address}/authorize`);
        await page.getByLabel('Address that hands out access').fill(`${provider.address}/token`);
        await page.getByRole('button', { name: 'Save and go on' }).click();
        await expect(page.locator('#account')).toContainText('Not connected');
        await expectNoAxeViolations(page);
      });
      const goThere = async (): Promise<void> => {
        await page.locator('#account').getByRole('button').click();
        await expect(page.getByRole('heading', { level: 1 })).toContainText('Connect with Google');
        await page.getByRole('link', { name: 'Continue to Google' }).click();
        await expect(page.getByRole('heading', { name: 'Sign in with the provider' })).toBeVisible();
      };
      await test.step('a refusal and a wrong client secret are told in plain words', async () => {
        await page.locator('#account').getByRole('button').click();
        await expectNoAxeViolations(page);
        await page.goBack();
        await goThere();
        await page.getByRole('link', { name: 'Deny' }).click();
        await expect(page.locator('.notice-bad')).toContainText('was not allowed to give access');
        expect(page.url()).not.toContain('state=');
        await goThere();
        await page.getByRole('link', { name: 'Allow' }).click();
        await expect(page.locator('.notice-bad')).toContainText('does not accept the client ID or the client secret');
        await expectNoAxeViolations(page);
        await page.getByLabel('Client secret').fill('CANARY-client-secret');
        await page.getByRole('button', { name: 'Save app' }).click();
      });
      await test.step('it is connected, tested and used', async () => {
        await goThere();
        await page.getByRole('link', { name: 'Allow' }).click();
        await expect(page.getByRole('status').first()).toContainText('Connected. Tasks can use the account now.');
        await page.goto('/tasks/drive');
        await page.getByLabel('Account').selectOption({ label: 'Drive' });
        await page.getByLabel('Address').fill(`${provider.address}/whoami`);
        await page.getByRole('button', { name: 'Save and run now' }).click();
        await expect(page.locator('.run-status')).toHaveText('Succeeded', { timeout: 30_000 });
        const log = page.getByRole('log');
        await expect(log).toContainText('Signed in as Ann of the provider');
        await expect(log).toContainText('Allowed: drive.readonly');
        await expect(log).toContainText('The token is [secret]');
        // Access for a minute is renewed before the run.
        expect((await provider.control({})).asked.filter((grant) => grant === 'refresh_token')).toHaveLength(1);
      });
      await test.step('a consent taken back is told on Home, and given again', async () => {
        await provider.control({ revoke: true });
        await page.goto('/tasks/drive');
        await page.getByRole('button', { name: 'Run now' }).first().click();
        await page.waitForURL(/\/runs\//);
        await expect(page.locator('.run-status')).toHaveText('Failed', { timeout: 30_000 });
        await expect(page.locator('main')).toContainText('The credential "Drive" has to be connected again.');
        await page.goto('/');
        const attention = page.getByRole('region', { name: 'What needs attention?' });
        await expect(attention).toContainText('Google no longer accepts the consent that was given');
        await expectNoAxeViolations(page);
        await attention.getByRole('link', { name: 'Connect again' }).click();
        await expect(page.locator('#account')).toContainText('Needs connecting again');
        await expectNoAxeViolations(page);
        await goThere();
        await page.getByRole('link', { name: 'Allow' }).click();
        await expect(page.locator('#account')).toContainText('Connected by ann');
        await page.getByRole('button', { name: 'Test this credential' }).click();
        await expect(page.locator('#tested')).toContainText('Signed in as Ann of the provider');
      });
      for (const secret of ['CANARY-access', 'CANARY-refresh', 'CANARY-client']) {
        await kept.expectNowhere(secret);
        await expectNowhereAtRest(server, secret);
      }
    });
  });
}
