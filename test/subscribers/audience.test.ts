import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { readAudience, watchAudience, type Audience } from '../../src/subscribers/audience.ts';
import { sampleDigest } from '../render/feed/feed-sample.ts';

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

describe('the files, watched', () => {
  const daily: Digest = { ...sampleDigest, topics: [] };
  const states = async (watch: () => Promise<Audience>, times: number) => {
    const all = await Promise.all(Array.from({ length: times }, watch));
    return all.map(({ subscribers }) => subscribers[0]?.subscriptions[0]?.state);
  };

  it('say no to everybody who asks after it was written, also while it is read', async () => {
    const file = join(dir, 'a.yaml');
    await writeFile(file, '- address: ada@example.org\n');
    const watch = watchAudience(dir, [daily], []);
    expect(await states(watch, 2)).toEqual(['confirmed', 'confirmed']);
    await writeFile(file, '- address: ada@example.org\n  state: unsubscribed\n');
    expect(await states(watch, 3)).toEqual(['unsubscribed', 'unsubscribed', 'unsubscribed']);
    await writeFile(file, '- address: [\n');
    expect(await states(watch, 2)).toEqual(['unsubscribed', 'unsubscribed']);
  });
});
