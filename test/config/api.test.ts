import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `
site: { title: Small, description: A small paper., url: "https://papers.example.org/daily" }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: Language models, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;
const token = 'an-invented-token-of-forty-characters-00';

const configOf = (api: string, environment = {}, file = 'broadsheet.yaml') =>
  parseConfig(`${smallest}serve: { api: ${api} }\n`, file, environment);

function faultOf(api: string, environment = {}): string {
  try {
    configOf(api, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

it('there is no API unless it is configured', () => {
  expect(parseConfig(smallest, 'broadsheet.yaml', { BROADSHEET_API_TOKEN: token }).serve.api).toBeUndefined();
});

it('its token is in the environment or in a file, and nothing else of it is kept', () => {
  const named = configOf('{ tokenEnv: BROADSHEET_API_TOKEN }', { BROADSHEET_API_TOKEN: token });
  expect(named.serve.api).toEqual({ secret: token });
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-api-'));
  try {
    writeFileSync(join(folder, 'token'), `${token}\n`);
    expect(configOf('{ tokenFile: token }', {}, join(folder, 'broadsheet.yaml')).serve.api).toEqual({
      secret: token,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('one without a token, with one that can be guessed or cannot stand in a header, is a fault that quotes no secret', () => {
  expect(faultOf('{}')).toMatch(/serve\.api: expected tokenEnv or tokenFile/);
  expect(faultOf('{ tokenEnv: BROADSHEET_API_TOKEN }')).toMatch(
    /BROADSHEET_API_TOKEN to hold the API token, got nothing/,
  );
  const short = 'x'.repeat(31);
  const guessed = faultOf('{ tokenEnv: BROADSHEET_API_TOKEN }', { BROADSHEET_API_TOKEN: short });
  expect(guessed).toMatch(/with at least 32 characters, got fewer/);
  expect(guessed).not.toContain(short);
  const spaced = faultOf('{ tokenEnv: BROADSHEET_API_TOKEN }', { BROADSHEET_API_TOKEN: `${token} ${token}` });
  expect(spaced).toMatch(/in ASCII letters, digits and signs/);
  expect(faultOf('{ token: a-secret-in-the-file }')).toMatch(/a secret never stands in this file/);
});
