import type { App } from '../app.ts';
import type { MailConfig, SmtpConfig } from '../config/mail-config.ts';
import { editionMailer } from '../deliver/edition-mail.ts';
import { checkReverse, checkSenderDns } from '../deliver/preflight/dns.ts';
import { warning, type CheckFinding } from '../deliver/preflight/finding.ts';
import { createLookup, type Lookup } from '../deliver/preflight/lookup.ts';
import { checkMail } from '../deliver/preflight/mail.ts';
import { checkSmtp } from '../deliver/preflight/smtp.ts';
import type { Delivery } from '../domain/delivery.ts';
import { domainOf } from '../domain/mail-domain.ts';
import { newestEditions } from '../store/editions.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

/** A reader who exists only here: RFC 2606 keeps the name free. */
const nobody = 'reader@example.org';
/** The digests that come out less often are in here too. */
const editionsLookedAt = 50;

/**
 * Says of the newest mail of each digest, of the sender's records in DNS and of the way out whether all is as it has to be;
 * sends nothing. The exit code is 1 when there is a fault.
 */
export async function doctorMail(
  context: Context,
  lookup: Lookup = createLookup(context.signal),
): Promise<ExitCode> {
  const findings = await withApp(context, (app) => mailFindings(app, context, lookup));
  return tellFindings(context, findings) > 0 ? 1 : 0;
}

/** The same as values; without `lookup` only of the mails themselves. */
export async function mailFindings(
  app: App,
  context: Context,
  lookup: Lookup | undefined,
): Promise<readonly CheckFinding[]> {
  const mails = await checkedMails(app, context);
  if (!lookup) return mails;
  return [
    ...mails,
    ...(await checkedSender(app.config.mail, lookup)),
    ...(await checkedWayOut(app.config.mail, lookup, context.signal)),
  ];
}

/** Prints them and how many of each kind there are; returns how many faults. */
export function tellFindings(context: Context, findings: readonly CheckFinding[]): number {
  const counts = { ok: 0, warning: 0, fault: 0 };
  for (const { result } of findings) counts[result] += 1;
  if (context.options.json) context.print(JSON.stringify({ findings, counts }, undefined, 2));
  else {
    for (const finding of findings) for (const line of linesOf(finding)) context.print(line);
    context.print(`${counts.fault} faults, ${counts.warning} warnings, ${counts.ok} as they should be`);
  }
  return counts.fault;
}

function linesOf({ check, result, expected, came, advice }: CheckFinding): readonly string[] {
  if (result === 'ok') return [`ok       ${check}: ${came}`];
  return [
    `${result.padEnd(8)} ${check}: expected ${expected}, got ${came}`,
    ...(advice === undefined ? [] : [`         ${advice}`]),
  ];
}

/** The mail of the newest edition of each digest, as a reader of all topics gets it. */
async function checkedMails(app: App, context: Context): Promise<readonly CheckFinding[]> {
  const { newest } = await newestEditions(app.db, editionsLookedAt);
  const found: CheckFinding[] = [];
  for (const { key } of app.digests) {
    const stored = newest.find(({ edition }) => edition.digest === key);
    if (!stored) {
      found.push(
        warning(
          `mail of ${key}`,
          'an edition to look at',
          'none yet',
          'run "broadsheet run --dry-run" or wait for the first one',
        ),
      );
      continue;
    }
    const addressHash = app.tokens.addressHash(nobody);
    const delivery: Delivery = {
      id: 0,
      editionId: stored.id,
      digest: key,
      address: nobody,
      addressHash,
      state: 'pending',
      attempts: 0,
      nextAttemptAt: context.now(),
      leaseEpoch: 0,
      messageId: `<${app.tokens.messageKey(stored.edition, addressHash)}@${domainOf(app.sender.from.address)}>`,
    };
    const mailer = editionMailer({
      edition: stored.edition,
      site: app.site,
      mail: await app.mail(),
      sender: app.sender,
      unsubscribeToken: (to) => app.tokens.sign('unsubscribe', to),
    });
    const { raw } = await mailer.message(delivery);
    const checked = await checkMail(raw, { isSignedByUs: app.sender.dkim !== undefined });
    found.push(...checked.map((one) => ({ ...one, check: `${key}: ${one.check}` })));
  }
  return found;
}

async function checkedSender(mail: MailConfig, lookup: Lookup): Promise<readonly CheckFinding[]> {
  if (mail.transport === 'outbox') {
    const advice = 'set mail.transport once mail shall leave';
    return [
      warning('way out', 'a server or provider', 'the outbox: mails become files and none leaves', advice),
    ];
  }
  const from = domainOf(mail.from.address);
  const envelope = mail.bounces === undefined ? from : domainOf(mail.bounces);
  return checkSenderDns({ from, envelope, dkim: mail.dkim ?? [] }, lookup);
}

async function checkedWayOut(
  mail: MailConfig,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  switch (mail.transport) {
    case 'outbox':
      return [];
    case 'smtp':
      return checkedServer(mail.smtp, lookup, signal);
    case 'relays':
      return (await Promise.all(mail.relays.map((relay) => checkedServer(relay, lookup, signal)))).flat();
    case 'ses':
    case 'postmark':
    case 'mailgun':
    case 'sendgrid':
      return [
        warning(
          `provider ${mail.transport}`,
          'a key that may send for this sender',
          'not tried: it cannot be without sending',
          'send one edition to an address of your own first, and let the provider check its SPF and DKIM records',
        ),
      ];
  }
}

async function checkedServer(
  config: SmtpConfig,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const connection = await checkSmtp(config, signal);
  const isNamed = !/^[\d.]+$|:|^localhost$/.test(config.host);
  if (isNamed) return [connection, await checkReverse(config.host, lookup)];
  const advice =
    'ask DNS for the name of the address that this network shows to the world, and for the address of that name';
  return [
    connection,
    warning(
      `name of ${config.host}`,
      'a sending address whose name leads back to it',
      'not seen from here',
      advice,
    ),
  ];
}
