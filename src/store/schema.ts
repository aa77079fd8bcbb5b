/**
 * The rows, one interface a table. Instants are integers in epoch milliseconds, calendar days are
 * `YYYY-MM-DD`, lists and objects are JSON text: both dialects hold them alike.
 */
import type { Generated } from 'kysely';
import type { AlarmMessageRow, TroubleRow } from './alarm-rows.ts';
import type { HubMessageRow, HubSubscriptionRow, HubTopicRow } from './hub-rows.ts';
import type {
  AttemptRow,
  AudienceRow,
  BounceEventRow,
  DeliveryRow,
  HookNonceRow,
  InboundMessageRow,
  MailLimitRow,
  NoticeRow,
  SuppressionRow,
} from './mail-rows.ts';
import type {
  AliasRow,
  AppearanceRow,
  FormerFactsRow,
  ListingRow,
  ModelRow,
  PaperFactsRow,
  PaperRow,
  RevisionRow,
  SearchPaperRow,
  SearchQueueRow,
  SearchStateRow,
  SignalRow,
  SourceStateRow,
  TrendingEntryRow,
  ViewRow,
} from './paper-rows.ts';
import type {
  ConsentRow,
  IdempotencyKeyRow,
  RequestCountRow,
  RequestRow,
  SubscriberRow,
  SubscriptionRow,
} from './reader-rows.ts';

export interface EditionRow {
  id: Generated<number>;
  digest: string;
  edition_date: string;
  number: number;
  published_at: number;
  /** When its audience was frozen; null until then. */
  prepared_at: number | null;
  content: string;
}

/** A paper is picked once a digest. */
export interface PickRow {
  digest: string;
  paper_id: string;
  edition_id: number;
  topic: string;
}

export interface SlotRow {
  digest: string;
  slot_at: number;
  /** The local day that the schedule means. */
  slot_date: string;
  owner: string;
  lease_until: number;
  finished_at: number | null;
  outcome: string | null;
}

/** Who has the one connection to a group of hosts, and when the next request may start. */
export interface PaceRow {
  host_group: string;
  owner: string;
  busy_until: number;
  next_at: number;
}

/** What is fixed at installation: the authority of `tag:` ids, the secret of tokens. */
export interface InstallationRow {
  key: string;
  value: string;
}

export interface Tables {
  views: ViewRow;
  trending_entries: TrendingEntryRow;
  papers: PaperRow;
  appearances: AppearanceRow;
  aliases: AliasRow;
  paper_facts: PaperFactsRow;
  models: ModelRow;
  revisions: RevisionRow;
  former_facts: FormerFactsRow;
  signals: SignalRow;
  listings: ListingRow;
  source_states: SourceStateRow;
  editions: EditionRow;
  picks: PickRow;
  slots: SlotRow;
  suppressions: SuppressionRow;
  deliveries: DeliveryRow;
  attempts: AttemptRow;
  audiences: AudienceRow;
  paces: PaceRow;
  mail_limits: MailLimitRow;
  subscribers: SubscriberRow;
  subscriptions: SubscriptionRow;
  consents: ConsentRow;
  requests: RequestRow;
  notices: NoticeRow;
  request_counts: RequestCountRow;
  idempotency_keys: IdempotencyKeyRow;
  installation: InstallationRow;
  search_papers: SearchPaperRow;
  search_queue: SearchQueueRow;
  search_state: SearchStateRow;
  hub_topics: HubTopicRow;
  hub_subscriptions: HubSubscriptionRow;
  hub_messages: HubMessageRow;
  inbound_messages: InboundMessageRow;
  bounce_events: BounceEventRow;
  hook_nonces: HookNonceRow;
  troubles: TroubleRow;
  alarm_messages: AlarmMessageRow;
}
