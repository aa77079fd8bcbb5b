import { isAddress } from '../domain/subscriber.ts';
import type {
  MailConfig,
  MailLimitsConfig,
  OAuth2Login,
  PasswordLogin,
  RateConfig,
  SmtpConfig,
} from './mail-config.ts';
import type { MailBlock } from './mail-schema.ts';
import type { Secrets } from './secrets.ts';
import type { Mailbox } from './values.ts';

/** What stands under `mail`, with its secrets: of a way out that is chosen and was checked. */
export function mailOf(
  mail: MailBlock,
  site: { readonly url: string; readonly title: string },
  secrets: Secrets,
): MailConfig {
  const { transport, replyTo, bounces, inDoubt } = mail;
  const dkim = mail.dkim?.map(({ domain, selector }, index) => ({
    domain,
    selector,
    privateKey: secrets.get(`mail.dkim.${index}`) ?? '',
  }));
  const common = {
    from: mail.from ?? outboxSender(site),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(bounces === undefined ? {} : { bounces }),
    ...(dkim && { dkim }),
  };
  const sending = { ...common, inDoubt, ...(mail.limits && { limits: limitsOf(mail.limits) }) };
  const key = secrets.get(`mail.${transport}`) ?? '';
  if (transport === 'smtp' && mail.relays) {
    const relays = mail.relays.map((relay, index) => ({
      name: relay.name,
      weight: relay.weight,
      ...smtpOf(relay, `mail.relays.${index}`, secrets),
    }));
    return { transport: 'relays', ...sending, relays };
  }
  if (transport === 'smtp' && mail.smtp) {
    return { transport, ...sending, smtp: smtpOf(mail.smtp, 'mail.smtp', secrets) };
  }
  if (transport === 'ses' && mail.ses) {
    const { region, accessKeyId, configurationSet, connections } = mail.ses;
    const ses = {
      region,
      accessKeyId,
      secretKey: key,
      ...(configurationSet !== undefined && { configurationSet }),
      baseUrl: mail.ses.baseUrl ?? `https://email.${region}.amazonaws.com`,
      connections,
    };
    return { transport, ...sending, ses };
  }
  if (transport === 'postmark' && mail.postmark) {
    const { stream, baseUrl, connections } = mail.postmark;
    return { transport, ...sending, postmark: { key, stream, baseUrl, connections } };
  }
  if (transport === 'mailgun' && mail.mailgun) {
    const { domain, baseUrl, connections } = mail.mailgun;
    return { transport, ...sending, mailgun: { key, domain, baseUrl, connections } };
  }
  if (transport === 'sendgrid' && mail.sendgrid) {
    const { baseUrl, connections } = mail.sendgrid;
    return { transport, ...sending, sendgrid: { key, baseUrl, connections } };
  }
  return { transport: 'outbox', ...common };
}

function smtpOf(smtp: NonNullable<MailBlock['smtp']>, path: string, secrets: Secrets): SmtpConfig {
  const { host, port, tls, user, connections } = smtp;
  const secure = smtp.secure ?? (tls === undefined ? port === 465 : tls === 'implicit');
  const login = user === undefined ? undefined : loginOf(smtp, user, path, secrets);
  return {
    host,
    port,
    secure,
    ...(tls !== undefined && tls !== 'implicit' && { starttls: tls }),
    ...(login && { login }),
    connections,
  };
}

function loginOf(
  { oauth2 }: NonNullable<MailBlock['smtp']>,
  user: string,
  path: string,
  secrets: Secrets,
): PasswordLogin | OAuth2Login | undefined {
  const password = secrets.get(path);
  if (!oauth2) return password === undefined ? undefined : { user, password };
  const clientSecret = secrets.get(`${path}.oauth2.clientSecret`);
  return {
    user,
    oauth2: {
      tokenUrl: oauth2.tokenUrl,
      clientId: oauth2.clientId,
      ...(clientSecret !== undefined && { clientSecret }),
      refreshToken: secrets.get(`${path}.oauth2.refreshToken`) ?? '',
      ...(oauth2.scope !== undefined && { scope: oauth2.scope }),
    },
  };
}

function limitsOf({ warmUp, domains, digests, ...rate }: NonNullable<MailBlock['limits']>): MailLimitsConfig {
  const rates = (
    byName: Readonly<Record<string, { perMinute?: number | undefined; perDay?: number | undefined }>>,
  ) => Object.fromEntries(Object.entries(byName).map(([name, one]) => [name, rateOf(one)]));
  return { ...rateOf(rate), ...(warmUp && { warmUp }), domains: rates(domains), digests: rates(digests) };
}

function rateOf(rate: { perMinute?: number | undefined; perDay?: number | undefined }): RateConfig {
  const { perMinute, perDay } = rate;
  return { ...(perMinute !== undefined && { perMinute }), ...(perDay !== undefined && { perDay }) };
}

/** A sender for mails that go nowhere: at the site's host, else at a name that never exists (RFC 2606). */
function outboxSender(site: { readonly url: string; readonly title: string }): Mailbox {
  const address = `broadsheet@${new URL(site.url).hostname}`;
  return { name: site.title, address: isAddress(address) ? address : 'broadsheet@localhost.invalid' };
}
