import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pollGrowing } from '../../src/cli/poll.ts';
import { hourMs } from '../../src/domain/time.ts';
import { house, type House } from './house.ts';
import { sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const start = Date.parse('2026-11-10T02:30:00Z');
let server: SourcesServer;
let home: House;

beforeEach(async () => {
  server = await sourcesServer(sampleCaptures());
  home = await house({ sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n` });
});

afterEach(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

async function poll(at: number): Promise<readonly string[]> {
  server.now = at;
  await using app = await home.open(at);
  return await pollGrowing(app, { now: () => at, signal: new AbortController().signal });
}

describe('a source whose lists grow during their day', () => {
  it('is asked every two hours from the first edition on', async () => {
    expect(await poll(start)).toEqual([]);
    server.now = start;
    await home.run(start);
    const asked = server.asked.length;
    expect(await poll(start + hourMs)).toEqual([]);
    expect(server.asked.length).toBe(asked);
    expect(await poll(start + 2 * hourMs)).toEqual(['daily']);
    expect(server.asked.length).toBeGreaterThan(asked);
    expect(await poll(start + 3 * hourMs)).toEqual([]);
    expect(await poll(start + 4 * hourMs)).toEqual(['daily']);
  });
});
