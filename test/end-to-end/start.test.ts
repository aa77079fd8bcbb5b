import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { houseConfig } from './house.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const now = '2026-11-10T02:30:00Z';

let folder: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-start-'));
  cpSync(join(project, 'subscribers'), join(folder, 'subscribers'), { recursive: true });
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function configure(change: (text: string) => string = (text) => text, mail?: string): Promise<void> {
  const listings = JSON.stringify(join(project, 'sample', 'listings.jsonl'));
  const sources = `  - { name: sample, type: file, paths: [${listings}] }\n`;
  const text = await houseConfig({ sources, ...(mail !== undefined && { mail }) });
  writeFileSync(join(folder, 'broadsheet.yaml'), `${change(text)}\nserve: { port: 0 }\n`);
}

interface Program {
  readonly child: ChildProcess;
  /** The first match in what it says from the last match on. */
  said(words: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<number | null>;
}

function start(environment: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [join(project, 'bin', 'broadsheet.js'), 'start', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const exit = once(child, 'exit');
  let text = '';
  let heard = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk);
      heard.resolve();
    });
  }
  void exit.then(() => heard.reject(new Error(`the program ended: ${text}`))).catch(() => undefined);
  return {
    child,
    async said(words) {
      for (;;) {
        const match = words.exec(text);
        if (match) {
          text = text.slice(match.index + match[0].length);
          return match;
        }
        heard = Promise.withResolvers<void>();
        if (child.exitCode !== null) throw new Error(`the program ended: ${text}`);
        await heard.promise;
      }
    },
    ended: async () => {
      const [code] = await exit;
      return code as number | null;
    },
  };
}

