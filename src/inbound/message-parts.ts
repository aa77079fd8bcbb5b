import type { AttachmentStream, HeaderLines } from 'mailparser';
import { asError } from '../errors.ts';

/** What of an incoming mail a report can be read from. All text has `\n` line ends. */
export interface MessageParts {
  /** By name in lower case; values unfolded, encoded words as they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Decoded; empty where there is none. */
  readonly subject: string;
  /** What a person would read: the plain text, and where there is none the HTML as text. */
  readonly text: string;
  /** Each `message/delivery-status` part (RFC 3464), also its form for UTF-8 addresses (RFC 6533). */
  readonly deliveryStatus: readonly string[];
  /** `message/feedback-report` (RFC 5965). */
  readonly feedbackReport?: string;
  /** `message/disposition-notification` (RFC 8098). */
  readonly disposition?: string;
  /** The mail that came back, or only its headers. */
  readonly original?: string;
}

/** A report is short; the mail that came back behind it is not needed whole. */
export const maxMessageBytes = 1_000_000;
const maxPartChars = 200_000;
const maxParts = 60;
const maxHtmlChars = 200_000;
const maxSubjectChars = 500;
const maxFieldChars = 4_000;
const maxFields = 500;

/**
 * Takes a message apart with all its MIME parts. Reads the first `maxMessageBytes`; line ends may be LF, CRLF
 * or a bare CR. Never rejects: what is no MIME message is text.
 */
export async function messageParts(raw: Uint8Array): Promise<MessageParts> {
  const bytes = withLineFeeds(raw.subarray(0, maxMessageBytes));
  try {
    const found = await parse(bytes);
    return found.text.trim() === '' && found.deliveryStatus.length === 0 && found.feedbackReport === undefined
      ? { ...found, text: plainParts(bytes).text }
      : found;
  } catch {
    return plainParts(bytes);
  }
}

/** LF line ends: mail from old Macs and broken gateways has bare CRs, and a splitter sees one long line. */
function withLineFeeds(raw: Uint8Array): Buffer {
  const text = Buffer.from(raw).toString('latin1');
  const start = text.startsWith('From ') ? text.slice(text.search(/[\r\n]/) + 1) : text;
  return Buffer.from(start.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replace(/^\n+/, ''), 'latin1');
}

/** Header and body by the first empty line, for what the MIME parser refuses. */
function plainParts(bytes: Buffer): MessageParts {
  const [head = '', ...body] = bytes.toString('utf8').split('\n\n');
  const headers = headerMap(head.split(/\n(?![ \t])/));
  return {
    headers,
    subject: (headers.get('subject')?.[0] ?? '').slice(0, maxSubjectChars),
    text: body.join('\n\n').slice(0, maxPartChars),
    deliveryStatus: [],
  };
}

async function parse(bytes: Buffer): Promise<MessageParts> {
  const { MailParser } = await import('mailparser');
  return new Promise((resolve, reject) => {
    const parser = new MailParser({
      keepDeliveryStatus: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
      ignoreEmbedded: true,
      checksumAlgo: false,
      maxHtmlLengthToParse: maxHtmlChars,
      maxChildNodes: maxParts,
    });
    const parts: AttachedPart[] = [];
    let lines: HeaderLines = [];
    let text = '';
    parser.on('headerLines', (found: HeaderLines) => {
      if (lines.length === 0) lines = found;
    });
    parser.on('data', (data) => {
      if (data.type === 'text') {
        text = (data.text ?? '').slice(0, maxPartChars);
      } else {
        readPart(data)
          .then((part) => parts.push(part))
          .then(() => data.release?.(), reject);
      }
    });
    parser.once('error', (error: unknown) => reject(asError(error)));
    parser.once('end', () => {
      resolve({
        ...sorted(parts),
        headers: headerMap(lines.map(({ line }) => line)),
        subject: (parser.subject ?? '').slice(0, maxSubjectChars),
        text: unixLines(text),
      });
    });
    parser.end(bytes);
  });
}

interface AttachedPart {
  readonly contentType: string;
  readonly text: string;
}

async function readPart({ contentType, content }: AttachmentStream): Promise<AttachedPart> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    if (size < maxPartChars) chunks.push(bytes);
    size += bytes.byteLength;
  }
  const text = Buffer.concat(chunks).toString('utf8').slice(0, maxPartChars);
  return { contentType: contentType.toLowerCase(), text: unixLines(text) };
}

function sorted(parts: readonly AttachedPart[]): Omit<MessageParts, 'headers' | 'subject' | 'text'> {
  const of = (type: RegExp) => parts.filter(({ contentType }) => type.test(contentType));
  const feedback = of(/^message\/feedback-report$/).at(0)?.text;
  const disposition = of(/^message\/(?:global-)?disposition-notification$/).at(0)?.text;
  const original = of(
    /^(?:message\/(?:rfc822|global|partial)|(?:text|message)\/rfc822-headers|message\/global-headers)$/,
  ).at(0)?.text;
  return {
    deliveryStatus: of(/^message\/(?:global-)?delivery-status$/).map(({ text }) => text),
    ...(feedback !== undefined && { feedbackReport: feedback }),
    ...(disposition !== undefined && { disposition }),
    ...(original !== undefined && { original }),
  };
}

/** The header fields of lines that may be folded, up to 500 of 4,000 characters; a line without a colon is none. */
export function headerMap(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const line of lines.slice(0, maxFields)) {
    const [, name, value] = /^([\x21-\x39\x3b-\x7e]{1,100})[ \t]*:([^]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const values = map.get(name.toLowerCase()) ?? [];
    map.set(name.toLowerCase(), [...values, value.slice(0, maxFieldChars).replace(/\s+/g, ' ').trim()]);
  }
  return map;
}

function unixLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}
