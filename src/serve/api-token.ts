import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a value of `Authorization` is the bearer token (RFC 6750 section 2.1); takes as long for any two. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digestOf(token);
  return (authorization) => {
    const [, given = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    return timingSafeEqual(digestOf(given), expected);
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
