import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudience } from '../../src/subscribers/audience.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadsheet-audience-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('a reader with an hour', () => {
  it.each([
    ['hour: 07:30', { minuteOfDay: 450 }],
    ['hour: "7:05"\n  zone: Asia/Kolkata', { minuteOfDay: 425, zone: 'Asia/Kolkata' }],
    ['hour: 00:00\n  zone: Etc/UTC', { minuteOfDay: 0, zone: 'Etc/UTC' }],
  ])('%j is due at %j', async (lines, hour) => {
    await writeFile(join(dir, 'a.yaml'), `- address: ada@example.org\n  ${lines}\n`);
    const { subscribers, faults } = await readAudience(dir, [], []);
    expect(faults).toEqual([]);
    expect(subscribers).toEqual([{ address: 'ada@example.org', hour, subscriptions: [] }]);
  });

  it('has none without one', async () => {
    await writeFile(join(dir, 'a.csv'), 'email,zone\nada@example.org,Europe/Berlin\n');
    const { subscribers } = await readAudience(dir, [], []);
    expect(subscribers).toEqual([{ address: 'ada@example.org', subscriptions: [] }]);
  });
});
