import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptMjml } from '../../src/deliver/kept-mjml.ts';

const source = '<mjml><mj-body><mj-raw>{{#each papers}}</mj-raw><mj-raw>{{/each}}</mj-raw></mj-body></mjml>';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-mjml-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('compiled MJML', () => {
  it('is kept, and taken from there the next time', async () => {
    const html = await keptMjml(source, folder);
    expect(html).toContain('{{#each papers}}{{/each}}');
    const [file = '', ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    writeFileSync(join(folder, file), 'as it was kept');
    expect(await keptMjml(source, folder)).toBe('as it was kept');
  });

  it('of an invalid source is a fault that tells what is wrong', async () => {
    await expect(keptMjml('<mjml><mj-body><mj-nothing /></mj-body></mjml>', folder)).rejects.toThrow(
      /^mjml: expected valid MJML, but: .*mj-nothing/s,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
