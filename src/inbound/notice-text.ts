/*
 * Reports without a delivery-status part: a text for people, from qmail, Exim, old sendmail, and many others.
 * They have this in common: an address at the start of a line, and what the server said about it on that line and
 * those below; then, behind a line that says so, the mail that came back.
 */

/** What a text says of one address. */
export interface NoticeSection {
  readonly address: string;
  readonly text: string;
}

const maxLines = 2_000;
const maxLineChars = 2_000;
const maxSections = 200;

/** Lines behind which the mail that came back begins. */
const originalMarks: readonly RegExp[] = [
  /^[\s>*=_-]*(?:this is |below is |here is |below this line is )?a? ?copy of (?:the|your) (?:\w+ )?(?:message|mail|headers)/i,
  /^[\s>*=_-]*(?:the )?(?:original|returned|undelivered|unsent|bounced|rejected) (?:message|mail|e-?mail|text)(?: is| are)?(?: (?:headers?|text|follows?|begins?|attached))*[\s:.*=_-]*$/i,
  /^[\s>*=_-]{3,}.{0,20}\b(?:original|returned|unsent|undelivered) (?:message|mail)/i,
  /^[\s>*=_-]*(?:the )?headers? of the (?:original|returned) (?:message|mail)/i,
  /^[\s>*=_-]*(?:message|mail) (?:headers?|text|contents?) (?:follows?|below)/i,
  /^(?:received|return-path|dkim-signature|x-received|x-sender|message-id|mime-version)[ \t]*:[ \t]*\S/i,
];

/** The report without the mail that came back behind it. */
export function withoutOriginal(text: string): string {
  const lines = text.split('\n', maxLines).map((line) => line.slice(0, maxLineChars));
  const end = lines.findIndex((line) => originalMarks.some((mark) => mark.test(line)));
  return (end === -1 ? lines : lines.slice(0, end)).join('\n');
}

/** The mail that came back behind the report, or its headers; undefined when there is none. */
export function originalInText(text: string): string | undefined {
  const head = withoutOriginal(text);
  return head.length + 1 < text.length ? text.slice(head.length + 1) : undefined;
}

const labels =
  'recipients?|recipient address|failed (?:recipients?|address)|address|user|for user|e-?mail|original recipient';
const atStart = new RegExp(
  String.raw`^\s*(?:[*>•-]+\s*)?(?:(?:${labels})\s*:?\s+)?["'<([]{0,3}([^\s<>"'(),:;[\]]{1,64}@[^\s<>"'(),:;[\]]{1,255})["'>)\]]{0,3}(?=\s*(?:$|[:;,.(\[-])|\s(?:was|is|has|on|invalid|error)\b|\s{2})`,
  'i',
);
/** A reply in a transcript, below the session that led to it: `554 <reader@example.net>... User unknown`. */
const inTranscript = /^\s*[45]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3} )?<([^\s<>]{1,64}@[^\s<>]{1,255})>\.\.\./;

/** A section for each address that starts a line, in their order; two about one address are one. */
export function noticeSections(report: string): readonly NoticeSection[] {
  const found = new Map<string, { address: string; lines: string[] }>();
  let current: { address: string; lines: string[] } | undefined;
  let before: string[] = [];
  const sectionOf = (address: string) => {
    const key = address.toLowerCase();
    const section = found.get(key) ?? { address, lines: [] };
    if (found.size < maxSections) found.set(key, section);
    return section;
  };
  for (const line of report.split('\n')) {
    const inSession = inTranscript.exec(line)?.[1];
    const address = addressAt(line);
    if (inSession !== undefined) {
      sectionOf(inSession).lines.push(...before, line);
      before = [];
      current = undefined;
    } else if (address !== undefined) {
      current = sectionOf(address);
    }
    if (inSession === undefined) (current?.lines ?? before).push(line);
    if (/^[\s>-]*transcript of (?:the )?session/i.test(line)) current = undefined;
  }
  return [...found.values()].map(({ address, lines }) => ({ address, text: lines.join('\n').trim() }));
}

function addressAt(line: string): string | undefined {
  const found = atStart.exec(line)?.[1];
  return found === undefined || /^(?:postmaster|mailer-daemon)@/i.test(found)
    ? undefined
    : found.replace(/\.+$/, '');
}

/** The first address anywhere in the text that is none of `own`. */
export function anyAddress(report: string, own: readonly string[]): string | undefined {
  const mine = new Set(own.map((address) => address.toLowerCase()));
  for (const [found] of report.matchAll(
    /[^\s<>"'(),:;[\]]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi,
  )) {
    if (!mine.has(found.toLowerCase()) && !/^(?:postmaster|mailer-daemon)@/i.test(found)) return found;
  }
  return undefined;
}
