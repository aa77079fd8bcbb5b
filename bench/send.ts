/**
 * Sending: personal digests of 60 to 75 kB, signed with RSA 2048, with the whole ledger on SQLite (synchronous=FULL), to
 * postfix's smtp-sink on this machine. Against postfix's smtp-source with the same bytes, one RSA signature, a bare
 * socket, and nodemailer's own pool with DKIM; interleaved, medians. Then the peak memory for audiences of growing size.
 * Needs Debian's postfix package for its two tools (no daemon).
 * `node bench/send.ts [--rounds 5] [--mails 3000] [--no-memory] [--million]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { editionMailer } from '../src/deliver/edition-mail.ts';
import {
  digestMail,
  edition,
  fillLedger,
  newKey,
  openBenchSender,
  reader,
  site,
  tokens,
} from './send/digest.ts';
import { median, timed } from './timing.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    mails: { type: 'string', default: '3000' },
    'no-memory': { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
  },
});
const rounds = Math.max(5, Number(options.rounds));
const mails = Number(options.mails);
const sessions = 10;
const port = 20_000 + (process.pid % 20_000);
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'));
const keyFile = join(folder, 'key.pem');
const sampleFile = join(folder, 'mail.eml');

interface Result {
  readonly sent: number;
  readonly wallMs: number;
  readonly cpuUs: number;
  readonly peakMb: number;
}

async function startSink(): Promise<() => Promise<void>> {
  const user = userInfo().uid === 0 ? ['-u', 'nobody'] : [];
  const sink = spawn('smtp-sink', ['-4', '-m', '1000', ...user, `127.0.0.1:${port}`, '1024'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  sink.on('error', (error) => {
    console.error(`expected postfix's smtp-sink, got: ${error.message}; install Debian's package postfix`);
    process.exit(1);
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const probe = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(probe, 'data').then(() => true),
      once(probe, 'error').then(
        () => false,
        () => false,
      ),
    ]).catch(() => false);
    probe.destroy();
    if (isUp) break;
    await sleep(50);
  }
  return async () => {
    sink.kill();
    await once(sink, 'exit');
  };
}

async function smtpSource(): Promise<number> {
  return timed(async () => {
    const source = spawn(
      'smtp-source',
      ['-4', '-d', '-s', `${sessions}`, '-m', `${mails}`, '-F', sampleFile, `127.0.0.1:${port}`],
      { stdio: 'inherit', env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } },
    );
    const [code] = await once(source, 'exit');
    if (code !== 0) throw new Error(`smtp-source ended with ${String(code)}`);
  });
}

async function sender(way: string, count: number, database = ''): Promise<Result> {
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=4',
      join(import.meta.dirname, 'send/sender.ts'),
      way,
      database,
      `${port}`,
      `${count}`,
      keyFile,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const result = JSON.parse(output) as Result;
  if (way !== 'unsigned' && way !== 'broadsheet') return result;
  if (result.sent !== count) throw new Error(`expected ${count} mails to be accepted, got ${result.sent}`);
  return result;
}

async function withLedger(way: string, count: number): Promise<Result> {
  const database = join(folder, `${way}-${count}.db`);
  await fillLedger(database, count);
  const result = await sender(way, count, database);
  for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true });
  return result;
}

const perMail = ({ cpuUs, sent }: Result): number => cpuUs / sent;
const perSecond = ({ sent, wallMs }: Result): number => (sent / wallMs) * 1000;
const few = Math.max(200, Math.floor(mails / 6));

writeFileSync(keyFile, newKey(), { mode: 0o600 });
const { message } = editionMailer({
  edition,
  site,
  mail: await digestMail(),
  sender: openBenchSender(newKey()),
  unsubscribeToken: (to) => tokens.sign('unsubscribe', to),
});
const sizes = await Promise.all([1, 2, 3, 4].map(async (id) => (await message(reader(id))).raw.length));
writeFileSync(sampleFile, (await message(reader(4))).raw);
console.log(
  `mails of ${sizes.map((size) => (size / 1000).toFixed(1)).join(', ')} kB, ${sessions} sessions, ${rounds} rounds of ${mails}`,
);

const stopSink = await startSink();
try {
  const sourceRates: number[] = [];
  const results: Record<string, Result[]> = {};
  const note = (way: string, result: Result): number => (results[way] ??= []).push(result);
  for (let round = 0; round < rounds; round += 1) {
    sourceRates.push((mails / (await smtpSource())) * 1000);
    note('broadsheet', await withLedger('broadsheet', mails));
    note('signing', await sender('signing', few));
    note('nodemailer', await sender('nodemailer', few));
    note('unsigned', await withLedger('unsigned', mails));
    note('raw', await sender('raw', mails));
    note('compose', await sender('compose', mails));
    note('hashing', await sender('hashing', mails));
    const last = (way: string): Result => results[way]?.at(-1) ?? { sent: 1, wallMs: 0, cpuUs: 0, peakMb: 0 };
    console.log(
      `round ${round + 1}: smtp-source ${sourceRates.at(-1)?.toFixed(0)}/s; ` +
        Object.keys(results)
          .map((way) => `${way} ${perSecond(last(way)).toFixed(0)}/s ${perMail(last(way)).toFixed(0)} us`)
          .join('; '),
    );
  }
  const middle = (way: string, value: (result: Result) => number): number =>
    median((results[way] ?? []).map(value));
  const eachRound = (value: (round: number) => number): string => {
    const ratios = Array.from({ length: rounds }, (_, round) => value(round));
    const spread = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
    return `${median(ratios).toFixed(2)} (${spread})`;
  };
  const of = (way: string, round: number, value: (result: Result) => number): number => {
    const result = results[way]?.[round];
    return result ? value(result) : Number.NaN;
  };
  const ratio = (over: string, under: string): string =>
    eachRound((round) => of(over, round, perMail) / of(under, round, perMail));
  console.log(
    [
      '',
      `S1 rate, of smtp-source's:                 ${eachRound((round) => of('broadsheet', round, perSecond) / (sourceRates[round] ?? 0))}   goal >= 0.4, aim 0.6`,
      `S2 CPU a mail, in RSA-2048 signatures:     ${ratio('broadsheet', 'signing')}   goal <= 3`,
      `S3 CPU of an unsigned mail, of a bare socket's: ${ratio('unsigned', 'raw')}   goal <= 4`,
      `S4 composing, in SHA-256 of the same bytes: ${ratio('compose', 'hashing')}   goal <= 6`,
      `S5 CPU of nodemailer's pool with DKIM, in ours: ${ratio('nodemailer', 'broadsheet')}   goal >= 5`,
      `CPU a mail: ${middle('broadsheet', perMail).toFixed(0)} us; peak memory: ${Math.max(...(results['broadsheet'] ?? []).map(({ peakMb }) => peakMb))} MB`,
    ].join('\n'),
  );
  const audiences = options['no-memory'] ? [] : [10_000, 100_000, ...(options.million ? [1_000_000] : [])];
  for (const audience of audiences) {
    const result = await withLedger('broadsheet', audience);
    console.log(
      `${audience.toLocaleString('en')} readers: peak memory ${result.peakMb} MB, ${perSecond(result).toFixed(0)} mails/s, ${perMail(result).toFixed(0)} us of CPU a mail`,
    );
  }
} finally {
  await stopSink();
  rmSync(folder, { recursive: true });
}
