import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mailServer, type MailServer } from '../deliver/servers.ts';
import { houseConfig } from '../end-to-end/house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from '../end-to-end/sources-server.ts';
import { faultsOf } from './whole-day.ts';

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const firstAt = '2026-11-10T02:30:00Z';
/** After every lease of the process that was killed. */
const afterTheLeases = '2026-11-10T02:50:00Z';
export const readers = Array.from({ length: 12 }, (_, index) => `reader-${index}@example.org`);

export interface Scene extends AsyncDisposable {
  readonly server: SourcesServer;
  readonly smtp: MailServer;
}

/** A source and a mail server on this machine, for many houses. */
export async function openScene(): Promise<Scene> {
  const server = await sourcesServer(sampleCaptures());
  server.now = Date.parse(firstAt);
  const smtp = await mailServer();
  return {
    server,
    smtp,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await smtp.close();
    },
  };
}

/** A new folder with a configuration and readers, where nothing was run yet. */
export async function newHouse({ server, smtp }: Scene): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-faults-'));
  const config = await houseConfig({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`,
    mail: `  transport: smtp
  from: Broadsheet <paper@papers.example.org>
  smtp: { host: 127.0.0.1, port: ${smtp.config.port}, secure: false, connections: 2 }
`,
  });
  writeFileSync(join(folder, 'broadsheet.yaml'), config);
  mkdirSync(join(folder, 'subscribers'));
  const rows = readers.map((address) => `- { address: ${address} }\n`).join('');
  writeFileSync(join(folder, 'subscribers', 'readers.yaml'), rows);
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly ms: number;
}

/** The program in a process of its own, as a shell would run it. */
export function launch(folder: string, args: readonly string[]) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr]): Ended => ({
      code: child.exitCode,
      signal: child.signalCode,
      output: stdout + stderr,
      ms: performance.now() - startedAt,
    }),
  );
  return { child, ended };
}

export interface KillReport {
  /** What is not as it has to be after the second run; none when all is. */
  readonly failures: readonly string[];
  /** False when the first run was done before it could be killed. */
  readonly wasKilled: boolean;
  readonly accepted: number;
  readonly inDoubt: number;
  /** What was there when the first run was dead. */
  readonly left: 'nothing' | 'a database' | 'an edition' | 'a site' | 'mails';
}

/** One day: killed dead after `killAtMs` (or at the nth mail), then run to its end, and looked at. */
export async function killRun(
  scene: Scene,
  when: { readonly ms: number } | { readonly mail: number },
): Promise<KillReport> {
  const folder = await newHouse(scene);
  const mailsBefore = scene.smtp.accepted.length;
  const first = launch(folder, ['run', '--now', firstAt]);
  const over = new AbortController();
  void first.ended.then(() => over.abort());
  if ('ms' in when) await wait(when.ms, undefined, { signal: over.signal }).catch(() => undefined);
  else {
    while (!over.signal.aborted && scene.smtp.accepted.length - mailsBefore < when.mail) {
      await wait(1, undefined, { signal: over.signal }).catch(() => undefined);
    }
  }
  first.child.kill('SIGKILL');
  const { signal } = await first.ended;
  const left = whatIsLeft(folder, scene.smtp.accepted.length > mailsBefore);
  ageStrayFiles(folder);
  const second = await launch(folder, ['run', '--now', afterTheLeases]).ended;
  const failures: string[] = [];
  if (second.code !== 0 && second.code !== 3) {
    failures.push(`the second run ended with ${second.code}: ${second.output}`);
  }
  const mails = scene.smtp.accepted.slice(mailsBefore);
  const day = faultsOf(folder, mails, readers);
  failures.push(...day.faults);
  const wasKilled = signal === 'SIGKILL';
  if (failures.length === 0) rmSync(folder, { recursive: true, force: true });
  else failures.push(`the folder is ${folder}`);
  return { failures, wasKilled, accepted: day.accepted, inDoubt: day.inDoubt, left };
}

/** As if the second run came hours later by the clock of files too, which `--now` does not change. */
function ageStrayFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true }).map(String)) {
    if (name.endsWith('.tmp')) utimesSync(join(folder, name), 0, 0);
  }
}

function whatIsLeft(folder: string, wasMailed: boolean): KillReport['left'] {
  if (wasMailed) return 'mails';
  const names = readdirSync(folder, { recursive: true }).map(String);
  if (names.some((name) => name.endsWith('.html'))) return 'a site';
  const database = names.find((name) => name.endsWith('broadsheet.db'));
  if (database === undefined) return 'nothing';
  const wal = names.find((name) => name.endsWith('broadsheet.db-wal'));
  const held = [database, ...(wal === undefined ? [] : [wal])].map((name) =>
    readFileSync(join(folder, name)),
  );
  return held.some((bytes) => bytes.includes('"editionDate"')) ? 'an edition' : 'a database';
}
