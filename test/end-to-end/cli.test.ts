import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, houseConfig } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url));
const readers = fileURLToPath(new URL('../../subscribers', import.meta.url));
const now = '2026-11-10T02:30:00Z';

let folder: string;
let server: SourcesServer;
const running: ChildProcess[] = [];

beforeAll(async () => {
  server = await sourcesServer(sampleCaptures());
  server.now = Date.parse(now);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-cli-'));
  cpSync(readers, join(folder, 'subscribers'), { recursive: true });
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launch(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function broadsheet(...args: readonly string[]): Promise<Ended> {
  const child = launch(...args);
  if (!child.stdout || !child.stderr) throw new Error('no output');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number | null, stdout, stderr };
}

async function configure(sources: string, more = ''): Promise<void> {
  writeFileSync(join(folder, 'broadsheet.yaml'), (await houseConfig({ sources })) + more);
}

const listings = (): string => `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('the command line', () => {
  it('shows its commands and options, and help is no error', async () => {
    const { code, stdout } = await broadsheet('--help');
    expect(code).toBe(0);
    for (const word of [
      'start',
      'run',
      'ingest',
      'preview',
      'why',
      'import',
      '--now',
      '--dry-run',
      'Exit codes',
    ]) {
      expect(stdout).toContain(word);
    }
    expect((await broadsheet('why', '--help')).stdout).toContain('--date');
  });

  it.each([
    [['frobnicate']],
    [['run', '--now', 'yesterday']],
    [['why']],
    [['why', '2611.99999', '--date', '2026-02-30']],
    [['config', 'chek']],
  ])('answers wrong usage with exit code 2 and what was expected: %j', async (args) => {
    await configure(listings());
    const { code, stdout, stderr } = await broadsheet(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error|expected/);
  });

  it('names every fault of the configuration with file and line, and writes nothing', async () => {
    await configure(listings(), 'colour: blue\nserve: { port: eighty }\n');
    const before = readdirSync(folder);
    const { code, stderr } = await broadsheet('run');
    expect(code).toBe(2);
    expect(stderr.match(/broadsheet\.yaml:\d+:\d+/g)).toHaveLength(2);
    expect(stderr).toContain('colour');
    expect(stderr).toContain('serve.port');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('checks the configuration and shows it without its secrets', async () => {
    writeFileSync(join(folder, 'token'), 'hunter2\n');
    await configure(listings(), 'signals: [{ name: stars, type: github, tokenFile: token }]\n');
    const { code, stdout } = await broadsheet('config', 'check', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ signals: [{ name: 'stars', days: 7, secret: '(set)' }] });
    expect(stdout).not.toContain('hunter2');
  });

  it('prints one JSON document also when it fails', async () => {
    await configure(listings(), 'colour: blue\n');
    const { code, stdout } = await broadsheet('run', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ faults: [{ path: 'colour' }] });
  });

  it('names the folder or file when the data cannot be opened', async () => {
    await configure(listings());
    writeFileSync(join(folder, 'file'), 'this is no folder');
    const noFolder = await broadsheet('status', '--data', 'file');
    expect(noFolder.code).toBe(1);
    expect(noFolder.stderr).toMatch(/expected .*file.*got: /);
    cpSync(join(folder, 'broadsheet.yaml'), join(folder, 'junk', 'broadsheet.db'));
    const junk = await broadsheet('status', '--data', 'junk');
    expect(junk.code).toBe(1);
    expect(junk.stderr).toMatch(/expected a Broadsheet database in .*broadsheet\.db/);
  });

  it('says how to get a configuration when there is none', async () => {
    const { code, stderr } = await broadsheet('run');
    expect(code).toBe(2);
    expect(stderr).toContain('broadsheet init');
    expect((await broadsheet('init')).code).toBe(0);
    expect((await broadsheet('config', 'check')).code).toBe(0);
    expect((await broadsheet('init')).code).toBe(2);
  });

  it('does one day once: results on stdout, the last line counts, exit code 0', async () => {
    await configure(listings());
    const first = await broadsheet('run', '--now', now);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.trim().split('\n').at(-1)).toMatch(
      /^1 of 1 sources read, \d+ new papers, 1 edition published, 3 mails accepted$/,
    );
    const site = filesBelow(join(folder, 'data', 'site'));
    const again = await broadsheet('run', '--now', now);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('0 new papers, 0 editions published, 0 mails accepted');
    expect(filesBelow(join(folder, 'data', 'site'))).toEqual(site);
    expect(readdirSync(join(folder, 'data', 'outbox'))).toHaveLength(3);
  });

  it('makes one edition and one mail for each reader when two processes run at once', async () => {
    await configure(listings());
    const ended = await Promise.all([broadsheet('run', '--now', now), broadsheet('run', '--now', now)]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const accepted = ended.map(({ stdout }) => Number(/(\d+) mails? accepted/.exec(stdout)?.[1]));
    expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(3);
    const states = ended.map(({ stdout }) => /edition 1 (published|already published)/.exec(stdout)?.[1]);
    expect(new Set(states)).toEqual(new Set(['already published', 'published']));
    const site = filesBelow(join(folder, 'data', 'site'));
    expect((await broadsheet('publish', '--now', now)).stdout).toContain('site: 0 files written');
    expect(filesBelow(join(folder, 'data', 'site'))).toEqual(site);
  });

  it('prints one JSON document with --json', async () => {
    await configure(listings());
    const { stdout } = await broadsheet('run', '--json', '--now', now);
    expect(JSON.parse(stdout)).toMatchObject({
      sources: [{ source: 'daily', state: 'ok' }],
      editions: [{ state: 'published' }],
      mails: { sent: { accepted: 3 } },
    });
    expect(JSON.parse((await broadsheet('status', '--json', '--now', now)).stdout)).toMatchObject({
      editionCount: 1,
      editions: [{ digest: 'daily', deliveries: { accepted: 3 } }],
    });
  });

  it('goes on when a source fails, names the reason, and ends with exit code 3', async () => {
    const port = await freePort();
    await configure(
      `${listings()}  - { name: gone, type: hf-daily-papers, baseUrl: "http://127.0.0.1:${port}" }\n`,
    );
    const { code, stdout } = await broadsheet('run', '--now', now);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^gone: FAILED$/m);
    expect(stdout).toMatch(/ECONNREFUSED/);
    expect(stdout.trim().split('\n').at(-1)).toContain('1 of 2 sources read');
  });

  it('makes the edition when a signal source fails, names the reason, and ends with exit code 3', async () => {
    const port = await freePort();
    await configure(
      listings(),
      `signals: [{ name: citations, type: semantic-scholar, baseUrl: "http://127.0.0.1:${port}" }]\n`,
    );
    const { code, stdout } = await broadsheet('run', '--now', now);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^citations: FAILED\n {4}papers 1 to \d+: .*ECONNREFUSED/m);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^1 of 2 sources read, .* 1 edition published, 3 mails/);
    const ingest = await broadsheet('ingest', '--json', '--now', now);
    expect(ingest.code).toBe(3);
    expect(JSON.parse(ingest.stdout)).toMatchObject({
      sources: [{ source: 'daily', state: 'unchanged' }],
      signals: [{ source: 'citations', state: 'failed' }],
    });
    expect((await broadsheet('status', '--now', now)).stdout).toMatch(/^citations .*never read, FAILED: /m);
  });

  it('changes nothing in a dry run', async () => {
    await configure(listings());
    const { code, stdout } = await broadsheet('run', '--dry-run', '--now', now);
    expect(code).toBe(0);
    expect(stdout).toContain('3 mails accepted');
    expect(stdout).toMatch(/^dry run/);
    expect(existsSync(join(folder, 'data'))).toBe(false);

    await broadsheet('run', '--now', now);
    const before = readdirSync(join(folder, 'data'));
    const again = await broadsheet('publish', '--dry-run', '--now', now);
    expect(again.stdout).toContain('site: 0 files written');
    const file = join(folder, 'paper.jsonl');
    writeFileSync(file, '{"arxiv_id":"2611.91999","title":"A title","abstract":"An abstract."}\n');
    expect((await broadsheet('import', file, '--dry-run')).stdout).toContain('1 new');
    expect(readdirSync(join(folder, 'data'))).toEqual(before);
    expect(JSON.parse((await broadsheet('status', '--json')).stdout)).toMatchObject({ papers: 21 });
    for (const verb of ['migrate', 'start', 'init']) {
      expect((await broadsheet(verb, '--dry-run')).code).toBe(2);
    }
  });

  it('does the stages one by one', async () => {
    await configure(listings());
    expect((await broadsheet('ingest', '--now', now)).stdout).toMatch(/daily: \d+ announced, \d+ new/);
    expect((await broadsheet('edition', '--now', now)).stdout).toContain('edition 1 published');
    expect((await broadsheet('publish', '--now', now)).stdout).toContain('files written');
    expect((await broadsheet('send', '--now', now)).stdout).toContain('3 mails accepted');
    expect((await broadsheet('send', '--now', now)).stdout).toContain('0 mails accepted');
  });

  it('previews the mail exactly as it is sent, and says why papers are in or not', async () => {
    await configure(listings());
    await broadsheet('ingest', '--now', now);
    const preview = await broadsheet('preview', '--now', now, '--topics', 'agents');
    expect(preview.code).toBe(0);
    const files = preview.stdout.trim().split('\n');
    expect(files.map((file) => file.replace(/^.*\./, ''))).toEqual(['html', 'txt', 'eml', 'xml']);
    expect(readFileSync(files[0] ?? '', 'utf8')).toContain('Agents and tool use');

    await broadsheet('edition', '--now', now);
    const { papers } = { papers: readFileSync(join(folder, 'data', 'preview', 'daily.rss.xml'), 'utf8') };
    const [, id = ''] = /p\/arxiv\/(2611\.\d{5})\//.exec(papers) ?? [];
    const why = await broadsheet('why', id, '--date', '2026-11-10', '--now', now);
    expect(why.stdout).toMatch(/^in daily 2026-11-10$/m);
    for (const spelling of [
      `https://huggingface.co/papers/${id}`,
      `http://localhost:8080/p/arxiv/${id}/`,
      `arxiv:${id}v2`,
      `https://arxiv.org/abs/${id}`,
      id,
    ]) {
      expect((await broadsheet('why', spelling, '--now', now)).stdout).toBe(why.stdout);
    }
    expect(why.stdout).toMatch(/score \d+\.\d expected votes/);
    expect((await broadsheet('why', '2611.00000', '--now', now)).code).toBe(2);
  });

  it('imports papers from files, and one broken file does not stop the others', async () => {
    await configure(listings());
    writeFileSync(
      join(folder, 'papers.jsonl'),
      '{"arxiv_id":"2611.91999","title":"An imported paper","abstract":"It is about agents.","authors":["Ada Invented"]}\n',
    );
    writeFileSync(join(folder, 'broken.bin'), 'this is nothing that anybody would know');
    const { code, stdout } = await broadsheet('import', 'papers.jsonl', 'broken.bin', '--now', now);
    expect(code).toBe(3);
    expect(stdout).toContain('papers.jsonl: 1 papers, 1 new');
    expect(stdout).toMatch(/[Ee]xpected in broken\.bin one of: /);

    writeFileSync(
      join(folder, 'half.jsonl'),
      '{"arxiv_id":"2611.91998","title":"","abstract":"No title."}\n',
    );
    const half = await broadsheet('import', 'half.jsonl', '--now', now);
    expect(half.code).toBe(3);
    expect(half.stdout).toMatch(/^ {4}dropped .+: .*title/m);
  });

  it('lists the readers and names the broken rows', async () => {
    await configure(listings());
    writeFileSync(join(folder, 'subscribers', 'more.csv'), 'address,topics\nnot an address,agents\n');
    const { code, stdout } = await broadsheet('subscribers', 'list');
    expect(code).toBe(3);
    expect(stdout).toMatch(/more\.csv:2: .*not an address/);
    expect(stdout.trim().split('\n').at(-1)).toBe('3 readers, 1 faults');
  });
});

