import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const pem = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-config-'));
  writeFileSync(join(folder, 'dkim.pem'), pem);
});
afterEach(() => rmSync(folder, { recursive: true }));

function mailOf(mail: string, environment: Record<string, string> = {}) {
  const text = `site: { title: Small, description: A small paper., url: "https://papers.example.org" }
sources: [{ name: hf, type: hf-daily-papers }]

topics: { t: { name: T, include: [t] } }
digests: [{ key: daily, name: Daily, description: All., schedule: "0 7 * * *" }]
mail:
  from: Paper <paper@news.example.org>
${mail}`;
  return parseConfig(text, join(folder, 'broadsheet.yaml'), environment).mail;
}

function faultsOf(mail: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    mailOf(mail, environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('the keys that sign', () => {
  it('come from a file or the environment, where a line break may be two signs', () => {
    const mail = mailOf(
      `  dkim:
    - { domain: Example.org, selector: a, keyFile: dkim.pem }
    - { domain: news.example.org, selector: b, keyEnv: DKIM_KEY }
  bounces: bounces@example.org`,
      { DKIM_KEY: pem.replaceAll('\n', '\\n') },
    );
    expect(mail.dkim).toEqual([
      { domain: 'example.org', selector: 'a', privateKey: pem },
      { domain: 'news.example.org', selector: 'b', privateKey: pem },
    ]);
    expect(mail.bounces).toBe('bounces@example.org');
  });

  it.each([
    ['no key', '{ domain: example.org, selector: a }', /^mail\.dkim\.0\.keyFile: missing/],
    [
      'a file that is not there',
      '{ domain: example.org, selector: a, keyFile: x.pem }',
      /keyFile: expected a readable file/,
    ],
    [
      'an empty variable',
      '{ domain: example.org, selector: a, keyEnv: DKIM_KEY }',
      /keyEnv: expected the environment variable DKIM_KEY/,
    ],
    [
      'garbage',
      '{ domain: example.org, selector: a, keyEnv: GARBAGE }',
      /keyEnv: expected a private key in PEM/,
    ],
    [
      'two places',
      '{ domain: example.org, selector: a, keyFile: dkim.pem, keyEnv: DKIM_KEY }',
      /keyFile: expected keyEnv or keyFile, got both/,
    ],
    [
      'another domain',
      '{ domain: example.com, selector: a, keyFile: dkim.pem }',
      /domain: expected the domain of mail\.from \(news\.example\.org\)/,
    ],
    [
      'a part of a name',
      '{ domain: ample.org, selector: a, keyFile: dkim.pem }',
      /domain: expected the domain of mail\.from/,
    ],
    ['no domain', '{ domain: "a b", selector: a, keyFile: dkim.pem }', /domain: expected a domain in ASCII/],
    [
      'a key itself',
      `{ domain: example.org, selector: a, key: x }`,
      /key: a secret never stands in this file/,
    ],
  ])('with %s are a fault at its place', (_what, key, told) => {
    const faults = faultsOf(`  dkim:\n    - ${key}`, { GARBAGE: 'sesame' });
    expect(faults.some((fault) => told.test(fault))).toBe(true);
    expect(faults.join()).not.toContain('sesame');
  });

  it('need a selector each', () => {
    const key = '    - { domain: example.org, selector: a, keyFile: dkim.pem }\n';
    expect(faultsOf(`  dkim:\n${key}${key}`)).toEqual([
      'mail.dkim.1.selector: expected one key a selector, got a._domainkey.example.org twice; remove one',
    ]);
  });
});

describe('the address of bounces', () => {
  it('leaves room for a token', () => {
    expect(faultsOf(`  bounces: ${'b'.repeat(35)}@example.org`)).toEqual([]);
    expect(faultsOf(`  bounces: ${'b'.repeat(36)}@example.org`)[0]).toMatch(
      /^mail\.bounces: expected a mail address/,
    );
  });
});
