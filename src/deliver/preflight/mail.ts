import { isIP } from 'node:net';
import { simpleParser } from 'mailparser';
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { knowsDark, lowContrasts } from './contrast.ts';
import { attribute } from './styles.ts';
import { fault, ok, warning, type CheckFinding } from './finding.ts';

/** Gmail cuts an HTML part off here (in bytes); we want to stay well below. */
const clippedAt = 102_400;
const wantedAtMost = 90_000;

/** What a mail that is ready to go has to be, from its bytes alone. `isSignedByUs` is whether we have to have signed it. */
export async function checkMail(
  raw: Uint8Array,
  { isSignedByUs }: { readonly isSignedByUs: boolean },
): Promise<readonly CheckFinding[]> {
  const mail = await simpleParser(Buffer.from(raw), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });
  const html = typeof mail.html === 'string' ? mail.html : '';
  const text = mail.text ?? '';
  const fields = new Map(
    mail.headerLines.map(({ key, line }) => [
      key,
      line
        .slice(line.indexOf(':') + 1)
        .replace(/\r?\n/g, '')
        .trim(),
    ]),
  );
  const elements = elementsOf(parse(html));
  return [
    sizeOf(html),
    text.trim() === ''
      ? fault('text part', 'a text that can be read by itself', 'none', 'write templates/mail/digest.txt.hbs')
      : ok('text part', 'a text that can be read by itself', `${text.trim().split(/\s+/).length} words`),
    linksOf(elements),
    imagesOf(elements),
    ...contrastsOf(html),
    ...unsubscribing(fields, html, text),
    ...signatureOf(fields, isSignedByUs),
  ];
}

function sizeOf(html: string): CheckFinding {
  const [check, expected] = [
    'size of the HTML',
    `at most ${wantedAtMost} bytes; Gmail cuts off at ${clippedAt}`,
  ];
  const bytes = Buffer.byteLength(html);
  const came = `${bytes} bytes`;
  const advice = 'show fewer papers (picksPerTopic, alsoNew) or make the template smaller';
  if (bytes === 0) return fault(check, expected, 'no HTML part', 'write templates/mail/digest.mjml');
  if (bytes > clippedAt) return fault(check, expected, came, advice);
  return bytes > wantedAtMost ? warning(check, expected, came, advice) : ok(check, expected, came);
}

function linksOf(elements: readonly Tree.Element[]): CheckFinding {
  const [check, expected] = ['links', 'absolute https addresses that readers can reach'];
  const links = elements.flatMap((element) =>
    element.tagName === 'a' ? [attribute(element, 'href') ?? ''] : [],
  );
  const wrong = links.filter((link) => !/^(?:https?:\/\/|mailto:)/i.test(link));
  if (wrong.length > 0) {
    return fault(
      check,
      expected,
      some(wrong),
      'write whole addresses in the template; in a mail there is no page to be relative to',
    );
  }
  const near = links.filter((link) => /^http/i.test(link) && isNearby(link));
  if (near.length > 0)
    return fault(check, expected, some(near), 'set site.url to the address that readers reach');
  const open = links.filter((link) => /^http:/i.test(link));
  if (open.length > 0) {
    return warning(
      check,
      expected,
      some(open),
      'serve the site by https: one-click leaving (RFC 8058) works by https alone',
    );
  }
  return ok(check, expected, `${links.length} links`);
}

function isNearby(link: string): boolean {
  if (!URL.canParse(link)) return true;
  const host = new URL(link).hostname;
  const isPrivate =
    /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\./.test(host) && isIP(host) === 4;
  return isPrivate || host === 'localhost' || host === '[::1]' || /\.(?:invalid|localhost|local)$/.test(host);
}

function imagesOf(elements: readonly Tree.Element[]): CheckFinding {
  const [check, expected] = ['images', 'a text for each (alt), and an https address'];
  const images = elements.filter(({ tagName }) => tagName === 'img');
  const mute = images.filter((image) => attribute(image, 'alt') === undefined);
  if (mute.length > 0) {
    return fault(
      check,
      expected,
      `without alt: ${some(mute.map(sourceOf))}`,
      'add alt; alt="" for one that only decorates',
    );
  }
  const inside = images.map(sourceOf).filter((source) => !/^https:/i.test(source));
  if (inside.length > 0) {
    return warning(check, expected, some(inside), 'many mail programs show images by https alone');
  }
  return ok(check, expected, images.length === 0 ? 'none' : `${images.length} images`);
}

