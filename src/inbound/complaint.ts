import { field, fieldBlocks, typedAddress } from './fields.ts';
import { headerMap, type MessageParts } from './message-parts.ts';
import type { RecipientReport, ReportKind } from './report.ts';

/** A complaint by RFC 5965, or undefined; older feedback loops without its part write to us with a subject of their own. */
export function complaintOf(
  parts: MessageParts,
  original: string | undefined,
): readonly RecipientReport[] | undefined {
  const type = feedbackTypeOf(parts);
  if (type === undefined) return undefined;
  const [fields] = fieldBlocks(parts.feedbackReport ?? '');
  const named = (fields?.get('original-rcpt-to') ?? []).map(typedAddress).filter((one) => one !== undefined);
  const inOriginal = headerMap((original ?? '').slice(0, 50_000).split(/\n(?![ \t])/));
  const addressee = typedAddress(
    field(inOriginal, 'x-hmxmroriginalrecipient') ??
      field(inOriginal, 'x-original-to') ??
      field(inOriginal, 'to'),
  );
  const kind = complaintKinds[type] ?? 'complaint';
  const diagnostic = `feedback report: ${type}`;
  if (named.length > 0) return named.map((address) => ({ kind, address, diagnostic }));
  return [{ kind, ...(addressee !== undefined && { address: addressee }), diagnostic }];
}

const complaintKinds: Readonly<Record<string, ReportKind>> = {
  'auth-failure': 'notice',
  'not-spam': 'notice',
  'opt-out': 'unsubscribe',
  'opt-out-list': 'unsubscribe',
};

/** `abuse`, `opt-out`, … of a feedback report; undefined for any other mail. */
export function feedbackTypeOf(parts: MessageParts): string | undefined {
  if (parts.feedbackReport !== undefined) {
    const [fields] = fieldBlocks(parts.feedbackReport);
    return (
      (fields &&
        field(fields, 'feedback-type')
          ?.toLowerCase()
          .replace(/[^a-z-]/g, '')
          .slice(0, 40)) ??
      'abuse'
    );
  }
  return /^complaint about message from /i.test(parts.subject) ? 'abuse' : undefined;
}
