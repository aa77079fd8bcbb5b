import { eraseAddress } from '../store/erasure.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { leave, type Leaving } from '../subscribers/leave.ts';
import { addByOperator } from '../subscribers/operator-word.ts';
import { refuseDryRun, withApp, type Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { checkAddress, checkDigests, digestsOf } from './subscribers-choice.ts';

/** Subscribes an address by the operator's word; 1 when a digest was refused. */
export async function addSubscriber(
  context: Context,
  given: string,
  named: readonly string[] | undefined,
): Promise<ExitCode> {
  const address = checkAddress(given);
  const results = await withAppOrCopy(context, async ({ db, tokens, config }) => {
    const addressHash = tokens.addressHash(address);
    return addByOperator(db, { address, addressHash }, digestsOf(named, config), context.now());
  });
  if (context.options.json) context.print(JSON.stringify(results, undefined, 2));
  else {
    for (const { digest, result, why } of results) {
      context.print(`${address}: ${digest}: ${result}${why === undefined ? '' : ` (${why})`}`);
    }
  }
  return results.some(({ result }) => result === 'refused') ? 1 : 0;
}

/** Ends a digest, or all mail, as the reader's own link does. */
export async function removeSubscriber(
  context: Context,
  given: string,
  named: readonly string[] | undefined,
): Promise<ExitCode> {
  const address = checkAddress(given);
  await withAppOrCopy(context, async ({ db, tokens, config }) => {
    const addressHash = tokens.addressHash(address);
    const isKnown = (await findSubscriber(db, addressHash)) !== undefined;
    const ends: readonly Leaving[] = named
      ? checkDigests(named, config).map((digest) => ({ what: 'digest', digest }))
      : [{ what: 'everything' }];
    for (const end of ends) {
      await leave(db, { addressHash, way: 'operator' }, end, config.digests, context.now());
    }
    const what = `unsubscribed from ${named?.join(', ') ?? 'everything'}`;
    const who = isKnown ? '' : '; was no subscriber';
    context.print(context.options.json ? JSON.stringify({ isKnown }) : `${address}: ${what}${who}`);
  });
  return 0;
}

/** Forgets a reader; only a keyed hash stays, so that no file and no import brings them back. */
export async function eraseSubscriber(context: Context, given: string): Promise<ExitCode> {
  refuseDryRun(context);
  const address = checkAddress(given);
  await withApp(context, async ({ db, tokens }) => {
    const addressHash = tokens.addressHash(address);
    const isKnown = (await findSubscriber(db, addressHash)) !== undefined;
    await eraseAddress(db, addressHash, context.now());
    const what = isKnown ? 'erased' : 'was no subscriber; it gets no mail from now on';
    context.print(context.options.json ? JSON.stringify({ isKnown }) : `${address}: ${what}`);
  });
  return 0;
}