describe('the readers', () => {
  it('are taken in from the files, and one who was erased does not come back', async () => {
    await configure(listings());
    const plan = await broadsheet('subscribers', 'sync', '--dry-run');
    expect(plan.stdout.trim().split('\n').at(-1)).toBe('3 new, 0 changed, 0 kept, 0 as before');
    expect((await broadsheet('subscribers', 'sync')).stdout).toContain('3 new');
    expect((await broadsheet('subscribers', 'sync')).stdout).toContain('3 as before');
    const gone = readersOf(plan.stdout)[0] ?? '';
    expect((await broadsheet('subscribers', 'erase', gone)).stdout).toBe(`${gone}: erased\n`);
    const again = await broadsheet('subscribers', 'sync');
    expect(again.stdout).toContain(`${gone}: kept (was erased)`);
    expect((await broadsheet('subscribers', 'list')).stdout.trim().split('\n').at(-1)).toBe(
      '2 readers, 0 faults',
    );
    expect((await broadsheet('subscribers', 'erase', 'nobody')).code).toBe(2);
  });

  function readersOf(lines: string): readonly string[] {
    return lines.split('\n').flatMap((row) => /^(\S+@\S+): new/.exec(row)?.[1] ?? []);
  }
});

describe('start', () => {
  async function answer(url: string): Promise<Response> {
    for (let tries = 0; tries < 200; tries += 1) {
      try {
        const response = await fetch(url);
        if (response.status !== 503) return response;
      } catch {
        // not listening yet
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    throw new Error(`${url} never answered`);
  }

  async function stop(child: ChildProcess): Promise<number | null> {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await ended;
    return code as number | null;
  }

  it('makes a first edition of what the sources say, serves it and its mails, and stops on a signal', async () => {
    const port = await freePort();
    await configure(listings(), `serve: { port: ${port} }\nlog: error\n`);
    const child = launch('start', '--now', now);
    const home = await answer(`http://127.0.0.1:${port}/`);
    expect(home.status).toBe(200);
    expect(await home.text()).toContain('Tuesday, 10 November 2026');
    const feed = await answer(`http://127.0.0.1:${port}/feeds/all.xml`);
    expect(feed.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    expect((await answer(`http://127.0.0.1:${port}/outbox/`)).status).toBe(200);
    expect(await stop(child)).toBe(0);
  });

  it('shows the sample, apart and labelled, where no source can be reached', async () => {
    const [port, gone] = [await freePort(), await freePort()];
    await configure(
      `  - { name: daily, type: hf-daily-papers, baseUrl: "http://127.0.0.1:${gone}" }\n`,
      `serve: { port: ${port} }\nlog: silent\n`,
    );
    const child = launch('start', '--now', '2026-11-24T08:00:00Z');
    const home = await (await answer(`http://127.0.0.1:${port}/`)).text();
    expect(home).toContain('Wednesday, 18 November 2026');
    expect(home).toMatch(/invented/i);
    expect(existsSync(join(folder, 'data-sample', 'site', 'feeds', 'all.xml'))).toBe(true);
    expect(await stop(child)).toBe(0);
  });

  it('unsubscribes by the link of a mail: asking changes nothing, the button does', async () => {
    const port = await freePort();
    await configure(listings(), `serve: { port: ${port} }\nlog: error\n`);
    const child = launch('start', '--now', now);
    await answer(`http://127.0.0.1:${port}/`);
    const outbox = join(folder, 'data', 'outbox');
    const [mail = ''] = readdirSync(outbox);
    const header = /^List-Unsubscribe: <[^>]*(\/u\/[^>]+)>/m.exec(
      readFileSync(join(outbox, mail), 'utf8').replaceAll(/\r\n[ \t]+/g, ''),
    );
    const link = `http://127.0.0.1:${port}${header?.[1] ?? ''}`;
    for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
    const posted = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
      redirect: 'manual',
    });
    expect(posted.status).toBe(200);
    expect(await stop(child)).toBe(0);
    server.now = Date.parse('2026-11-11T02:30:00Z');
    const next = await broadsheet('run', '--now', '2026-11-11T02:30:00Z');
    server.now = Date.parse(now);
    expect(next.stdout).toContain('2 readers, left out: 1 suppressed');
    expect(next.stdout).toContain('2 mails accepted');
    expect((await broadsheet('subscribers', 'list')).stdout).toContain('; left)');
  });

  it('says which port is taken and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await configure(listings(), `serve: { port: ${port} }\nlog: error\n`);
    const { code, stderr } = await broadsheet('start', '--now', now);
    taken.close();
    expect(code).toBe(2);
    expect(stderr).toContain(String(port));
  });
});