function sourceOf(image: Tree.Element): string {
  return attribute(image, 'src') ?? '';
}

function contrastsOf(html: string): readonly CheckFinding[] {
  return (['light', 'dark'] as const).map((scheme) => {
    const [check, expected] = [
      `contrast in the ${scheme}`,
      '4.5 to 1, and 3 to 1 for large text (WCAG 2.2 AA)',
    ];
    if (scheme === 'dark' && !knowsDark(html)) {
      return warning(check, expected, 'no colours for the dark', 'add @media (prefers-color-scheme: dark)');
    }
    const [worst, ...others] = lowContrasts(html, scheme);
    if (!worst) return ok(check, expected, 'all text has it');
    const { colour, background, ratio, text } = worst;
    const more = others.length === 0 ? '' : `, and ${others.length} more pairs`;
    const came = `${ratio} to 1 for ${colour} on ${background} ("${text}")${more}`;
    return warning(check, expected, came, 'take colours further apart');
  });
}

function unsubscribing(
  fields: ReadonlyMap<string, string>,
  html: string,
  text: string,
): readonly CheckFinding[] {
  const list = fields.get('list-unsubscribe') ?? '';
  const url = /<(https?:[^>]+)>/.exec(list)?.[1];
  const [check, expected] = [
    'leaving by one click',
    'List-Unsubscribe with an https address, and List-Unsubscribe-Post (RFC 8058)',
  ];
  const post = fields.get('list-unsubscribe-post');
  const isWhole = url?.startsWith('https:') === true && post === 'List-Unsubscribe=One-Click';
  const header = isWhole
    ? ok(check, expected, 'both')
    : fault(
        check,
        expected,
        url === undefined
          ? 'no address'
          : `${url.slice(0, 60)}${post === undefined ? ', no List-Unsubscribe-Post' : ''}`,
        'serve the site by https and say so in site.url; Gmail and Yahoo ask for it',
      );
  const isSeen = url !== undefined && decoded(html).includes(url) && text.includes(url);
  const wanted = 'the same address as a link in the HTML and in the text';
  return [
    header,
    isSeen
      ? ok('link to leave', wanted, 'both')
      : fault('link to leave', wanted, 'not in both', 'use {{slots.unsubscribeUrl}} in both templates'),
  ];
}

function signatureOf(fields: ReadonlyMap<string, string>, isSignedByUs: boolean): readonly CheckFinding[] {
  const [check, expected] = [
    'DKIM signature',
    'one that covers From, List-Unsubscribe and List-Unsubscribe-Post (RFC 8058 section 4)',
  ];
  const signature = fields.get('dkim-signature');
  if (signature === undefined) {
    return isSignedByUs
      ? [fault(check, expected, 'none', 'this is a fault of Broadsheet: report it')]
      : [
          warning(
            check,
            expected,
            'none of ours',
            'let your mail server or provider sign, for the domain of the sender, and see that it covers these fields; or give mail.dkim a key',
          ),
        ];
  }
  const signed = (/\bh=([^;]*)/.exec(signature)?.[1] ?? '')
    .toLowerCase()
    .split(':')
    .map((name) => name.trim());
  const missing = ['from', 'list-unsubscribe', 'list-unsubscribe-post'].filter(
    (name) => !signed.includes(name),
  );
  return missing.length === 0
    ? [ok(check, expected, `${signed.length} names in h=`)]
    : [
        fault(
          check,
          expected,
          `not covered: ${missing.join(', ')}`,
          'this is a fault of Broadsheet: report it',
        ),
      ];
}

function elementsOf(node: Tree.Node): readonly Tree.Element[] {
  const below = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : [];
  return 'tagName' in node ? [node, ...below] : below;
}

function decoded(html: string): string {
  return html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&#61;', '=');
}

function some(words: readonly string[]): string {
  const shown = words.slice(0, 3).map((word) => (word === '' ? 'an empty one' : word.slice(0, 80)));
  return `${shown.join(', ')}${words.length > 3 ? ` and ${words.length - 3} more` : ''}`;
}