/** In the place of systemd's: writes down what it is told. */
function notifier(): { readonly environment: Readonly<Record<string, string>>; readonly told: () => string } {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\necho "$1" >> "${join(folder, 'told')}"\n`);
  chmodSync(join(bin, 'systemd-notify'), 0o755);
  return {
    environment: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      NOTIFY_SOCKET: '/run/systemd/notify',
      WATCHDOG_USEC: '400000',
    },
    told: () => readFileSync(join(folder, 'told'), 'utf8'),
  };
}

describe('broadsheet start', () => {
  it('tells the service manager, takes another configuration at SIGHUP, and refuses one with faults', async () => {
    await configure();
    const { environment, told } = notifier();
    const program = start(environment, '--now', now);
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    await program.said(/Stop with/);
    const title = async () => /<title>([^<]*)/.exec(await (await fetch(site)).text())?.[1];
    const before = await title();
    await expect.poll(told, { timeout: 20_000 }).toMatch(/READY=1\n(?:WATCHDOG=1\n)+/);

    await configure((text) => text.replace(/^site:/m, 'siet:'));
    program.child.kill('SIGHUP');
    await program.said(/siet[^\n]*the configuration is refused; the one in force stays/);
    expect(await title()).toBe(before);

    await configure((text) => text.replace(/^(\s+)title: .*$/m, '$1title: The Other Paper'));
    writeFileSync(
      join(folder, 'broadsheet.yaml'),
      readFileSync(join(folder, 'broadsheet.yaml'), 'utf8').replace('port: 0', 'port: 1'),
    );
    program.child.kill('SIGHUP');
    await program.said(/"keys":\["serve\.port"\][^\n]*only a restart/);
    await program.said(/the configuration is taken"/);
    await expect.poll(title, { timeout: 30_000 }).toContain('The Other Paper');
    await expect.poll(told, { timeout: 20_000 }).toMatch(/RELOADING=1\n(?:WATCHDOG=1\n)*READY=1\n/);

    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(told()).toContain('STOPPING=1');
  });

  it('forgets no SIGHUP, neither during the first day nor while another configuration is being taken', async () => {
    const titled = (title: string) => (text: string) =>
      text.replace(/^(\s+)title: .*$/m, `$1title: ${title}`);
    const mails = silentAfterData();
    const port = await mails.port;
    const smtp = `  transport: smtp\n  from: The Paper <paper@example.org>\n  smtp: { host: 127.0.0.1, port: ${port}, tls: none }\n`;
    await configure(undefined, smtp);
    const program = start({}, '--now', now);
    await mails.handedOver;
    await configure(titled('Second'));
    program.child.kill('SIGHUP');
    await program.said(/is taken when the work under way has ended/);
    mails.close();
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    await program.said(/the configuration is taken"/);

    await configure(titled('Third'));
    program.child.kill('SIGHUP');
    await program.said(/the configuration is taken"/);
    const page = async () => (await fetch(site)).text();
    await expect.poll(page, { timeout: 30_000 }).toContain('<title>Third');
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
  });

  it('lives on when the site cannot be published under the configuration of a SIGHUP', async () => {
    await configure();
    const program = start({}, '--now', now);
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    await program.said(/Stop with/);
    writeFileSync(join(folder, 'data', 'site', '.published.json'), '{ "broken');
    program.child.kill('SIGHUP');
    await program.said(/the site could not be published anew/);
    expect((await fetch(`${site}healthz`)).status).toBe(200);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
  });

  it('signs links with the new key after rotate-keys and SIGHUP', async () => {
    await configure();
    const program = start({}, '--now', now);
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    const rotate = spawn(
      process.execPath,
      [join(project, 'bin', 'broadsheet.js'), 'subscribers', 'rotate-keys'],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
    expect((await once(rotate, 'exit'))[0]).toBe(0);
    program.child.kill('SIGHUP');
    await program.said(/the configuration is taken"/);
    expect((await fetch(`${site}health`)).status).toBe(200);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
  });

  it('says how it is to "health", which ends with 1 when nothing answers', async () => {
    await configure();
    const health = async (url: string) => {
      const child = spawn(process.execPath, [join(project, 'bin', 'broadsheet.js'), 'health', '--url', url], {
        cwd: folder,
        stdio: 'ignore',
      });
      return ((await once(child, 'exit')) as [number])[0];
    };
    const program = start({}, '--now', now, '--listen', '127.0.0.1:0');
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    expect(await health(site)).toBe(0);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(await health(site)).toBe(1);
  });

  it('ends within 30 seconds with a mail under way that is never answered and a client that never ends', async () => {
    const mails = silentAfterData();
    const port = await mails.port;
    await configure(
      undefined,
      `  transport: smtp\n  from: The Paper <paper@example.org>\n  smtp: { host: 127.0.0.1, port: ${port}, tls: none }\n`,
    );
    const program = start({}, '--now', now);
    await mails.handedOver;
    const startedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBeTypeOf('number');
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    mails.close();
  });

  // util-linux's script(1) gives the program a terminal; killed, it takes the terminal away.
  it.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/script'))(
    'ends when the terminal that it was started in is closed',
    async () => {
      await configure();
      const program = JSON.stringify(join(project, 'bin', 'broadsheet.js'));
      const command = `exec ${process.execPath} ${program} start --now ${now} 2>said.txt`;
      const terminal = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], {
        cwd: folder,
        env: { PATH: process.env['PATH'] },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      running.push(terminal);
      const said = () =>
        existsSync(join(folder, 'said.txt')) ? readFileSync(join(folder, 'said.txt'), 'utf8') : '';
      await expect.poll(said, { timeout: 20_000 }).toContain('Stop with');
      terminal.kill('SIGKILL');
      await expect.poll(said, { timeout: 20_000 }).toContain('stopped');
    },
  );

  it('cuts a client off that never ends its request', async () => {
    await configure();
    const program = start({}, '--now', now);
    const [, site = ''] = await program.said(/^site +(\S+)/m);
    await program.said(/Stop with/);
    const { port } = new URL(site);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined);
    await once(slow, 'connect');
    slow.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const startedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    slow.destroy();
  });
});

/** An SMTP server that takes a whole mail and never says that it has it. */
function silentAfterData() {
  const handedOver = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let isData = false;
    let seen = '';
    socket.write('220 here\r\n');
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (isData) {
        if (seen.endsWith('\r\n.\r\n')) handedOver.resolve();
        return;
      }
      for (let end = seen.indexOf('\r\n'); end >= 0 && !isData; end = seen.indexOf('\r\n')) {
        const line = seen.slice(0, end).toUpperCase();
        seen = seen.slice(end + 2);
        isData = line.startsWith('DATA');
        socket.write(isData ? '354 go on\r\n' : '250 ok\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  return {
    port: once(server, 'listening').then(() => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return address.port;
    }),
    handedOver: handedOver.promise,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
