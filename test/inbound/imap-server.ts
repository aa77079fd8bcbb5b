import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MailboxConfig } from '../../src/config/inbound-config.ts';

/* Debian's Dovecot in a folder of its own: a real IMAP server over a Maildir that the tests write into. */

const program = '/usr/sbin/dovecot';
/** Debian's `nobody`: the server reads no mail as root. */
const owner = 65_534;

/** Why there is no server here; undefined where there is. */
export const lacking =
  !existsSync(program) || !existsSync('/usr/lib/dovecot/imap')
    ? 'needs dovecot-imapd of Debian'
    : process.getuid?.() === 0
      ? undefined
      : 'needs root, as which dovecot drops its rights';

export interface ImapServer extends AsyncDisposable {
  readonly tlsPort: number;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  /** An empty mailbox with a user and a password of its own. */
  open(user: string): ImapMailbox;
}

export interface ImapMailbox {
  /** How its user gets in, over this machine, in the clear where the server has no TLS. */
  readonly config: MailboxConfig;
  /** Puts a mail into the mailbox. */
  deliver(raw: Uint8Array): void;
  /** Names of all mails in a folder, with their flags behind `:2,`. */
  files(folder?: string): readonly string[];
  setPassword(password: string): void;
}

export interface ServerManners {
  /** Offers TLS with a certificate that nobody signed. */
  readonly hasTls?: boolean;
  /** Where it asks whose an access token is. */
  readonly tokenInfo?: string;
}

export async function imapServer({ hasTls = false, tokenInfo }: ServerManners = {}): Promise<ImapServer> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-imap-'));
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const own = (path: string): void => {
    mkdirSync(path);
    chownSync(path, owner, owner);
  };
  own(at('mail'));
  mkdirSync(at('users'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  if (hasTls) {
    const options = [
      '-subj',
      '/CN=localhost',
      '-days',
      '2',
      '-keyout',
      at('key.pem'),
      '-out',
      at('cert.pem'),
    ];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    execFileSync('openssl', ['req', '-x509', '-nodes', ...curve, ...options], { stdio: 'ignore' });
  }
  if (tokenInfo !== undefined) {
    writeFileSync(
      at('oauth2'),
      `tokeninfo_url = ${tokenInfo}\nusername_attribute = user\nforce_introspection = no\n`,
    );
  }
  writeFileSync(
    at('dovecot.conf'),
    `base_dir = ${at('run')}
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
auth_mechanisms = plain${tokenInfo === undefined ? '' : ' xoauth2 oauthbearer'}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:${at('mail')}/%u
ssl = ${hasTls ? 'yes' : 'no'}
${hasTls ? `ssl_cert = <${at('cert.pem')}\nssl_key = <${at('key.pem')}` : ''}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${hasTls ? tlsPort : 0}
    ssl = yes
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = passwd-file
  args = scheme=plain ${at('users')}/%u
}
${tokenInfo === undefined ? '' : `passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${at('oauth2')}\n}`}
userdb {
  driver = static
  args = uid=${owner} gid=${owner} home=${at('mail')}/%u
}
`,
  );
  const child = spawn(program, ['-F', '-c', at('dovecot.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const log: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const ready = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    log.push(line);
    if (line.includes('starting up')) ready.resolve();
  });
  void exited.then(() => ready.reject(new Error(`dovecot ended: ${log.join('\n')}`)));
  await ready.promise;
  let delivered = 0;
  return {
    tlsPort,
    log,
    open(user) {
      const root = at(`mail/${user}`);
      for (const part of ['', '/new', '/cur', '/tmp']) own(`${root}${part}`);
      // The server looks at time and size: two of one second must differ in length.
      const setPassword = (password: string): void =>
        writeFileSync(at(`users/${user}`), `${user}:{PLAIN}${password}\n`);
      setPassword('secret');
      return {
        config: {
          host: '127.0.0.1',
          port,
          tls: 'offered',
          isLocal: true,
          user,
          secret: { password: 'secret' },
          mailbox: 'INBOX',
          everyMs: 60_000,
          maxBytes: 100_000,
        },
        deliver(raw) {
          delivered += 1;
          const path = `${root}/new/${1_795_500_000 + delivered}.M${delivered}.test`;
          writeFileSync(path, raw);
          chownSync(path, owner, owner);
        },
        files(folder) {
          const maildir = folder === undefined ? root : `${root}/.${folder}`;
          const inPart = (part: string) =>
            existsSync(join(maildir, part)) ? readdirSync(join(maildir, part)) : [];
          return [...inPart('new'), ...inPart('cur')].toSorted();
        },
        setPassword,
      };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('expected a port');
  return address.port;
}
