import { readAudience } from '../subscribers/audience.ts';
import { readConfig, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import { faultLine } from './summary.ts';

/** The readers as the files name them, and every row that could not be used. */
export async function listSubscribers(context: Context): Promise<ExitCode> {
  const config = readConfig(context);
  const { subscribers, faults } = await readAudience(config.subscribersDir, config.digests, config.topics);
  if (context.options.json) {
    context.print(JSON.stringify({ subscribers, faults }, undefined, 2));
  } else {
    for (const { address, name, subscriptions } of subscribers) {
      const choices = subscriptions.map(
        ({ digest, topics, state }) => `${digest} (${topics ? topics.join(', ') : 'all topics'}; ${state})`,
      );
      context.print(
        `${name === undefined ? address : `${name} <${address}>`}: ${choices.join('; ') || 'nothing'}`,
      );
    }
    for (const fault of faults) context.print(faultLine(fault));
    context.print(`${subscribers.length} readers, ${faults.length} faults`);
  }
  return faults.length === 0 ? 0 : 3;
}
