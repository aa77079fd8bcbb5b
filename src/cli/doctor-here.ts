import { access, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { parseXmlDocument } from 'slimdom';
import type { Config } from '../config/config.ts';
import { fault, ok, warning, type CheckFinding } from '../deliver/preflight/finding.ts';
import { dayMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { databasePath, publishedDir } from '../store/data-folder.ts';
import { databaseFaults } from '../store/integrity.ts';
import { readSubscriberFiles } from '../subscribers/files.ts';

const gigabyte = 1_000_000_000;
const feedsLookedAt = 500;

/** What of this machine Broadsheet lives by: zone data, disk, folders, the database, subscriber files, published feeds. */
export async function checkedHere(config: Config, now: Instant): Promise<readonly CheckFinding[]> {
  return [
    zoneData(),
    plausibleClock(now),
    ...(await folders(config)),
    await freeDisk(config.dataDir),
    await database(databasePath(config.dataDir)),
    await subscriberFiles(config.subscribersDir),
    await publishedFeeds(publishedDir(config.dataDir)),
  ];
}

/** The clocks of Berlin went back at 01:00 UTC on 25 October 2026 (Directive 2000/84/EC). */
function zoneData(): CheckFinding {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
  });
  const shown = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((at) => clock.format(new Date(at)));
  const came = `ICU ${process.versions['icu'] ?? 'none'}, zones of ${process.versions['tz'] ?? '?'}`;
  if (shown.join() === '02:30,02:30') return ok('zone data', 'the end of summer time of 2026', came);
  return fault(
    'zone data',
    'the end of summer time of 2026',
    `${came}, which have another`,
    'install the Node.js of nodejs.org, which has all zones',
  );
}

/** This program is not older than itself. */
function plausibleClock(now: Instant): CheckFinding {
  const [least, most] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 40 * 365 * dayMs];
  const came = new Date(now).toISOString();
  if (now > least && now < most) return ok('clock', 'a time after the program was written', came);
  return fault(
    'clock',
    'a time after the program was written',
    came,
    'set the clock, e.g. "timedatectl set-ntp true"',
  );
}

async function folders({ dataDir, subscribersDir, file }: Config): Promise<readonly CheckFinding[]> {
  const wanted = [
    {
      check: `folder ${dataDir}`,
      path: await nearestFolder(dataDir),
      mode: constants.W_OK | constants.X_OK,
      word: 'written',
    },
    {
      check: `folder ${subscribersDir}`,
      path: subscribersDir,
      mode: constants.R_OK | constants.X_OK,
      word: 'read',
    },
    { check: `configuration ${file}`, path: file, mode: constants.R_OK, word: 'read' },
  ];
  return Promise.all(
    wanted.map(async ({ check, path, mode, word }) => {
      const expected = `can be ${word}`;
      try {
        await access(path, mode);
        return ok(check, expected, expected);
      } catch (thrown) {
        const advice = `make it, or let the user of the program have it: chown, chmod`;
        return fault(check, expected, asError(thrown).message, advice);
      }
    }),
  );
}

/** The folder itself, or the one in which it will be made. */
async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function freeDisk(dataDir: string): Promise<CheckFinding> {
  const { bavail, bsize, blocks } = await statfs(await nearestFolder(dataDir));
  const [free, share] = [bavail * bsize, bavail / Math.max(blocks, 1)];
  const came = `${(free / gigabyte).toFixed(1)} GB, ${Math.round(share * 100)} %`;
  const [check, expected] = ['free disk', 'more than 1 GB, for a copy of the database too'];
  const advice = 'make room: an edition that finds no room is not made';
  if (free < gigabyte / 10) return fault(check, expected, came, advice);
  return free < gigabyte ? warning(check, expected, came, advice) : ok(check, expected, came);
}

async function database(path: string): Promise<CheckFinding> {
  const [check, expected] = ['database', 'sound pages, and no reference into nothing'];
  const found = await stat(path).catch(() => undefined);
  if (!found) return warning(check, expected, 'none yet', 'run "broadsheet run" or "broadsheet start"');
  const faults = databaseFaults(path);
  if (faults.length === 0) return ok(check, expected, `sound, ${(found.size / 1e6).toFixed(1)} MB`);
  return fault(
    check,
    expected,
    faults.slice(0, 3).join('; '),
    'stop everything, keep the file, and "broadsheet restore" the newest backup',
  );
}

async function subscriberFiles(dir: string): Promise<CheckFinding> {
  const [check, expected] = ['subscriber files', 'files without faults'];
  try {
    const { faults } = await readSubscriberFiles(dir);
    if (faults.length === 0) return ok(check, expected, 'no faults');
    return warning(
      check,
      expected,
      `${faults.length} faults`,
      '"broadsheet subscribers list" names each with its line',
    );
  } catch (thrown) {
    return fault(check, expected, asError(thrown).message, 'make the folder, or name another as subscribers');
  }
}

async function publishedFeeds(dir: string): Promise<CheckFinding> {
  const [check, expected] = ['feeds', 'feeds that are well-formed'];
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const feeds = names
    .filter((name) => ['.xml', '.json', '.opml'].includes(extname(name)))
    .slice(0, feedsLookedAt);
  if (feeds.length === 0)
    return warning(check, expected, 'none yet', 'run "broadsheet run" or "broadsheet start"');
  const broken: string[] = [];
  for (const name of feeds) {
    const text = await readFile(join(dir, name), 'utf8');
    try {
      if (name.endsWith('.json')) JSON.parse(text);
      else parseXmlDocument(text);
    } catch (thrown) {
      broken.push(`${name}: ${asError(thrown).message}`);
    }
  }
  if (broken.length === 0) return ok(check, expected, `${feeds.length} of them`);
  return fault(
    check,
    expected,
    `${broken.length} broken, e.g. ${broken[0] ?? ''}`,
    'write them again with "broadsheet publish"',
  );
}
