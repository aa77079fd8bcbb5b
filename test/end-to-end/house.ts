import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openApp, type App } from '../../src/app.ts';
import { exampleConfig, parseConfig, type Config } from '../../src/config/config.ts';
import { calendarDate, type Instant } from '../../src/domain/time.ts';
import { runDay, type DayReport } from '../../src/pipeline.ts';

/** A Broadsheet in a folder of its own, with the default topics and digest. */
export interface House extends Disposable {
  readonly folder: string;
  readonly config: Config;
  /** One whole day at `now`, with parts opened and closed for it, as one run of the program does. */
  run(now: Instant): Promise<DayReport>;
  open(now: Instant): Promise<App>;
  /** Every published file by its path. */
  published(): ReadonlyMap<string, string>;
  writeSubscribers(file: string, text: string): void;
}

export interface HouseOptions {
  /** YAML list items under `sources:`. */
  readonly sources: string;
  /** YAML list items under `signals:`. */
  readonly signals?: string;
  /** YAML under `mail:`; the outbox when left out. */
  readonly mail?: string;
  readonly subscribers?: string;
}

export const defaultSubscribers = `- address: all@example.org
  name: Ada All
- address: agents@example.org
  topics: [agents]
`;

export async function house(options: HouseOptions): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-house-'));
  const file = join(folder, 'broadsheet.yaml');
  writeFileSync(file, await houseConfig(options));
  mkdirSync(join(folder, 'subscribers'));
  writeFileSync(join(folder, 'subscribers', 'readers.yaml'), options.subscribers ?? defaultSubscribers);
  const config = parseConfig(readFileSync(file, 'utf8'), file, {});
  const open = (now: Instant): Promise<App> =>
    openApp({ ...config, logLevel: 'silent' }, { now, clock: Date.now });
  return {
    folder,
    config,
    open,
    async run(now) {
      await using app = await open(now);
      const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(now, digest.zone) }));
      return await runDay(app, { now: () => now, signal: new AbortController().signal }, slots);
    },
    published: () => filesBelow(join(config.dataDir, 'site')),
    writeSubscribers: (name, text) => writeFileSync(join(folder, 'subscribers', name), text),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The example configuration with other sources, signals and mail. */
export async function houseConfig({ sources, signals, mail }: HouseOptions): Promise<string> {
  const example = await exampleConfig();
  const changed = example.replace(/^sources:\n[\s\S]*?(?=^digests:)/m, `sources:\n${sources}\n`);
  if (changed === example) throw new Error('the example has no sources to replace');
  return [
    changed,
    ...(signals === undefined ? [] : [`signals:\n${signals}`]),
    ...(mail === undefined ? [] : [`mail:\n${mail}`]),
  ].join('\n');
}

export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}
