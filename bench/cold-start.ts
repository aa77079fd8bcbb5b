/**
 * Processor time (user and system, whole process tree, launcher included) of the published package's commands beside
 * `node -e 0`, interleaved, and with `--memory` what `start` keeps in memory after a minute of serving an edition.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './timing.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, memory: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const project = fileURLToPath(new URL('../', import.meta.url));
const idleMs = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-cold-start-'));
try {
  const program = unpackedPackage();
  const site = madeSite(program);
  // One measured and never counted: it fills the compile cache.
  const commands = {
    'node -e 0': ['-e', '0'],
    '--help': [program, '--help'],
    status: [program, 'status'],
    'config check': [program, 'config', 'check'],
  };
  const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, args] of Object.entries(commands)) {
      const cpuMs = processorMs(args, site);
      if (round > 0) times.get(name)?.push(cpuMs);
    }
  }
  const limit = median(times.get('node -e 0') ?? []);
  for (const [name, all] of times) {
    const middle = median(all);
    console.log(`${name.padEnd(14)} ${middle.toFixed(1)} ms CPU  ${(middle / limit).toFixed(2)}`);
  }
  if (values.memory) await showMemory(program, site);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What `npm pack` makes, unpacked beside the packages of this checkout; the path of its command. */
function unpackedPackage(): string {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: project });
  execFileSync('tar', ['-xzf', join(folder, `broadsheet-${version()}.tgz`), '-C', folder]);
  symlinkSync(join(project, 'node_modules'), join(folder, 'package', 'node_modules'));
  return join(folder, 'package', 'bin', 'broadsheet.js');
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** A folder with the default configuration and one edition of the sample papers. */
function madeSite(program: string): string {
  const site = join(folder, 'site');
  mkdirSync(join(site, 'subscribers'), { recursive: true });
  const example = readFileSync(join(project, 'broadsheet.example.yaml'), 'utf8');
  const listings = JSON.stringify(join(project, 'sample', 'listings.jsonl'));
  writeFileSync(
    join(site, 'broadsheet.yaml'),
    example.replace(
      /^sources:\n[\s\S]*?(?=^digests:)/m,
      `sources:\n  - { name: sample, type: file, paths: [${listings}] }\n`,
    ),
  );
  execFileSync(process.execPath, [program, 'run', '--quiet', '--now', '2026-11-10T02:30:00Z'], {
    cwd: site,
    env: environment(),
    stdio: 'ignore',
  });
  return site;
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], XDG_CACHE_HOME: join(folder, 'cache') };
}

/** The shell counts what its children and theirs have used. */
function processorMs(args: readonly string[], cwd: string): number {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null';
  const said = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`, 'bash', process.execPath, ...args], {
    cwd,
    env: environment(),
    encoding: 'utf8',
    // With a socket for its input it would take itself for a remote shell, and read its own start files.
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [user = NaN, system = NaN] = said.trim().split(/\s+/).slice(-2).map(Number);
  return (user + system) * 1000;
}

async function showMemory(program: string, cwd: string): Promise<void> {
  const config = join(cwd, 'broadsheet.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace(/port: \d+/, 'port: 0'));
  const child = spawn(process.execPath, [program, 'start'], {
    cwd,
    // As the unit of systemd and the image have it.
    env: { ...environment(), MALLOC_ARENA_MAX: '1', NODE_OPTIONS: '--max-semi-space-size=1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('\nnext ')) break;
    }
    const url = /^site +(\S+)/m.exec(said)?.[1];
    if (url === undefined) throw new Error(`start did not say where it serves: ${said}`);
    for (const path of ['', 'feeds/', 'health']) await (await fetch(url + path)).arrayBuffer();
    await delay(idleMs);
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
    const kept = (name: string): string =>
      `${Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024)} MB`;
    console.log(
      `start, idle    ${kept('VmRSS')} (of it ${kept('RssAnon')} its own), at most ${kept('VmHWM')}`,
    );
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}
