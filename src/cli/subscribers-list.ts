import type { Subscription } from '../domain/subscriber.ts';
import { filteredSubscribers, isMeantSubscription, listedState } from '../store/subscriber-filter.ts';
import { allDigests, suppressionsOf } from '../store/suppressions.ts';
import { readAudience } from '../subscribers/audience.ts';
import { draftSync } from '../subscribers/sync.ts';
import type { App } from '../app.ts';
import { withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { filterOf } from './subscribers-choice.ts';
import { changesOf, planLines } from './subscribers-sync.ts';
import type { FilterOptions } from './subscribers-options.ts';
import { faultLine } from './summary.ts';

interface ListedReader {
  readonly address: string;
  readonly name?: string;
  readonly origin: string;
  readonly subscriptions: readonly {
    readonly digest: string;
    readonly topics?: readonly string[];
    /** Whether mail of it goes to them. */
    readonly gets: boolean;
    /** `confirmed`, `pending`, `unsubscribed`, or `left` where the list of suppressions has it. */
    readonly state: string;
    /** The reason in the list of suppressions. */
    readonly why?: string;
  }[];
}

/**
 * The readers that a filter means, one line each as they are read; without a filter also those of the files as they
 * stand now, and what is wrong in them.
 */
export async function listSubscribers(context: Context, options: FilterOptions): Promise<ExitCode> {
  return withApp(context, async (app) => {
    const print = context.options.json ? jsonPrinter(context) : textPrinter(context);
    const filter = filterOf(options, app.config);
    let subscribed = 0;
    for await (const { subscriber, noMail } of filteredSubscribers(app.db, filter)) {
      context.signal.throwIfAborted();
      const meant = subscriber.subscriptions.filter((one) => isMeantSubscription(one, noMail, filter));
      const reader = listed({ ...subscriber, subscriptions: meant }, noMail);
      if (reader.subscriptions.some(({ gets }) => gets)) subscribed += 1;
      print.reader(reader);
    }
    if (Object.keys(filter).length > 0) {
      print.end(subscribed);
      return 0;
    }
    const { plan, faults, readers } = await readersOfFiles(app);
    for (const reader of readers) {
      if (reader.subscriptions.some(({ gets }) => gets)) subscribed += 1;
      print.reader(reader);
    }
    print.files({ plan, faults });
    print.end(subscribed, faults.length);
    return faults.length === 0 ? 0 : 3;
  });
}

type FilesSay = Pick<Awaited<ReturnType<typeof readersOfFiles>>, 'plan' | 'faults'>;

interface Printer {
  reader(reader: ListedReader): void;
  files(said: FilesSay): void;
  end(subscribed: number, faults?: number): void;
}

function textPrinter(context: Context): Printer {
  return {
    reader: (reader) => context.print(readerLine(reader)),
    files: ({ plan, faults }) => {
      for (const line of planLines({ ...plan, add: [] }))
        context.print(`in the files, not yet taken in: ${line}`);
      for (const fault of faults) context.print(faultLine(fault));
    },
    end: (subscribed, faults) =>
      context.print(`${subscribed} readers${faults === undefined ? '' : `, ${faults} faults`}`),
  };
}

/** One document, written as the readers come. */
function jsonPrinter(context: Context): Printer {
  let separator = '{"subscribers": [\n';
  let rest = '';
  return {
    reader: (reader) => {
      context.print(`${separator}${JSON.stringify(reader)}`);
      separator = ',';
    },
    files: ({ plan, faults }) => {
      rest = `,\n"pending": ${JSON.stringify(changesOf(plan))},\n"faults": ${JSON.stringify(faults)}`;
    },
    end: () => context.print(`${separator === ',' ? '' : separator}]${rest}}`),
  };
}

async function readersOfFiles({ db, tokens, config }: App) {
  const files = await readAudience(config.subscribersDir, config.digests, config.topics);
  const plan = await draftSync(db, tokens, files);
  const origin = 'file, taken in with the next sending or "subscribers sync"';
  const readers: ListedReader[] = [];
  for (const reader of plan.add) {
    const kept = await suppressionsOf(db, reader.addressHash);
    readers.push(listed({ ...reader, origin }, new Map(kept.map(({ digest, reason }) => [digest, reason]))));
  }
  return { faults: files.faults, plan, readers };
}

function listed(
  {
    address,
    name,
    origin,
    subscriptions,
  }: {
    readonly address: string;
    readonly name?: string;
    readonly origin: string;
    readonly subscriptions: readonly Subscription[];
  },
  noMail: ReadonlyMap<string, string>,
): ListedReader {
  return {
    address,
    ...(name !== undefined && { name }),
    origin,
    subscriptions: subscriptions.map((one) => {
      const state = listedState(one, noMail);
      const why = noMail.get(allDigests) ?? noMail.get(one.digest);
      const { digest, topics } = one;
      const gets = state === 'confirmed';
      return { digest, ...(topics && { topics }), gets, state, ...(why !== undefined && { why }) };
    }),
  };
}

function readerLine({ address, name, origin, subscriptions }: ListedReader): string {
  const choices = subscriptions.map(
    ({ digest, topics, state }) => `${digest} (${topics ? topics.join(', ') : 'all topics'}; ${state})`,
  );
  const who = name === undefined ? address : `${name} <${address}>`;
  return `${who}: ${choices.join('; ') || 'nothing'}; by ${origin}`;
}
