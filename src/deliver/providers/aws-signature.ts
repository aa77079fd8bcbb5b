import { createHmac, hash } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly region: string;
  readonly service: string;
}

/**
 * The header fields that sign a request to AWS: `host`, `x-amz-date` and `authorization` beside those that were given, by
 * Signature Version 4 (AWS, "Create a signed AWS API request"). The path has to be one that needs no escaping.
 */
export function signedByAws(
  {
    method,
    url,
    headers,
    body,
  }: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array | string;
  },
  { accessKeyId, secretKey, region, service }: AwsKey,
  now: Instant,
): Readonly<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const fields = Object.entries({ ...headers, host, 'x-amz-date': time })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .toSorted(byName);
  const names = fields.map(([name]) => name).join(';');
  const request = [
    method,
    pathname,
    [...searchParams]
      .map(([name, value]) => [escaped(name), escaped(value)] as const)
      .toSorted(byName)
      .map((pair) => pair.join('='))
      .join('&'),
    ...fields.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    hash('sha256', body, 'hex'),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', request, 'hex')].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Uint8Array>(
    (from, part) => hmac(from, part),
    Buffer.from(`AWS4${secretKey}`),
  );
  const signature = Buffer.from(hmac(key, toSign)).toString('hex');
  return {
    ...Object.fromEntries(fields),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function hmac(key: Uint8Array, data: string): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}

/** RFC 3986 section 2.3: all but the unreserved characters. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
