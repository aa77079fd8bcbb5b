import { z } from 'zod';
import { show, valueAt, type Finding } from './faults.ts';
import { block, documentUrl, host, list, text } from './values.ts';

/** The words for our own hub, where an address would name another's. */
export const ownHub = 'own';

/** As it stands in documents and headers: only what a URI may hold (RFC 3986), so that all write it alike. */
const isHubAddress = (value: string): boolean =>
  documentUrl.safeParse(value).success &&
  /^[\w\-.~:/?@!$&'()*+,;=%]+$/.test(new URL(value).href.replace(/\[[\da-f:.]+\]/, ''));

const hub = text(
  'own, or the address of a hub such as https://hub.example.org/',
  (value) => value === ownHub || isHubAddress(value),
).transform((value) => (value === ownHub ? value : new URL(value).href));

/** What can stand under `websub`. */
export const websub = block({
  hub,
  publish: z.boolean({ error: 'true or false' }).default(true),
  allowHosts: list(host, 'a list of host names such as [reader.example.org]').default([]),
});

/** Keys of `websub` that mean nothing beside the hub that was chosen. */
export function websubFindings(value: unknown): readonly Finding[] {
  const at = (key: string): unknown => valueAt(value, ['websub', key]);
  if (at('hub') === ownHub && at('publish') === false) {
    const message = 'expected true beside the own hub, which would never tell anybody; remove it';
    return [{ path: ['websub', 'publish'], part: 'value', message }];
  }
  const allowed = at('allowHosts');
  if (typeof at('hub') === 'string' && at('hub') !== ownHub && Array.isArray(allowed) && allowed.length > 0) {
    const message = `expected it beside "hub: own" only, whose callbacks it is about, got ${show(at('hub'))} as the hub; remove it`;
    return [{ path: ['websub', 'allowHosts'], part: 'key', message }];
  }
  return [];
}
