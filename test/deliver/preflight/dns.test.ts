import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { dkimRecord, readDkimKey } from '../../../src/config/dkim-key.ts';
import { checkDkim, checkMx, checkReverse, checkSenderDns } from '../../../src/deliver/preflight/dns.ts';
import { checkDmarc } from '../../../src/deliver/preflight/dmarc.ts';
import type { CheckFinding } from '../../../src/deliver/preflight/finding.ts';
import { createLookup, type Lookup } from '../../../src/deliver/preflight/lookup.ts';
import { checkSpf } from '../../../src/deliver/preflight/spf.ts';
import { dnsServer, type Zone } from './dns-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function lookupIn(zone: Zone): Promise<Lookup> {
  const server = await dnsServer(zone);
  closers.push(server.close);
  return createLookup(new AbortController().signal, [server.address]);
}

const short = ({ result, came }: CheckFinding) => `${result}: ${came}`;

function keyOf(type: 'rsa' | 'ed25519', bits = 2048): string {
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: bits }) : generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

function published(pem: string): string {
  const read = readDkimKey(pem);
  if ('fault' in read) throw new Error(read.fault);
  return dkimRecord(read.key);
}

const rsa = keyOf('rsa');
const ed25519 = keyOf('ed25519');

describe('SPF', () => {
  it.each<[string, Zone, RegExp]>([
    ['that says no to strangers', { 'TXT example.org': ['v=spf1 mx -all'] }, /^ok: v=spf1 mx -all/],
    ['beside other records', { 'TXT example.org': ['google-site=1', 'v=spf1 a ~all'] }, /^ok/],
    ['that is not there', { 'TXT example.org': ['hello'] }, /^fault: none/],
    ['of a name that is not there', {}, /^fault: none/],
    ['twice', { 'TXT example.org': ['v=spf1 -all', 'v=spf1 mx -all'] }, /^fault: 2 records/],
    ['for all the world', { 'TXT example.org': ['v=spf1 +all'] }, /^fault/],
    ['without an end', { 'TXT example.org': ['v=spf1 mx'] }, /^warning/],
    ['that does not say', { 'TXT example.org': ['v=spf1 mx ?all'] }, /^warning/],
    [
      'that goes on elsewhere',
      { 'TXT example.org': ['v=spf1 redirect=_spf.example.net'], 'TXT _spf.example.net': ['v=spf1 mx -all'] },
      /^ok/,
    ],
    [
      'with an include that leads nowhere',
      { 'TXT example.org': ['v=spf1 include:gone.example -all'] },
      /gone\.example has no record/,
    ],
    ['in a circle', { 'TXT example.org': ['v=spf1 include:example.org -all'] }, /^ok/],
    [
      'with too many questions',
      {
        'TXT example.org': ['v=spf1 include:a.example include:b.example -all'],
        'TXT a.example': ['v=spf1 a:1.example a:2.example mx exists:x.example ptr ~all'],
        'TXT b.example': ['v=spf1 a mx a:3.example a:4.example ~all'],
      },
      /^fault: 11 lookups/,
    ],
    ['that DNS does not tell', { 'TXT example.org': 'refused' }, /^warning: no answer of DNS/],
  ])('%s', async (_what, zone, expected) => {
    expect(short(await checkSpf('example.org', await lookupIn(zone)))).toMatch(expected);
  });
});

describe('a DKIM key', () => {
  const at = (records: readonly string[]): Zone => ({ 'TXT s1._domainkey.example.org': records });
  const check = async (zone: Zone, privateKey = rsa) =>
    checkDkim({ domain: 'example.org', selector: 's1', privateKey }, await lookupIn(zone));

  it.each([
    ['RSA', rsa],
    ['Ed25519', ed25519],
  ])('of %s that is published is good', async (_type, pem) => {
    expect(short(await check(at([published(pem)]), pem))).toBe('ok: that key');
  });

  it.each<[string, readonly string[], RegExp]>([
    ['that is not there', [], /^fault: no such record/],
    ['that belongs to another', [published(keyOf('rsa'))], /^fault: another key: p=/],
    ['that was withdrawn', ['v=DKIM1; k=rsa; p='], /^fault: a key that was withdrawn/],
    ['twice', [published(rsa), published(rsa)], /^fault: 2 records/],
    ['for tests', [`${published(rsa)}; t=y:s`], /^warning: that key, marked as a test/],
  ])('%s is not', async (_what, records, expected) => {
    const finding = await check(at(records));
    expect(short(finding)).toMatch(expected);
    expect(finding.advice).toBeDefined();
  });

  it('that is missing is written out, to be published', async () => {
    expect((await check({})).advice).toBe(
      `publish at s1._domainkey.example.org, type TXT: ${published(rsa)}`,
    );
  });

  it('of few bits is told', async () => {
    const small = keyOf('rsa', 1024);
    expect(short(await check(at([published(small)]), small))).toBe('warning: that key, of 1024 bits');
  });
});

