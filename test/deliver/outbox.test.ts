import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/deliver/outbox.ts';

const never = new AbortController().signal;
const message = {
  from: 'paper@example.org',
  to: 'ada@example.net',
  key: '2026-11-24-daily-abc',
  raw: Buffer.from('Subject: x\r\n\r\nHello\r\n'),
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-outbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the outbox', () => {
  it('writes a message into one file, in a folder it makes', async () => {
    const outbox = join(folder, 'a', 'b');
    const answer = await createOutbox(outbox).submit(message, async () => true, never);
    expect(answer.result).toBe('accepted');
    expect(readdirSync(outbox)).toEqual(['2026-11-24-daily-abc.eml']);
    expect(readFileSync(join(outbox, '2026-11-24-daily-abc.eml'))).toEqual(message.raw);
  });

  it('writes the same message into the same file again', async () => {
    const outbox = createOutbox(folder);
    for (let round = 0; round < 3; round += 1) await outbox.submit(message, async () => true, never);
    expect(readdirSync(folder)).toEqual(['2026-11-24-daily-abc.eml']);
  });

  it.each([
    ['the marker is not set', async () => false, never],
    ['the run was stopped', async () => true, AbortSignal.abort()],
  ])('writes nothing when %s', async (_why, marker, signal) => {
    expect((await createOutbox(folder).submit(message, marker, signal)).result).toBe('deferred');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has no file before the marker is set', async () => {
    const seen: string[] = [];
    const marker = async () => {
      seen.push(...readdirSync(folder).filter((name) => name.endsWith('.eml')));
      return true;
    };
    await createOutbox(folder).submit(message, marker, never);
    expect(seen).toEqual([]);
  });

  it('that cannot be written blocks the run', async () => {
    writeFileSync(join(folder, 'file'), '');
    const answer = await createOutbox(join(folder, 'file')).submit(message, async () => true, never);
    expect(answer).toMatchObject({ result: 'blocked', about: 'sender' });
  });
});
