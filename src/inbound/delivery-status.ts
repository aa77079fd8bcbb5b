import { field, fieldBlocks, typedAddress, type Fields } from './fields.ts';
import type { DsnAction } from './report.ts';

/** What a delivery-status part says of one recipient, before anybody judges it. */
export interface StatusOfRecipient {
  readonly address?: string;
  readonly action?: DsnAction;
  /** RFC 3463. */
  readonly status?: string;
  /** Without its type. */
  readonly diagnostic: string;
}

const actions: readonly DsnAction[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];

/**
 * The recipients of a `message/delivery-status` part (RFC 3464 section 2.3): the groups with a recipient, an
 * action or a status. The address is the one we wrote to where the server names it, else the final one.
 */
export function statusOfRecipients(part: string): readonly StatusOfRecipient[] {
  return fieldBlocks(part)
    .filter(
      (fields) => fields.has('final-recipient') || fields.has('original-recipient') || fields.has('action'),
    )
    .map(recipientOf);
}

function recipientOf(fields: Fields): StatusOfRecipient {
  const address =
    typedAddress(field(fields, 'original-recipient')) ??
    typedAddress(field(fields, 'final-recipient')) ??
    typedAddress(field(fields, 'x-actual-recipient'));
  const word = field(fields, 'action')?.toLowerCase() ?? '';
  const action = actions.find((known) => word.startsWith(known));
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(field(fields, 'status') ?? '')?.[0];
  const diagnostic = (fields.get('diagnostic-code') ?? [])
    .join(' ')
    .replace(/^[\w.-]{1,40}[ \t]*;[ \t]*/, '');
  return {
    ...(address !== undefined && { address }),
    ...(action !== undefined && { action }),
    ...(status !== undefined && { status }),
    diagnostic,
  };
}

/** A delivery-status that stands in the text, as some gateways write it; undefined when there is none. */
export function statusInText(text: string): string | undefined {
  const plain = text.replace(/^(?:>[ \t]?)+/gm, '');
  if (!/^final-recipient[ \t]*:/im.test(plain)) return undefined;
  return plain.slice(
    plain.search(/^(?:reporting-mta|action|final-recipient|original-recipient|arrival-date)[ \t]*:/im),
  );
}