describe('DMARC', () => {
  const check = async (
    zone: Zone,
    { from = 'news.example.org', envelope = 'bounces.example.org', signers = ['example.org'] } = {},
  ) => (await checkDmarc({ from, envelope, signers }, await lookupIn(zone))).map(short);

  it('of a domain above counts, and a key above is aligned', async () => {
    expect(await check({ 'TXT _dmarc.example.org': ['v=DMARC1; p=quarantine'] })).toEqual([
      'ok: p=quarantine at _dmarc.example.org',
      'ok: the signature',
    ]);
  });

  it.each<[string, Zone, RegExp]>([
    ['that is not there', {}, /^fault: none/],
    ['twice', { 'TXT _dmarc.example.org': ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] }, /^fault: 2 records/],
    ['without a policy', { 'TXT _dmarc.example.org': ['v=DMARC1; rua=mailto:a@example.org'] }, /^fault/],
  ])('%s is a fault', async (_what, zone, expected) => {
    expect((await check(zone))[0]).toMatch(expected);
  });

  it.each([
    [
      'v=DMARC1; p=reject; adkim=s',
      { signers: ['example.org'], envelope: 'example.net' },
      /^fault: d=example\.org/,
    ],
    [
      'v=DMARC1; p=none; adkim=s',
      { signers: ['example.org'], envelope: 'example.net' },
      /^warning: d=example\.org/,
    ],
    [
      'v=DMARC1; p=reject; adkim=s',
      { signers: ['news.example.org'], envelope: 'example.net' },
      /^ok: the signature/,
    ],
    [
      'v=DMARC1; p=reject',
      { signers: [], envelope: 'news.example.org' },
      /^warning: the envelope sender only/,
    ],
    [
      'v=DMARC1; p=reject',
      { signers: [], envelope: 'bounces.example.org' },
      /^warning: .*one organisation has both/,
    ],
    ['v=DMARC1; p=reject', { signers: ['news.example.org'], envelope: 'news.example.org' }, /^ok: both/],
  ])('%s with %j: %s', async (record, parts, expected) => {
    expect((await check({ 'TXT _dmarc.news.example.org': [record] }, parts))[1]).toMatch(expected);
  });
});

describe('who takes mail', () => {
  it.each<[string, Zone, RegExp]>([
    [
      'a server',
      { 'MX example.org': ['10 mx.example.net'], 'AAAA mx.example.net': ['2001:db8:0:0:0:0:0:1'] },
      /^ok: mx\.example\.net/,
    ],
    ['a server without an address', { 'MX example.org': ['10 mx.example.net'] }, /^fault/],
    ['nobody, as the domain says', { 'MX example.org': ['0 .'] }, /^fault: a record that says nobody/],
    ['only an address', { 'A example.org': ['192.0.2.1'] }, /^warning: no MX record/],
    ['nothing at all', {}, /^fault: no MX record and no address/],
  ])('is %s', async (_what, zone, expected) => {
    expect(short(await checkMx('example.org', await lookupIn(zone)))).toMatch(expected);
  });
});

describe('the name of a sending address', () => {
  const host = { 'A out.example.org': ['192.0.2.7'] };

  it.each<[string, Zone, RegExp]>([
    ['leads back', { ...host, 'PTR 7.2.0.192.in-addr.arpa': ['out.example.org'] }, /^ok: 192\.0\.2\.7/],
    ['is missing', host, /^warning: 192\.0\.2\.7 without/],
    [
      'leads elsewhere',
      { ...host, 'PTR 7.2.0.192.in-addr.arpa': ['pool.example.net'], 'A pool.example.net': ['192.0.2.99'] },
      /^warning/,
    ],
    ['is of no server', {}, /^fault: no address/],
  ])('%s', async (_what, zone, expected) => {
    expect(short(await checkReverse('out.example.org', await lookupIn(zone)))).toMatch(expected);
  });
});

describe('all records of a sender', () => {
  it('can be good', async () => {
    const lookup = await lookupIn({
      'TXT example.org': ['v=spf1 ip4:192.0.2.7 -all'],
      'TXT bounces.example.org': ['v=spf1 ip4:192.0.2.7 -all'],
      'TXT s1._domainkey.example.org': [published(rsa)],
      'TXT s2._domainkey.example.org': [published(ed25519)],
      'TXT _dmarc.example.org': ['v=DMARC1; p=none'],
      'MX example.org': ['10 mx.example.org'],
      'MX bounces.example.org': ['10 mx.example.org'],
      'A mx.example.org': ['192.0.2.8'],
    });
    const dkim = [
      { domain: 'example.org', selector: 's1', privateKey: rsa },
      { domain: 'example.org', selector: 's2', privateKey: ed25519 },
    ];
    const found = await checkSenderDns(
      { from: 'example.org', envelope: 'bounces.example.org', dkim },
      lookup,
    );
    expect(found.map(({ result, check }) => `${result} ${check}`)).toEqual([
      'ok SPF of bounces.example.org',
      'ok DKIM key s1._domainkey.example.org',
      'ok DKIM key s2._domainkey.example.org',
      'ok DMARC of example.org',
      'ok alignment of example.org',
      'ok MX of bounces.example.org',
      'ok MX of example.org',
    ]);
  });

  it('are not waited for after our own stop', async () => {
    const stop = new AbortController();
    const lookup = createLookup(stop.signal, ['127.0.0.1:9']);
    stop.abort(new Error('stopped'));
    await expect(lookup.txt('example.org')).rejects.toThrow('stopped');
  });
});
