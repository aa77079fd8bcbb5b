import { mailDomainKey } from '../domain/mail-domain.ts';
import { valueAt, type Finding } from './faults.ts';
import { providerNames } from './mail-schema.ts';
import { providerSecret, smtpPaths } from './mail-secrets.ts';

/** What no single key under `mail` can tell: keys that need each other, and keys that exclude each other. */
export function mailFindings(value: unknown): readonly Finding[] {
  return [
    ...waysOut(value),
    ...smtpPaths(value).flatMap((path) => serverFindings(value, path)),
    ...repeatedRelays(value),
    ...signatureFindings(value),
    ...limitFindings(value),
  ];
}

const key = (path: readonly PropertyKey[], message: string): Finding => ({ path, part: 'key', message });

function waysOut(value: unknown): readonly Finding[] {
  const at = (...path: string[]): unknown => valueAt(value, ['mail', ...path]);
  const found: Finding[] = [];
  const transport = at('transport');
  const provider = providerNames.find((name) => name === transport);
  if ((transport === 'smtp' || provider) && at('from') === undefined) {
    const message = `missing; the transport ${String(transport)} needs it: the sender, such as "The Paper <paper@example.org>"`;
    found.push(key(['mail', 'from'], message));
  }
  if (transport === 'smtp' && at('smtp') === undefined && at('relays') === undefined) {
    found.push(key(['mail', 'smtp'], 'missing; the transport smtp needs it: a block with at least host'));
  }
  if (at('smtp') !== undefined && at('relays') !== undefined) {
    found.push(
      key(['mail', 'relays'], 'expected smtp or relays, got both; make the server one of the relays'),
    );
  }
  if (!provider) return found;
  if (at(provider) === undefined) {
    found.push(key(['mail', provider], `missing; the transport ${provider} needs it`));
    return found;
  }
  const secret = providerSecret(provider);
  if (at(provider, `${secret.key}Env`) === undefined && at(provider, `${secret.key}File`) === undefined) {
    const message = `missing; add ${secret.key}Env or ${secret.key}File to name the ${secret.what}`;
    found.push(key(['mail', provider, `${secret.key}Env`], message));
  }
  return found;
}

function serverFindings(value: unknown, path: readonly string[]): readonly Finding[] {
  const at = (...keys: string[]): unknown => valueAt(value, [...path, ...keys]);
  const found: Finding[] = [];
  const says = (name: string, message: string): unknown => found.push(key([...path, name], message));
  const hasPassword = at('passwordEnv') !== undefined || at('passwordFile') !== undefined;
  const hasOauth2 = at('oauth2') !== undefined;
  const hasUser = at('user') !== undefined;
  if (hasPassword && !hasUser) says('user', 'missing; a password needs the user it belongs to');
  if (hasOauth2 && !hasUser) says('user', 'missing; oauth2 needs the user it logs in');
  if (hasUser && !hasPassword && !hasOauth2) {
    says(
      'user',
      'has no password; add passwordEnv or passwordFile, or remove user for a server without login',
    );
  }
  if (hasPassword && hasOauth2) says('oauth2', 'expected a password or oauth2, got both; remove one');
  if (
    hasOauth2 &&
    at('oauth2', 'refreshTokenEnv') === undefined &&
    at('oauth2', 'refreshTokenFile') === undefined
  ) {
    const message = 'missing; add refreshTokenEnv or refreshTokenFile to name the refresh token';
    found.push(key([...path, 'oauth2', 'refreshTokenEnv'], message));
  }
  if (at('secure') !== undefined && at('tls') !== undefined) {
    says('secure', 'expected secure or tls, got both; keep tls, which says the same: true is implicit');
  }
  const tls = at('tls');
  if ((tls === 'none' || tls === 'opportunistic') && hasUser && !isThisMachine(at('host'))) {
    const message = `expected required or implicit, since a login must not be read on its way, got ${tls}; change it`;
    found.push({ path: [...path, 'tls'], part: 'value', message });
  }
  return found;
}

function isThisMachine(host: unknown): boolean {
  return typeof host === 'string' && /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/.test(host);
}

function repeatedRelays(value: unknown): readonly Finding[] {
  const relays = valueAt(value, ['mail', 'relays']);
  const names = (Array.isArray(relays) ? relays : []).map((relay): unknown => valueAt(relay, ['name']));
  return names.flatMap((name, index): Finding[] => {
    if (typeof name !== 'string' || names.indexOf(name) === index) return [];
    const message = `expected a name of its own, got "${name}" again; choose another`;
    return [{ path: ['mail', 'relays', index, 'name'], part: 'value', message }];
  });
}

/** Providers that write Message-ID, Date or the whole mail anew: our signature would not hold. */
const resigning = new Map<unknown, string>([
  ['ses', 'SES writes Message-ID and Date anew'],
  ['postmark', 'Postmark writes the mail anew'],
  ['sendgrid', 'SendGrid writes the mail anew'],
]);

function signatureFindings(value: unknown): readonly Finding[] {
  const why = resigning.get(valueAt(value, ['mail', 'transport']));
  if (why === undefined || valueAt(value, ['mail', 'dkim']) === undefined) return [];
  return [
    key(
      ['mail', 'dkim'],
      `expected no keys here: ${why}, so that a signature of ours would not hold; remove it and let the provider sign`,
    ),
  ];
}

function limitFindings(value: unknown): readonly Finding[] {
  return [...digestLimitFindings(value), ...domainLimitFindings(value)];
}

/** Mail to a domain of a large operator is counted under the operator: a limit under the domain would hold nothing. */
function domainLimitFindings(value: unknown): readonly Finding[] {
  const limited = valueAt(value, ['mail', 'limits', 'domains']);
  if (typeof limited !== 'object' || limited === null) return [];
  return Object.keys(limited).flatMap((name) => {
    const counted = mailDomainKey(`reader@${name}`);
    if (counted === name) return [];
    const message = `expected the name that its mail is counted under, got "${name}"; write ${counted}`;
    return [key(['mail', 'limits', 'domains', name], message)];
  });
}

function digestLimitFindings(value: unknown): readonly Finding[] {
  const limited = valueAt(value, ['mail', 'limits', 'digests']);
  if (typeof limited !== 'object' || limited === null) return [];
  const digests = valueAt(value, ['digests']);
  const known = (Array.isArray(digests) ? digests : []).map((digest): unknown => valueAt(digest, ['key']));
  return Object.keys(limited)
    .filter((name) => !known.includes(name))
    .map((name) =>
      key(
        ['mail', 'limits', 'digests', name],
        `expected the key of a digest, got "${name}"; known here: ${known.join(', ')}`,
      ),
    );
}
