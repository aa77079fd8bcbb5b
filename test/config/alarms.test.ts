import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

const smallest = `
site: { title: Small, description: A small paper., url: "https://papers.example.org/daily" }
sources: [{ name: hf, type: hf-daily-papers }]
topics: { llm: { name: Language models, include: [llm] } }
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;
const token = 'an-invented-token-of-forty-characters-00';
const configOf = (text: string, environment = {}) =>
  parseConfig(`${smallest}${text}\n`, 'broadsheet.yaml', environment);

function faultOf(text: string, environment = {}): string {
  try {
    configOf(text, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('alarms', () => {
  it('go nowhere unless it is configured where', () => {
    const { alarms } = configOf('');
    expect([alarms.mail, alarms.webhook]).toEqual([undefined, undefined]);
  });

  it('go to an address, and to a webhook whose address is a secret', () => {
    const text =
      'alarms: { mail: op@example.org, webhook: { urlEnv: HOOK, allowHosts: [chat.internal] }, lateMinutes: 5 }';
    expect(configOf(text, { HOOK: 'https://chat.internal/x?key=1' }).alarms).toMatchObject({
      mail: 'op@example.org',
      webhook: { url: 'https://chat.internal/x?key=1', allowHosts: ['chat.internal'] },
      lateMinutes: 5,
      sourceHours: 36,
    });
  });

  it.each([
    ['alarms: { webhook: {} }', {}, /alarms\.webhook: expected urlEnv or urlFile/],
    ['alarms: { webhook: { urlEnv: HOOK } }', {}, /HOOK to hold the address of the webhook, got nothing/],
    ['alarms: { webhook: { urlEnv: HOOK } }', { HOOK: 'hunter2' }, /hold an absolute http or https address/],
    ['alarms: { webhook: { urlEnv: HOOK } }', { HOOK: 'file:///hunter2' }, /absolute http or https address/],
    ['alarms: { mail: nobody }', {}, /a mail address such as/],
    ['alarms: { bouncesPercent: 120 }', {}, /a share in percent from 0 to 100/],
  ])('%s with %j is a fault that quotes no secret', (text, environment, fault) => {
    expect(faultOf(text, environment)).toMatch(fault);
    expect(faultOf(text, environment)).not.toContain('hunter2');
  });
});

describe('metrics', () => {
  it('are there only where they are configured, with a token that cannot be guessed', () => {
    expect(configOf('').serve.metrics).toBeUndefined();
    const text = 'serve: { metrics: { tokenEnv: METRICS } }';
    expect(configOf(text, { METRICS: token }).serve.metrics).toEqual({ secret: token });
    expect(faultOf(text, { METRICS: 'short' })).toMatch(/at least 32 characters/);
    expect(faultOf(text)).toMatch(/METRICS to hold the metrics token, got nothing/);
    expect(faultOf('serve: { metrics: {} }')).toMatch(/serve\.metrics: expected tokenEnv or tokenFile/);
  });
});
