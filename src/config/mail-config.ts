import type { CalendarDate } from '../domain/time.ts';
import type { Mailbox } from './values.ts';

export type MailConfig = OutboxMailConfig | SmtpMailConfig | RelaysMailConfig | ProviderMailConfig;

/** Mails are written to `.eml` files in the data folder; nothing leaves the machine. */
export interface OutboxMailConfig extends SenderConfig {
  readonly transport: 'outbox';
}

export interface SmtpMailConfig extends SenderConfig, SendingConfig {
  readonly transport: 'smtp';
  readonly smtp: SmtpConfig;
}

/** Several SMTP servers that share the mail. */
export interface RelaysMailConfig extends SenderConfig, SendingConfig {
  readonly transport: 'relays';
  /** At least one; each with a name of its own. */
  readonly relays: readonly RelayConfig[];
}

/** The HTTP interface of a provider. */
export type ProviderMailConfig = SenderConfig & SendingConfig & ProviderConfig;

export type ProviderConfig =
  | { readonly transport: 'ses'; readonly ses: SesConfig }
  | { readonly transport: 'postmark'; readonly postmark: PostmarkConfig }
  | { readonly transport: 'mailgun'; readonly mailgun: MailgunConfig }
  | { readonly transport: 'sendgrid'; readonly sendgrid: SendgridConfig };

export interface SenderConfig {
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  /** What the envelope sender of each delivery is made of (VERP); without it bounces go to `from`. */
  readonly bounces?: string;
  /** Every mail is signed with each of them; none leaves without when they are given. */
  readonly dkim?: readonly DkimConfig[];
}

/** What concerns mail that really leaves. */
export interface SendingConfig {
  readonly limits?: MailLimitsConfig;
  /** What becomes of mail that was handed over without an answer. */
  readonly inDoubt: 'hold' | 'resend';
}

/** A key whose public half stands in DNS at `<selector>._domainkey.<domain>` (RFC 6376). */
export interface DkimConfig {
  readonly domain: string;
  readonly selector: string;
  /** In PEM. It has signed something already. */
  readonly privateKey: string;
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS. */
  readonly secure: boolean;
  /**
   * Of a connection that begins without TLS. `opportunistic` takes any certificate, `required` a good one only, `none` does
   * without. When it is not given: `required` with a login elsewhere than on this machine, else `opportunistic`.
   */
  readonly starttls?: 'opportunistic' | 'required' | 'none';
  readonly login?: PasswordLogin | OAuth2Login;
  /** At most so many at once. */
  readonly connections: number;
}

export interface PasswordLogin {
  readonly user: string;
  readonly password: string;
}

/** A login by XOAUTH2, whose access tokens come from a refresh token (RFC 6749 section 6). */
export interface OAuth2Login {
  readonly user: string;
  readonly oauth2: {
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    readonly refreshToken: string;
    readonly scope?: string;
  };
}

export interface RelayConfig extends SmtpConfig {
  readonly name: string;
  /** Its share of the mail against those of the others. */
  readonly weight: number;
}

interface HttpApiConfig {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** At most so many at once. */
  readonly connections: number;
}

export interface SesConfig extends HttpApiConfig {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly configurationSet?: string;
}

export interface PostmarkConfig extends HttpApiConfig {
  /** The server token. */
  readonly key: string;
  /** The message stream; for digests one of the type Broadcasts. */
  readonly stream: string;
}

export interface MailgunConfig extends HttpApiConfig {
  readonly key: string;
  /** The sending domain. */
  readonly domain: string;
}

export interface SendgridConfig extends HttpApiConfig {
  readonly key: string;
}

/** How much may leave; where nothing is said there is no limit. */
export interface MailLimitsConfig extends RateConfig {
  /** So many mails a day on the first days of a new sender: the first number on the day `from` (UTC), and so on. */
  readonly warmUp?: { readonly from: CalendarDate; readonly perDay: readonly number[] };
  /** By domain, or by operator: google, microsoft, yahoo, icloud. */
  readonly domains: Readonly<Record<string, RateConfig>>;
  /** By the key of the digest. */
  readonly digests: Readonly<Record<string, RateConfig>>;
}

export interface RateConfig {
  readonly perMinute?: number;
  readonly perDay?: number;
}
