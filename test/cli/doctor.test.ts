import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { checkedHere } from '../../src/cli/doctor-here.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { CheckFinding } from '../../src/deliver/preflight/finding.ts';
import type { Lookup } from '../../src/deliver/preflight/lookup.ts';
import { house, type House } from '../end-to-end/house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from '../end-to-end/sources-server.ts';

const now = Date.parse('2026-11-10T02:30:00Z');
const nowhere: Lookup = {
  txt: async () => [],
  mx: async () => [],
  addresses: async () => [],
  names: async () => [],
};

let server: SourcesServer;
let home: House;
beforeEach(async () => {
  server = await sourcesServer(sampleCaptures());
  server.now = now;
  home = await house({
    sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n`,
  });
});
afterEach(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

interface Examined {
  readonly code: number;
  readonly said: string;
}

async function examine({ json = false, offline = true } = {}): Promise<Examined> {
  const said: string[] = [];
  const context: Context = {
    options: { config: join(home.folder, 'broadsheet.yaml'), json },
    now: () => now,
    signal: new AbortController().signal,
    onHangUp: () => undefined,
    print: (text) => void said.push(text),
    note: () => undefined,
  };
  const code = await doctor(context, { offline, lookup: nowhere });
  return { code, said: said.join('\n') };
}

async function here(at = now): Promise<(check: string) => CheckFinding> {
  const found = await checkedHere(home.config, at);
  return (check) => {
    const one = found.find((finding) => finding.check.startsWith(check));
    if (!one) throw new Error(`nothing was said of ${check}`);
    return one;
  };
}

describe('the doctor, of a house that is well', () => {
  it('finds no fault of this machine, and ends with 0', async () => {
    await home.run(now);
    const path = join(home.folder, 'broadsheet.yaml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll('http://localhost:8080', 'https://papers.example.org'));
    const { code, said } = await examine();
    expect(said).toMatch(/^ok {7}configuration: no faults$/m);
    expect(said).toMatch(/^ok {7}zone data: ICU /m);
    expect(said).toMatch(/^ok {7}database: sound, /m);
    expect(said).toMatch(/^ok {7}subscriber files: no faults$/m);
    expect(said).toMatch(/^ok {7}feeds: \d+ of them$/m);
    expect(said).toMatch(/^ok {7}templates: /m);
    expect(said).toMatch(/^0 faults, \d+ warnings, \d+ as they should be$/m);
    expect(code).toBe(0);
  });

  it('asks the source and compares the clocks, and not when it stays offline', async () => {
    await home.run(now);
    const asked = server.asked.length;
    expect((await examine()).said).not.toContain('source daily');
    expect(server.asked).toHaveLength(asked);
    const { said } = await examine({ offline: false });
    expect(said).toMatch(/^ok {7}source daily: it answers$/m);
    expect(said).toMatch(/^ok {7}clock beside others: /m);
    expect(server.asked.length).toBeGreaterThan(asked);
  });

  it('says the same in JSON, with counts', async () => {
    const { said, code } = await examine({ json: true });
    const { findings, counts } = JSON.parse(said);
    expect(counts.fault + counts.warning + counts.ok).toBe(findings.length);
    expect(counts.fault).toBe(0);
    expect(code).toBe(0);
    for (const { result, advice } of findings) expect(result === 'ok').toBe(advice === undefined);
  });
});

describe('the doctor names as a fault, with what to do, and ends with 3', () => {
  it('each fault of the configuration', async () => {
    const path = join(home.folder, 'broadsheet.yaml');
    const text = readFileSync(path, 'utf8').replace(/zone: \S+/, 'zone: Europe/Atlantis');
    writeFileSync(path, `${text}\nnonsense: 1\n`);
    const { said, code } = await examine();
    expect(said).toMatch(/^fault {4}configuration .*zone: expected no faults, got .*Europe\/Atlantis/m);
    expect(said).toMatch(/^fault {4}configuration .*nonsense: /m);
    expect(said).toContain('mend it: nothing else can be looked at before');
    expect(code).toBe(3);
  });

  it('a database with broken pages', async () => {
    await home.run(now);
    const path = join(home.config.dataDir, 'broadsheet.db');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x5a, 8192, Math.min(bytes.length, 200_000)));
    const { said, code } = await examine();
    expect(said).toMatch(/^fault {4}database: expected sound pages/m);
    expect(said).toContain('"broadsheet restore" the newest backup');
    expect(code).toBe(3);
  });

  it('a feed that is cut off', async () => {
    await home.run(now);
    const path = join(home.config.dataDir, 'site', 'feeds', 'all.xml');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 500));
    const { said, code } = await examine();
    expect(said).toMatch(/^fault {4}feeds: .*1 broken, e\.g\. feeds\/all\.xml/m);
    expect(said).toContain('"broadsheet publish"');
    expect(code).toBe(3);
  });

  it('a folder of subscribers that is not there', async () => {
    rmSync(join(home.folder, 'subscribers'), { recursive: true });
    const { said, code } = await examine();
    expect(said).toMatch(/^fault {4}folder .*subscribers: expected can be read, got ENOENT/m);
    expect(code).toBe(3);
  });

  it('a source that does not answer', async () => {
    server.wrong = { status: 403, body: 'no' };
    const { said, code } = await examine({ offline: false });
    expect(said).toMatch(/^fault {4}source daily: expected an answer of .*got Expected status 200/m);
    expect(code).toBe(3);
  });
});

describe('of this machine', () => {
  it.each(['2015-06-01T00:00:00Z', '2080-01-01T00:00:00Z'])('a clock at %s is a fault', async (time) => {
    const found = await here(Date.parse(time));
    expect(found('clock')).toMatchObject({
      result: 'fault',
      advice: expect.stringContaining('set the clock'),
    });
  });

  it('a data folder that a file stands in the way of is a fault', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broadsheet-doctor-'));
    try {
      const file = join(folder, 'broadsheet.yaml');
      writeFileSync(file, readFileSync(join(home.folder, 'broadsheet.yaml')));
      mkdirSync(join(folder, 'subscribers'));
      writeFileSync(join(folder, 'data'), 'in the way');
      const found = await checkedHere(parseConfig(readFileSync(file, 'utf8'), file, {}), now);
      expect(found).toContainEqual(
        expect.objectContaining({ check: `folder ${join(folder, 'data')}`, result: 'fault' }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('no database, no feeds yet and a broken row of a reader are warnings', async () => {
    home.writeSubscribers('more.yaml', '- address: nobody at all\n');
    const found = await here();
    for (const check of ['database', 'feeds', 'subscriber files']) {
      expect(found(check)).toMatchObject({ result: 'warning', advice: expect.any(String) });
    }
  });
});
