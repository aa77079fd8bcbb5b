/**
 * Requests a second of the real server against nginx with one worker, which serves the same bytes with the same headers:
 * a topic's feed (304; whole, in gzip and plain) and the front page, in the same run, by turns, medians. The server
 * and nginx are held to one processor, wrk to another. `node bench/serve.ts [rounds] [seconds]`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openApp } from '../src/app.ts';
import { publishStatic } from '../src/cli/static-site.ts';
import { parseConfig } from '../src/config/config.ts';
import { dayMs } from '../src/domain/time.ts';
import { publishSite } from '../src/pipeline.ts';
import { addEdition, madeConfig, madeFrom } from './made-site.ts';
import { nginxConfig } from './nginx.ts';
import { median } from './timing.ts';

const rounds = Math.max(5, Number(process.argv[2] ?? 5));
const seconds = Number(process.argv[3] ?? 3);
const editions = 20;
const connections = 32;
/** Until the code that answers is compiled. */
const warmSeconds = 5;
const nginxPort = 18_080;

for (const [program, ask] of [
  ['nginx', '-v'],
  ['wrk', '-v'],
] as const) {
  if (spawnSync(program, [ask]).error) {
    console.error(`${program} is missing: apt-get install --no-install-recommends nginx-light wrk`);
    process.exit(1);
  }
}
const canPin = spawnSync('taskset', ['-c', '1', 'true']).status === 0;

const browser = { 'Accept-Encoding': 'gzip, deflate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html' };
const cases = [
  { name: 'topic feed, 304', path: 't/t1/rss.xml', headers: { 'Accept-Encoding': 'gzip' }, is304: true },
  {
    name: 'topic feed, 200 gzip',
    path: 't/t1/rss.xml',
    headers: { 'Accept-Encoding': 'gzip' },
    is304: false,
  },
  { name: 'topic feed, 200 plain', path: 't/t1/rss.xml', headers: {}, is304: false },
  { name: 'front page, 200 gzip', path: '', headers: browser, is304: false },
] as const;

interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
}

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const started: ChildProcess[] = [];
try {
  const config = join(folder, 'broadsheet.yaml');
  writeFileSync(join(folder, 'papers.jsonl'), '');
  writeFileSync(config, await madeConfig('papers.jsonl', 'serve: { port: 0 }\nlog: silent\n'));
  await makeSite(config, join(folder, 'out'));
  const servers = [await startNginx(join(folder, 'out')), await startBroadsheet(config)];
  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections${canPin ? ', pinned' : ''}`);
  for (const asked of cases) await compare(asked, servers);
} finally {
  for (const child of started) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
}

async function makeSite(file: string, out: string): Promise<void> {
  const config = parseConfig(readFileSync(file, 'utf8'), file, {});
  await using app = await openApp(config, { now: madeFrom, clock: Date.now });
  for (let number = 1; number <= editions; number += 1) await addEdition(app.db, number);
  const day = { now: () => madeFrom + editions * dayMs, signal: new AbortController().signal };
  await publishSite(app, day);
  await publishStatic(app, day, out);
}

async function compare(asked: (typeof cases)[number], servers: readonly Server[]): Promise<void> {
  const runs = await Promise.all(
    servers.map(async (server) => {
      const answer = await fetch(server.url + asked.path, { headers: asked.headers });
      const body = Buffer.from(await answer.arrayBuffer());
      const tag = asked.is304 ? { 'If-None-Match': answer.headers.get('ETag') ?? '' } : {};
      return { server, body, headers: { ...asked.headers, ...tag }, speeds: [0], costs: [0] };
    }),
  );
  const [nginx, own] = runs;
  if (!nginx || !own) throw new Error('two servers');
  const isSame = asked.name.startsWith('front') || nginx.body.equals(own.body);
  if (!isSame) throw new Error(`${asked.name}: the servers send different bytes`);
  for (const run of runs) {
    run.speeds.pop();
    run.costs.pop();
    measure(run.server, asked.path, run.headers, warmSeconds);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const run of runs) {
      const { speed, cpuUs } = measure(run.server, asked.path, run.headers, seconds);
      run.speeds.push(speed);
      run.costs.push(cpuUs);
    }
  }
  const ratio = (of: (run: { speeds: number[]; costs: number[] }) => readonly number[]): string =>
    median(of(own).map((value, round) => value / (of(nginx)[round] ?? Number.NaN))).toFixed(2);
  console.log(
    `${asked.name} (${own.body.byteLength} bytes): ${own.speeds.length} rounds, ` +
      runs
        .map(
          ({ server, speeds, costs }) =>
            `${server.name} ${median(speeds).toFixed(0)}/s, ${median(costs).toFixed(0)} us CPU`,
        )
        .join('; ') +
      `; speed ${ratio((run) => run.speeds)} of nginx, CPU ${ratio((run) => run.costs)} times`,
  );
}

function measure(
  server: Server,
  path: string,
  headers: Readonly<Record<string, string>>,
  duration: number,
): { speed: number; cpuUs: number } {
  const asked = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t1', `-c${connections}`, `-d${duration}s`, ...asked, server.url + path];
  const before = cpuTicks(server.child);
  const { stdout } = canPin
    ? spawnSync('taskset', ['-c', '1', 'wrk', ...args], { encoding: 'utf8' })
    : spawnSync('wrk', args, { encoding: 'utf8' });
  const ticks = cpuTicks(server.child) - before;
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${server.name}: ${stdout}`);
  const speed = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { speed, cpuUs: (ticks * 10_000) / requests };
}

/** User and system time of a process in hundredths of a second, as Linux has it; proc(5). */
function cpuTicks(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function start(program: string, args: readonly string[]): ChildProcess {
  // taskset becomes the program, so that its process is the server's.
  const child = canPin
    ? spawn('taskset', ['-c', '0', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    : spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  return child;
}

async function startBroadsheet(config: string): Promise<Server> {
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
  const child = start(process.execPath, [cli, '--config', config, '--quiet', 'start']);
  if (!child.stdout) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^site\s+(\S+)/.exec(line)?.[1];
    if (url !== undefined) return { name: 'Broadsheet', url, child };
  }
  throw new Error('the server did not start');
}

async function startNginx(root: string): Promise<Server> {
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfig({ folder, root, port: nginxPort }));
  const child = start('nginx', ['-c', file, '-e', 'stderr']);
  const url = `http://localhost:${nginxPort}/`;
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return { name: 'nginx', url, child };
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`nginx did not start on port ${nginxPort}`);
}
