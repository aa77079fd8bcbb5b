import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { SmtpConfig } from '../../src/config/config.ts';

export interface MailServer {
  readonly config: SmtpConfig;
  /** Messages that were answered with 250, in order. */
  readonly accepted: { readonly to: string; readonly raw: string }[];
  /** Connections so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export interface Manners {
  readonly rcpt?: (address: string) => Error | undefined;
  readonly content?: (address: string) => Promise<Error | undefined> | Error | undefined;
  readonly options?: SMTPServerOptions;
}

/** The refusal a handler gives: code and text. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A real SMTP server on a free port of this machine. */
export async function mailServer(manners: Manners = {}): Promise<MailServer> {
  const accepted: { to: string; raw: string }[] = [];
  let connections = 0;
  async function take(to: string, stream: Readable): Promise<Error | undefined> {
    const raw = await text(stream);
    const refused = await manners.content?.(to);
    if (!refused) accepted.push({ to, raw });
    return refused;
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onRcptTo(address, _session, done) {
      done(manners.rcpt?.(address.address));
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo[0]?.address ?? '';
      callbackify(take)(to, stream, (failure, refused) => done(failure ?? refused));
    },
    ...manners.options,
  });
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    config: configFor(listener),
    accepted,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A reply, or `hang up`, or `silence`. */
type Act = string;

export interface Script {
  readonly greeting?: Act;
  readonly ehlo?: Act;
  readonly mail?: Act;
  readonly rcpt?: Act;
  readonly data?: Act;
  /** After the final dot. */
  readonly dot?: Act;
  /** Ends the session after the first message. */
  readonly hangUpAfterMessage?: true;
  /** Hangs up at the second MAIL of a session. */
  readonly oneMessageASession?: true;
}

export interface RudeServer {
  readonly config: SmtpConfig;
  /** Everything the clients sent, a string a connection. */
  readonly heard: string[];
  readonly close: () => Promise<void>;
}

/** A server that answers by script, byte for byte, hangs up or says nothing. */
export async function rudeServer(script: Script): Promise<RudeServer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const mine = heard.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const act = (what: Act): void => {
      if (what === 'hang up') socket.destroy();
      else if (what !== 'silence') socket.write(what.endsWith('\n') ? what : `${what}\r\n`);
    };
    let inData = false;
    let messages = 0;
    let rest = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      heard[mine] += chunk;
      rest += chunk;
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          messages += 1;
          act(script.dot ?? '250 2.0.0 Ok');
          if (script.hangUpAfterMessage) socket.end();
        } else if (/^EHLO/i.test(line)) act(script.ehlo ?? '250 rude.example');
        else if (script.oneMessageASession && messages > 0) act('hang up');
        else if (/^MAIL/i.test(line)) act(script.mail ?? '250 2.1.0 Ok');
        else if (/^RCPT/i.test(line)) act(script.rcpt ?? '250 2.1.5 Ok');
        else if (/^DATA/i.test(line)) {
          const answer = script.data ?? '354 Go ahead';
          inData = answer.startsWith('354');
          act(answer);
        } else if (/^QUIT/i.test(line)) socket.end('221 Bye\r\n');
        else act('250 Ok');
      }
    });
    act(script.greeting ?? '220 rude.example');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    config: configFor(server),
    heard,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function configFor(server: Pick<Server, 'address'>): SmtpConfig {
  const address = server.address() as AddressInfo;
  return { host: '127.0.0.1', port: address.port, secure: false, connections: 4 };
}
