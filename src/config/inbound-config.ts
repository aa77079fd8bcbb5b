import { minuteMs } from '../domain/time.ts';
import type { InboundBlock } from './inbound-schema.ts';
import type { Secrets } from './secrets.ts';

/** A mailbox that is read by IMAP. */
export interface MailboxConfig {
  readonly host: string;
  readonly port: number;
  /** `offered`, on this machine only: in the clear where the server has no STARTTLS. */
  readonly tls: 'implicit' | 'required' | 'offered';
  /** Whether the server is on this machine, where nobody can listen in between: any certificate does. */
  readonly isLocal: boolean;
  readonly user: string;
  /** A token of OAuth 2 is read from its file at each login. */
  readonly secret:
    | { readonly password: string }
    | { readonly token: string }
    | { readonly tokenFile: string };
  readonly mailbox: string;
  /** The folder for what was kept; without it the flag \Seen is set. */
  readonly moveTo?: string;
  readonly everyMs: number;
  /** Of one message. */
  readonly maxBytes: number;
}

/** Mail that comes in, and what providers tell; nothing is taken in without it. */
export interface InboundConfig {
  /** The `mailto:` address of List-Unsubscribe; the token stands behind a `+`. */
  readonly unsubscribe?: string;
  /** More addresses that take mail, such as one for feedback loops. */
  readonly addresses: readonly string[];
  /** Where mail is received by SMTP; port 0 lets the system choose. */
  readonly smtp?: { readonly host: string; readonly port: number; readonly maxBytes: number };
  readonly imap?: MailboxConfig;
  readonly hooks: {
    readonly ses?: { readonly topics: readonly string[] };
    readonly postmark?: { readonly user: string; readonly password: string };
    readonly mailgun?: { readonly key: string };
    readonly sendgrid?: { readonly publicKey: string };
  };
}

/** The block with its secrets; `inFolder` makes its paths absolute. */
export function inboundOf(
  parsed: InboundBlock,
  secrets: Secrets,
  inFolder: (path: string) => string,
): InboundConfig {
  const { unsubscribe, addresses, smtp, imap, hooks } = parsed;
  const mailbox = imap && mailboxOf(imap, secrets, inFolder);
  const password = secrets.get('inbound.hooks.postmark');
  const key = secrets.get('inbound.hooks.mailgun');
  return {
    ...(unsubscribe !== undefined && { unsubscribe }),
    addresses,
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, maxBytes: smtp.maxMegabytes * 1_000_000 } }),
    ...(mailbox && { imap: mailbox }),
    hooks: {
      ...(hooks.ses && { ses: hooks.ses }),
      ...(hooks.postmark && password !== undefined && { postmark: { user: hooks.postmark.user, password } }),
      ...(hooks.mailgun && key !== undefined && { mailgun: { key } }),
      ...(hooks.sendgrid && { sendgrid: hooks.sendgrid }),
    },
  };
}

/** Nothing where the secret is missing, which is a fault of its own. */
function mailboxOf(
  parsed: NonNullable<InboundBlock['imap']>,
  secrets: Secrets,
  inFolder: (path: string) => string,
): MailboxConfig | undefined {
  const { host, port, user, mailbox, moveTo } = parsed;
  const password = secrets.get('inbound.imap.password');
  const token = secrets.get('inbound.imap.accessToken');
  if (password === undefined && token === undefined) return undefined;
  const isLocal = /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/.test(host);
  const usual = port === 993 ? 'implicit' : 'required';
  const secret =
    password !== undefined
      ? { password }
      : parsed.accessTokenFile === undefined
        ? { token: token ?? '' }
        : { tokenFile: inFolder(parsed.accessTokenFile) };
  return {
    host,
    port,
    tls: parsed.tls ?? (isLocal && usual === 'required' ? 'offered' : usual),
    isLocal,
    user,
    secret,
    mailbox,
    ...(moveTo !== undefined && { moveTo }),
    everyMs: parsed.everyMinutes * minuteMs,
    maxBytes: parsed.maxMegabytes * 1_000_000,
  };
}
