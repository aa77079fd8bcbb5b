/** What a row says of a subscription. A `bar` keeps all mail from the address, whatever its owner says. */
export interface Said {
  readonly says: 'yes' | 'left' | 'pending' | 'nothing';
  readonly bar?: string;
  /** When, in words of the file. */
  readonly statedAt?: string;
}

/** The file that a row stands in. */
export interface ExportFile {
  /** Without its folder. */
  readonly name: string;
  readonly has: (column: string) => boolean;
}

/** The cell of a column, by its name in lower case; `''` where there is none. */
export type CellOf = (column: string) => string;

/** A file that another program wrote, known by its header. */
export interface ForeignExport {
  readonly program: string;
  /** What it means for the columns that are ours, by their names in lower case. */
  readonly columns: Readonly<Record<string, string>>;
  /** What a row says; undefined for a word that is not known. */
  readonly says: (cell: CellOf, file: ExportFile) => Said | undefined;
  /** What the operator should know of it. */
  readonly note?: string;
}

interface KnownExport extends ForeignExport {
  /** One of each must stand in the header. */
  readonly needs: readonly (readonly string[])[];
}

/** Which program wrote a file with these columns (in lower case), if it is one we know. */
export function recogniseExport(columns: readonly string[]): ForeignExport | undefined {
  return knownExports.find(({ needs }) => needs.every((any) => any.some((one) => columns.includes(one))));
}

const names = { 'first name': 'first', 'last name': 'last' };

/** Subscribers of https://listmonk.app: `ExportSubscribers` in cmd/subscribers.go; the states in its models/models.go. */
const listmonk: KnownExport = {
  program: 'listmonk',
  needs: [['uuid'], ['email'], ['attributes'], ['status']],
  columns: { email: 'address', name: 'name' },
  says: (cell) => {
    switch (cell('status').toLowerCase()) {
      case 'enabled':
        return { says: 'yes', statedAt: cell('created_at') };
      case 'disabled':
        return { says: 'left', statedAt: cell('updated_at') };
      case 'blocklisted':
        return { says: 'nothing', bar: 'blocklisted in listmonk' };
      default:
        return undefined;
    }
  },
  note: 'a listmonk export does not name lists: whoever left or never confirmed a list is in it all the same. Export one list, with the subscription status "confirmed", and import those who left as a file of their own.',
};

/**
 * The three files of an audience: https://mailchimp.com/help/view-export-contacts/. `UNSUB_*` stands in the file of those
 * who left alone, `CLEAN_*` in that of the bounced; a fourth, of contacts who never subscribed, differs by its name.
 */
const mailchimp: KnownExport = {
  program: 'Mailchimp',
  needs: [['email address'], ['member_rating', 'leid', 'euid', 'optin_time']],
  columns: { 'email address': 'address', ...names },
  says: (cell, { name, has }) => {
    if (/^non-?subscribed/i.test(name)) return { says: 'pending' };
    if (has('clean_time') || /^cleaned/i.test(name))
      return { says: 'nothing', bar: 'hard bounce at Mailchimp' };
    if (has('unsub_time') || has('unsub_reason') || /^unsubscribed/i.test(name)) {
      const isComplaint = /abuse|spam/i.test(cell('unsub_reason'));
      return {
        says: 'left',
        statedAt: cell('unsub_time'),
        ...(isComplaint && { bar: 'complaint at Mailchimp' }),
      };
    }
    return { says: 'yes', statedAt: cell('confirm_time') || cell('optin_time') };
  },
};

/** https://docs.buttondown.com/api-subscribers-type; `subscriber_type` and `email` in files from before 2024. */
const buttondown: KnownExport = {
  program: 'Buttondown',
  needs: [['email_address', 'email'], ['type', 'subscriber_type'], ['creation_date']],
  columns: { email_address: 'address', email: 'address' },
  says: (cell) => {
    const type = (cell('type') || cell('subscriber_type')).toLowerCase();
    switch (type) {
      case 'regular':
      case 'premium':
      case 'gifted':
      case 'trialed':
      case 'unpaid':
      case 'churning':
      case 'churned':
      case 'past_due':
      case 'paused':
        return { says: 'yes', statedAt: cell('creation_date') };
      case 'unactivated':
        return { says: 'pending' };
      case 'unsubscribed':
      case 'removed':
        return { says: 'left', statedAt: cell('unsubscription_date') };
      case 'complained':
        return { says: 'left', bar: 'complaint at Buttondown' };
      case 'undeliverable':
      case 'malformed':
      case 'spammy':
      case 'blocked':
      case 'disposable':
      case 'disabled':
        return { says: 'nothing', bar: `${type} at Buttondown` };
      default:
        return undefined;
    }
  },
};

/** The `email_list.*.csv` of an export, as Ghost's importer reads it: https://github.com/TryGhost/migrate, mg-substack. */
const substack: KnownExport = {
  program: 'Substack',
  needs: [['email'], ['active_subscription'], ['email_disabled']],
  columns: { email: 'address', name: 'name' },
  says: (cell) => {
    switch (cell('email_disabled').toLowerCase()) {
      case 'true':
        return { says: 'left' };
      case 'false':
        return { says: 'yes', statedAt: cell('created_at') };
      default:
        return undefined;
    }
  },
};

const knownExports: readonly KnownExport[] = [listmonk, mailchimp, buttondown, substack];
