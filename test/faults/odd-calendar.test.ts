import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { nextSlot } from '../../src/schedule/slots.ts';
import { houseConfig } from '../end-to-end/house.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const leapDay = '0 3 29 2 *';

async function withDigest(change: (text: string) => string) {
  const text = await houseConfig({ sources: '  - { name: daily, type: hf-daily-papers }\n' });
  const changed = change(text);
  expect(changed).not.toBe(text);
  return parseConfig(changed, '/nowhere/broadsheet.yaml', {});
}

describe('a digest of 29 February', () => {
  it('is a configuration, and its next slot is in 2028, then in 2032', async () => {
    const config = await withDigest((text) => text.replace(/schedule: .*/, `schedule: "${leapDay}"`));
    expect(config.digests[0]?.schedule).toBe(leapDay);
    const first = nextSlot(leapDay, 'Europe/Berlin', now);
    expect(first).toEqual({ at: Date.parse('2028-02-29T02:00:00Z'), date: '2028-02-29' });
    expect(nextSlot(leapDay, 'Europe/Berlin', first?.at ?? 0)?.date).toBe('2032-02-29');
  });

  it('of a 30 February, which never comes, is told or has no slot, and nothing waits for ever', () => {
    expect(nextSlot('0 3 30 2 *', 'Europe/Berlin', now)).toBeUndefined();
  });
});

it('a zone that does not exist is a fault with file and line that names it', async () => {
  const thrown: unknown = await withDigest((text) =>
    text.replace(/zone: \S+/, 'zone: Europe/Atlantis'),
  ).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ConfigError);
  expect(String(thrown)).toMatch(/broadsheet\.yaml:\d+:\d+ .*zone: .*Europe\/Atlantis/);
});
