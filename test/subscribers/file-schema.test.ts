import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaFile, schemaText, subscriberFileSchema } from '../../src/subscribers/file-schema.ts';

const folder = `${import.meta.dirname}/../../subscribers/`;
const isValid = new Ajv2020({ strict: false }).compile(subscriberFileSchema());

describe('the JSON Schema of subscriber files', () => {
  it('is the one beside the sample; `vitest run test/subscribers/file-schema.test.ts -u` writes it anew', async () => {
    await expect(schemaText()).toMatchFileSnapshot(`${folder}${schemaFile}`);
  });

  it('is named by the sample, and the sample keeps to it', () => {
    const sample = readFileSync(`${folder}sample.yaml`, 'utf8');
    expect(sample).toMatch(new RegExp(`^# yaml-language-server: \\$schema=${schemaFile}$`, 'm'));
    expect(isValid(parse(sample))).toBe(true);
  });

  it.each([
    ['a second name of a key', [{ email: 'ada@example.org', digest: 'daily' }], true],
    [
      'several digests',
      [{ address: 'ada@example.org', digests: ['daily', 'weekly'], state: 'unsubscribed' }],
      true,
    ],
    ['a key nobody knows', [{ address: 'ada@example.org', digets: ['daily'] }], false],
    ['no address', [{ name: 'Ada' }], false],
    ['two addresses', [{ address: 'ada@example.org', email: 'ada@example.org' }], false],
    ['a state nobody knows', [{ address: 'ada@example.org', state: 'gone' }], false],
    ['no list', { address: 'ada@example.org' }, false],
  ])('says what the program says of %s', (_, value, expected) => {
    expect(isValid(value)).toBe(expected);
  });
});
