import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { alarmSecretPlaces, alarmUrlFindings } from './alarms-schema.ts';
import { apiSecretPlaces } from './api-schema.ts';
import { reason } from './checks.ts';
import { readDkimKey } from './dkim-key.ts';
import { valueAt, type Finding } from './faults.ts';
import { hookSecrets, imapSecrets } from './inbound-schema.ts';
import { mailSecretPlaces } from './mail-secrets.ts';
import { metricsSecretPlaces } from './metrics-schema.ts';
import type { SecretPlace } from './secret-place.ts';
import { isEnvironmentName } from './values.ts';

/** The process environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** By the path of the block that names the secret: `mail.smtp`, `signals.0`; with its key where a block has several. */
export type Secrets = ReadonlyMap<string, string>;

/**
 * The secrets that the configuration names and needs: from the environment, or the first line of a file below
 * `folder`. One that is named and not there, or named twice, is a finding; no finding quotes a secret.
 */
export function readSecrets(
  value: unknown,
  folder: string,
  environment: Environment,
): { readonly secrets: Secrets; readonly found: readonly Finding[] } {
  const secrets = new Map<string, string>();
  const found: Finding[] = [];
  for (const place of secretPlaces(value)) {
    const [env, file] = [`${place.key}Env`, `${place.key}File`].map((key) =>
      valueAt(value, [...place.block, key]),
    );
    if (env !== undefined && file !== undefined) {
      const message = `expected ${place.key}Env or ${place.key}File, got both; remove one`;
      found.push({ path: [...place.block, `${place.key}File`], part: 'key', message });
    }
    if (!place.isNeeded) continue;
    const read = fromEnvironment(place, env, environment) ?? fromFile(place, file, folder);
    const name = [...place.block, ...(place.isOneOfSeveral ? [place.key] : [])].join('.');
    if (typeof read === 'string') secrets.set(name, read);
    else if (read) found.push(read);
  }
  return { secrets, found: [...found, ...alarmUrlFindings(secrets)] };
}

function secretPlaces(value: unknown): readonly SecretPlace[] {
  const signals = valueAt(value, ['signals']);
  const inSignals = (Array.isArray(signals) ? [...signals.keys()] : []).flatMap((index): SecretPlace[] => {
    const place = { block: ['signals', String(index)], isNeeded: true, isHeader: true };
    return [
      { ...place, key: 'apiKey', what: 'API key' },
      { ...place, key: 'token', what: 'token' },
    ];
  });
  const inHooks = hookSecrets.map(({ hook, key, what }): SecretPlace => {
    const block = ['inbound', 'hooks', hook];
    return { block, key, what, isNeeded: valueAt(value, block) !== undefined, isHeader: false };
  });
  const inImap = imapSecrets.map(({ key, what }): SecretPlace => {
    const block = ['inbound', 'imap'];
    const isNeeded = valueAt(value, block) !== undefined;
    return { block, key, what, isNeeded, isHeader: key === 'accessToken', isOneOfSeveral: true };
  });
  const inServe = [...apiSecretPlaces(value), ...metricsSecretPlaces(value)];
  return [
    ...mailSecretPlaces(value),
    ...inSignals,
    ...inHooks,
    ...inImap,
    ...inServe,
    ...alarmSecretPlaces(value),
  ];
}

/** The secret, what is wrong with it, or undefined where no variable is named. */
function fromEnvironment(
  place: SecretPlace,
  name: unknown,
  environment: Environment,
): string | Finding | undefined {
  if (typeof name !== 'string' || !isEnvironmentName(name)) return undefined;
  const where = `the environment variable ${name} to hold the ${place.what}`;
  const held = environment[name];
  return usable(place, 'Env', place.isKey ? held?.replaceAll('\\n', '\n') : held, {
    missing: `expected ${where}, got nothing; set it`,
    where,
  });
}

function fromFile(place: SecretPlace, path: unknown, folder: string): string | Finding | undefined {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0')) return undefined;
  try {
    const text = readFileSync(resolve(folder, path), 'utf8');
    const secret = place.isKey ? text : text.split(/\r?\n/)[0];
    const where = `the ${place.what} ${place.isKey ? 'in' : 'on the first line of'} ${path}`;
    return usable(place, 'File', secret, {
      missing: `expected ${where}, got nothing; write it there`,
      where,
    });
  } catch (error) {
    return finding(
      place,
      'File',
      `expected a readable file, got ${reason(error)}; create ${path} or name another`,
    );
  }
}

/** What goes into a header must be visible ASCII (RFC 9110 section 5.5), and keys and tokens have no spaces. */
function usable(
  place: SecretPlace,
  suffix: 'Env' | 'File',
  secret: string | undefined,
  { missing, where }: { readonly missing: string; readonly where: string },
): string | Finding {
  if (!secret) return finding(place, suffix, missing);
  if (place.isKey) {
    const read = readDkimKey(secret);
    return 'fault' in read ? finding(place, suffix, read.fault) : secret;
  }
  const least = place.leastCharacters ?? 1;
  if (secret.length < least) {
    return finding(
      place,
      suffix,
      `expected ${where} with at least ${least} characters, got fewer; make a longer one`,
    );
  }
  if (!place.isHeader || /^[\x21-\x7e]+$/.test(secret)) return secret;
  return finding(
    place,
    suffix,
    `expected ${where} in ASCII letters, digits and signs, got a space or something else; write it again`,
  );
}

function finding({ block, key }: SecretPlace, suffix: 'Env' | 'File', message: string): Finding {
  return { path: [...block, `${key}${suffix}`], part: 'value', message };
}
