/*
 * One sender in a process of its own: `sender.ts WAY DATABASE PORT MAILS KEYFILE`. Prints how long it took, what CPU
 * time it used (all threads, without loading and compiling templates) and its peak memory, as JSON.
 */
import { hash, sign, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { dispatch } from '../../src/deliver/dispatch.ts';
import { editionMailer, ledgerMailer } from '../../src/deliver/edition-mail.ts';
import { unsubscribeUrl } from '../../src/deliver/list-fields.ts';
import { signedOnly } from '../../src/deliver/sender.ts';
import { createSmtp } from '../../src/deliver/smtp.ts';
import { openDatabase } from '../../src/store/database.ts';
import { digestMail, edition, now, openBenchSender, reader, site, tokens } from './digest.ts';

const [way = '', path = '', port = '', mails = '', keyFile = ''] = process.argv.slice(2);
const count = Number(mails);
const sessions = 10;
const key = readFileSync(keyFile, 'utf8');
const unsubscribeToken = (to: { digest: string; addressHash: string }) => tokens.sign('unsubscribe', to);
const mailer = async (privateKey: string | undefined) =>
  editionMailer({
    edition,
    site,
    mail: await digestMail(),
    sender: openBenchSender(privateKey),
    unsubscribeToken,
  });

interface Measured {
  readonly sent: number;
  readonly wallMs: number;
  readonly cpuUs: number;
}

async function measured(work: () => Promise<number>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const sent = await work();
  const used = process.cpuUsage(cpu);
  return { sent, wallMs: performance.now() - startedAt, cpuUs: used.user + used.system };
}

/** The whole way: ledger, composer, signature, SMTP. */
async function broadsheet(privateKey: string | undefined): Promise<Measured> {
  const db = await openDatabase(path);
  const mail = await digestMail();
  const sender = openBenchSender(privateKey);
  const smtp = createSmtp({ host: '127.0.0.1', port: Number(port), secure: false, connections: sessions });
  const transport = sender.dkim ? signedOnly(smtp) : smtp;
  const result = await measured(async () => {
    const { accepted, blocked } = await dispatch({
      db,
      transport,
      concurrency: sessions,
      render: ledgerMailer({
        issueOf: () => Promise.resolve({ carrier: edition, shown: edition }),
        site,
        mail: () => Promise.resolve(mail),
        sender,
        unsubscribeToken,
      }),
      isSubscribed: () => true,
      now: () => now,
      signal: new AbortController().signal,
    });
    if (blocked !== undefined) throw new Error(blocked);
    return accepted;
  });
  await transport.close();
  await db.destroy();
  return result;
}

/** nodemailer's own pool with its own DKIM; without any ledger. */
async function nodemailer(): Promise<Measured> {
  const mail = await digestMail();
  const segments = new Map<string, ReturnType<typeof mail.segment>>();
  const transport = createTransport({
    host: '127.0.0.1',
    port: Number(port),
    secure: false,
    pool: true,
    maxConnections: sessions,
    maxMessages: Infinity,
    dkim: { domainName: 'example.org', keySelector: 'b', privateKey: key },
  });
  const sendOne = async (id: number): Promise<void> => {
    const delivery = reader(id);
    const topics = JSON.stringify(delivery.topics ?? null);
    const segment = segments.get(topics) ?? mail.segment(edition, site, delivery.topics);
    segments.set(topics, segment);
    const url = unsubscribeUrl(site, unsubscribeToken(delivery));
    await transport.sendMail({
      from: 'The Morning Broadsheet <paper@example.org>',
      to: { name: delivery.name ?? '', address: delivery.address },
      subject: segment.subject,
      messageId: delivery.messageId,
      date: new Date(edition.publishedAt),
      ...segment.personalise({
        ...(delivery.name !== undefined && { name: delivery.name }),
        unsubscribeUrl: url,
        webUrl: site.baseUrl,
        feedUrl: site.baseUrl,
        reason: `You get this because ${delivery.address} is subscribed.`,
      }),
      headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
  };
  let next = 1;
  const result = await measured(async () => {
    const work = async (): Promise<void> => {
      for (let id = next++; id <= count; id = next++) await sendOne(id);
    };
    await Promise.all(Array.from({ length: sessions * 2 }, work));
    return count;
  });
  transport.close();
  return result;
}

/** A bare socket that sends one message again and again, three round trips a mail. */
async function rawSocket(): Promise<Measured> {
  const { raw } = await (await mailer(key)).message(reader(1));
  const session = async (share: number): Promise<void> => {
    const socket = connect(Number(port), '127.0.0.1').setNoDelay();
    const replies = lines(socket);
    const heard = async (times: number): Promise<void> => {
      for (let at = 0; at < times; at += 1) await replies.next();
    };
    await heard(1);
    socket.write('HELO bench.example\r\n');
    await heard(1);
    for (let at = 0; at < share; at += 1) {
      socket.write('MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n');
      await heard(3);
      socket.cork();
      socket.write(raw);
      socket.write('.\r\n');
      socket.uncork();
      await heard(1);
    }
    socket.destroy();
  };
  return measured(async () => {
    await Promise.all(Array.from({ length: sessions }, () => session(count / sessions)));
    return count;
  });
}

async function* lines(socket: Socket): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    rest += String(chunk);
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 2);
    }
  }
}

/** Mails made and not sent; `sha256` hashes bytes of the same number. */
async function compose(): Promise<Measured> {
  const { message } = await mailer(undefined);
  for (let id = 1; id <= 500; id += 1) (await message(reader(id))).release?.();
  const readers = Array.from({ length: count }, (_, at) => reader(at + 1));
  return measured(async () => {
    for (const one of readers) (await message(one)).release?.();
    return count;
  });
}

async function hashing(): Promise<Measured> {
  const { raw } = await (await mailer(undefined)).message(reader(1));
  for (let at = 0; at < 500; at += 1) hash('sha256', raw, 'hex');
  return measured(async () => {
    for (let at = 0; at < count; at += 1) hash('sha256', raw, 'hex');
    return count;
  });
}

/** RSA 2048 with a key that is ready, as dear as a signature can be made cheap. */
async function signing(): Promise<Measured> {
  const ready = createPrivateKey(key);
  const data = Buffer.alloc(2000, 'x');
  for (let at = 0; at < 50; at += 1) sign('sha256', data, ready);
  return measured(async () => {
    for (let at = 0; at < count; at += 1) sign('sha256', data, ready);
    return count;
  });
}

const ways: Readonly<Record<string, () => Promise<Measured>>> = {
  broadsheet: () => broadsheet(key),
  unsigned: () => broadsheet(undefined),
  nodemailer,
  raw: rawSocket,
  compose,
  hashing,
  signing,
};
const result = await ways[way]?.();
process.stdout.write(
  JSON.stringify({ ...result, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
