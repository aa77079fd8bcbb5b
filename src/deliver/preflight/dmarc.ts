import { tagsOf, type Lookup } from './lookup.ts';
import { alignment, fault, ok, unanswered, warning, type CheckFinding } from './finding.ts';

export interface DmarcParts {
  readonly from: string;
  readonly envelope: string;
  /** Domains that sign. */
  readonly signers: readonly string[];
}

/** Whether the sender's domain has a DMARC policy, and whether mail of ours would pass it (RFC 7489 sections 3.1 and 6). */
export async function checkDmarc(
  { from, envelope, signers }: DmarcParts,
  lookup: Lookup,
): Promise<readonly CheckFinding[]> {
  const check = `DMARC of ${from}`;
  const expected = 'one record v=DMARC1 with a policy, of the domain or one above it';
  const advice = `publish at _dmarc.${from}, type TXT: "v=DMARC1; p=none; rua=mailto:dmarc@${from}", and tighten it later`;
  const policy = await policyOf(from, lookup);
  if ('unanswered' in policy) {
    return [unanswered(check, expected, policy.unanswered)];
  }
  const [record, ...others] = policy.records;
  if (record === undefined) {
    return [fault(check, expected, 'none', `${advice}: Gmail, Yahoo and Outlook refuse much mail without`)];
  }
  if (others.length > 0) {
    return [
      fault(
        check,
        expected,
        `${others.length + 1} records at ${policy.at}`,
        'leave one: several count as none',
      ),
    ];
  }
  const tags = tagsOf(record.toLowerCase());
  const p = tags.get('p') ?? '';
  if (!['none', 'quarantine', 'reject'].includes(p)) {
    return [fault(check, expected, `${record} at ${policy.at}`, 'write p=none, p=quarantine or p=reject')];
  }
  const came = `p=${p} at ${policy.at}`;
  return [
    ok(check, expected, came),
    aligned(
      { from, envelope, signers },
      { dkim: tags.get('adkim') === 's', spf: tags.get('aspf') === 's' },
      p,
    ),
  ];
}

function aligned(
  { from, envelope, signers }: DmarcParts,
  strict: { readonly dkim: boolean; readonly spf: boolean },
  policy: string,
): CheckFinding {
  const check = `alignment of ${from}`;
  const expected = 'a signature (d=) or an envelope sender of the same domain, by what DMARC asks for';
  const byKey = signers.map((domain) => alignment(domain, from, strict.dkim));
  const byEnvelope = alignment(envelope, from, strict.spf);
  if (byKey.includes('aligned')) {
    return ok(check, expected, byEnvelope === 'aligned' ? 'both' : 'the signature');
  }
  if (byEnvelope === 'aligned') {
    return warning(
      check,
      expected,
      'the envelope sender only',
      'sign with a key of the domain too: mail that is passed on keeps its signature alone',
    );
  }
  const came = [...signers.map((domain) => `d=${domain}`), `envelope ${envelope}`].join(', ');
  const advice = 'give mail.dkim a key of the domain of mail.from, or take mail.bounces from that domain';
  if (byEnvelope === 'unsure' || byKey.includes('unsure')) {
    return warning(check, expected, `${came}: good if one organisation has both`, advice);
  }
  return policy === 'none' ? warning(check, expected, came, advice) : fault(check, expected, came, advice);
}

/** The record of the domain, else of the nearest one above it that has one, as receivers look for it. */
async function policyOf(
  domain: string,
  lookup: Lookup,
): Promise<{ readonly at: string; readonly records: readonly string[] } | { readonly unanswered: string }> {
  const labels = domain.split('.');
  for (let from = 0; from < labels.length - 1; from += 1) {
    const at = `_dmarc.${labels.slice(from).join('.')}`;
    const answer = await lookup.txt(at);
    if ('unanswered' in answer) return answer;
    const records = answer.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/i.test(text));
    if (records.length > 0) return { at, records };
  }
  return { at: '', records: [] };
}
