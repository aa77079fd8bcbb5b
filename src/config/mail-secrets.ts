import { valueAt } from './faults.ts';
import { providerNames } from './mail-schema.ts';
import type { SecretPlace } from './secret-place.ts';

/** Where the secrets of `mail` are named; those of ways out that are not used are not needed. */
export function mailSecretPlaces(value: unknown): readonly SecretPlace[] {
  const transport = valueAt(value, ['mail', 'transport']);
  const dkim = valueAt(value, ['mail', 'dkim']);
  const dkimKeys = (Array.isArray(dkim) ? [...dkim.keys()] : []).map((index): SecretPlace => {
    const block = ['mail', 'dkim', String(index)];
    return { block, key: 'key', what: 'private key', isNeeded: true, isHeader: false, isKey: true };
  });
  const servers = smtpPaths(value).flatMap((block): SecretPlace[] => {
    const place = { block, isNeeded: transport === 'smtp', isHeader: false };
    const inOauth2 = { ...place, block: [...block, 'oauth2'], isOneOfSeveral: true };
    return [
      { ...place, key: 'password', what: 'password' },
      { ...inOauth2, key: 'clientSecret', what: 'client secret' },
      { ...inOauth2, key: 'refreshToken', what: 'refresh token' },
    ];
  });
  const providers = providerNames.map((name): SecretPlace => {
    const block = ['mail', name];
    const named = { block, isNeeded: transport === name, isHeader: true };
    return { ...named, ...providerSecret(name) };
  });
  return [...servers, ...dkimKeys, ...providers];
}

/** The key that names the secret of a provider, and what it is. */
export function providerSecret(name: (typeof providerNames)[number]): { key: string; what: string } {
  switch (name) {
    case 'ses':
      return { key: 'secretKey', what: 'secret access key' };
    case 'postmark':
      return { key: 'key', what: 'server token' };
    case 'mailgun':
    case 'sendgrid':
      return { key: 'key', what: 'API key' };
  }
}

/** The paths of all blocks that describe an SMTP server. */
export function smtpPaths(value: unknown): readonly (readonly string[])[] {
  const relays = valueAt(value, ['mail', 'relays']);
  const ofRelays = (Array.isArray(relays) ? [...relays.keys()] : []).map((index) => [
    'mail',
    'relays',
    String(index),
  ]);
  return [['mail', 'smtp'], ...ofRelays];
}
