import { databasePath } from '../app.ts';
import type { Config } from '../config/config.ts';
import { databaseExists } from '../store/database.ts';
import { suppressedHashes } from '../store/suppressions.ts';
import { readAudience } from '../subscribers/audience.ts';
import { readConfig, withApp, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { faultLine } from './summary.ts';

/** The readers as the files name them, who of them left by the link in a mail, and every row that could not be used. */
export async function listSubscribers(context: Context): Promise<ExitCode> {
  const config = readConfig(context);
  const { subscribers, faults } = await readAudience(config.subscribersDir, config.digests, config.topics);
  const hasLeft = await leavers(context, config);
  if (context.options.json) {
    const readers = subscribers.map((reader) => ({
      ...reader,
      subscriptions: reader.subscriptions.map((one) => ({
        ...one,
        hasLeft: hasLeft(reader.address, one.digest),
      })),
    }));
    context.print(JSON.stringify({ subscribers: readers, faults }, undefined, 2));
  } else {
    for (const { address, name, subscriptions } of subscribers) {
      const choices = subscriptions.map(
        ({ digest, topics, state }) =>
          `${digest} (${topics ? topics.join(', ') : 'all topics'}; ` +
          `${hasLeft(address, digest) ? 'left by the link in a mail' : state})`,
      );
      context.print(
        `${name === undefined ? address : `${name} <${address}>`}: ${choices.join('; ') || 'nothing'}`,
      );
    }
    for (const fault of faults) context.print(faultLine(fault));
    const subscribed = subscribers.filter((reader) => reader.subscriptions.length > 0);
    context.print(`${subscribed.length} readers, ${faults.length} faults`);
  }
  return faults.length === 0 ? 0 : 3;
}

/** Whether an address is on the suppression list for a digest; nobody is before there is a database. */
async function leavers(
  context: Context,
  config: Config,
): Promise<(address: string, digest: string) => boolean> {
  if (!databaseExists(databasePath(config.dataDir))) return () => false;
  return withApp(context, async ({ db, digests, tokens }) => {
    const hashes = new Map<string, ReadonlySet<string>>();
    for (const { key } of digests) hashes.set(key, await suppressedHashes(db, key));
    return (address: string, digest: string) => hashes.get(digest)?.has(tokens.addressHash(address)) ?? false;
  });
}
