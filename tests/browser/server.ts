import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { test as base } from '@playwright/test';

const cache = process.env.INSIGHTMESH_CACHE ?? path.join(homedir(), '.cache/insightmesh-tasks');
const target = process.env.CARGO_TARGET_DIR ?? path.join(cache, 'target');
export const binary = process.env.INSIGHTMESH_BINARY ?? path.join(target, 'release/insightmesh-tasks');
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** The real server, with a port, a data folder and a tasks folder of its own. */
export class TaskServer {
  /** All that the server has printed, restarts included. */
  log = '';
  /** The one-time link of the first start. */
  setupLink = '';
  private process?: ChildProcess;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts with empty folders; resolves when the set-up link is printed. `env` adds to the server's environment. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<TaskServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'insightmesh-test-'));
    const server = new TaskServer(folder, await freePort(), env);
    await mkdir(server.tasksDir);
    try {
      server.launch();
      server.setupLink = await server.until(() => /\S*\/setup\?token=\S+/.exec(server.log)?.[0]);
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** The origin as the set-up link spells it, so that cookies belong to one host. */
  get url(): string {
    return new URL(this.setupLink).origin;
  }

  get dataDir(): string {
    return path.join(this.folder, 'data');
  }

  get tasksDir(): string {
    return path.join(this.folder, 'tasks');
  }

  /** The number of its process. */
  get pid(): number {
    return this.process!.pid!;
  }

  /** Ends the server as an operator would (SIGTERM); the folders stay. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends the server as a power cut would (SIGKILL). */
  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts again on the same port and folders, stopping first if need be; resolves when its pages are there. */
  async restart(): Promise<void> {
    await this.stop();
    this.launch();
    await this.until(() =>
      fetch(`${this.url}/readyz`).then(
        answer => answer.ok || undefined,
        () => undefined,
      ),
    );
  }

  /** Ends the server and deletes its folders. */
  async remove(): Promise<void> {
    await this.kill9();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private launch(): void {
    const child = spawn(binary, {
      // Its own folder, so that no ./data or ./.env of a developer is picked up.
      cwd: this.folder,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        EXTERNAL_TASKS_PATH: this.tasksDir,
        COMPONENT_GALLERY: 'true',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    child.on('error', (error) => (this.log += `${error.message}\n`));
    this.process = child;
  }

  private get running(): boolean {
    const child = this.process;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.process;
    if (!child || !this.running) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const stopped = await Promise.race([gone.then(() => true), delay(STOP_LIMIT_MS, false, { ref: false })]);
    if (!stopped) {
      child.kill('SIGKILL');
      await gone;
      throw new Error(`the server ignored ${signal} for ${STOP_LIMIT_MS} ms:\n${this.log}`);
    }
  }

  private async until<T>(probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const limit = Date.now() + START_LIMIT_MS;
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      await delay(50);
      if (!this.running) throw new Error(`${binary} ended instead of starting:\n${this.log}`);
      if (Date.now() > limit) throw new Error(`${binary} did not start in ${START_LIMIT_MS} ms:\n${this.log}`);
    }
  }
}

/** Playwright's `test` with a fresh `server`; a failed test carries the server's log. Relative addresses are the server's. */
export const test = base.extend<{ server: TaskServer }>({
  server: async ({}, use, info) => {
    const server = await TaskServer.start();
    await use(server);
    await server.remove();
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: server.log });
  },
  baseURL: async ({ server }, use) => use(server.url),
});

export { expect } from '@playwright/test';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
