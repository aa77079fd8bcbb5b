import { once } from 'node:events';
import { hash } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { drawFault, seeded, type Fault } from './crash-faults.ts';

/** A message that the server asked for with 354. */
export interface Transaction {
  readonly to: string;
  /** Our count of events when 354 was said. */
  readonly askedAt: number;
  /** Of the bytes before the final dot; undefined while that did not come. */
  sha256?: string;
  /** The server has it, whatever it said. */
  isTaken: boolean;
  /** When the client spoke again on this connection: so it had read the answer. */
  seenAt?: number;
  /** A process that died, or never read an answer, cannot know what became of it. */
  isUnclear: boolean;
}

export type Moment = 'connect' | 'mail' | 'rcpt' | 'data' | 'dot' | 'answered';

/** A port for one sender. */
export interface Door {
  readonly port: number;
  readonly transactions: readonly Transaction[];
  /**
   * Takes in what the sender wrote before it ended, shuts the door, and finds out what is unclear: what was never
   * answered, and, of a sender that was killed, what it may have had no time to write down.
   */
  shut(wasKilled: boolean): Promise<void>;
}

export interface CrashServer {
  open(onMoment: (moment: Moment) => void): Promise<Door>;
  /** Addresses that were refused for good. */
  readonly refused: ReadonlySet<string>;
  /** Addresses that were told to wait, or whose message met a fault. */
  readonly troubled: ReadonlySet<string>;
}

export interface Mood {
  readonly seed: number;
  readonly connectionFaults: number;
  readonly messageFaults: number;
  /** These never get mail: 450 for ever. */
  readonly isBusy: (address: string) => boolean;
  /** Of the nth message on, three are taken one a second. */
  readonly slowFrom: number;
}

/** An SMTP server with every fault of `crash-faults.ts`; it notes what it took. */
export function crashServer(mood: Mood): CrashServer {
  const random = seeded(mood.seed);
  const refused = new Set<string>();
  const troubled = new Set<string>();
  let events = 0;
  let messages = 0;
  let slowTurn = Promise.resolve();

  /** Its turn, where one message a second is taken. */
  async function turn(): Promise<void> {
    messages += 1;
    if (messages < mood.slowFrom || messages >= mood.slowFrom + 3) return;
    slowTurn = slowTurn.then(() => wait(1000));
    await slowTurn;
  }

  async function open(onMoment: (moment: Moment) => void): Promise<Door> {
    const transactions: Transaction[] = [];
    const sessions = new Set<Promise<void>>();
    const server = createServer((socket) => {
      const session = converse(socket, transactions, onMoment);
      sessions.add(session);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      transactions,
      async shut(wasKilled) {
        const closed = once(server, 'close');
        server.close();
        await closed;
        await Promise.all(sessions);
        const lastAsked = Math.max(
          -1,
          ...transactions.filter(({ sha256 }) => sha256 !== undefined).map((one) => one.askedAt),
        );
        for (const one of transactions) {
          one.isUnclear ||= one.seenAt === undefined || (wasKilled && one.seenAt > lastAsked);
        }
      },
    };
  }

  async function converse(
    socket: Socket,
    transactions: Transaction[],
    onMoment: (moment: Moment) => void,
  ): Promise<void> {
    const fault = drawFault(random, 'connection', mood.connectionFaults);
    const pipelines = random() < 0.5;
    const input = linesOf(socket);
    let planned: Fault | undefined;
    let recipient = '';
    let isRecipientGood = false;
    let open: Transaction | undefined;

    /** Says this, or what is wrong at the stage; false when something was. */
    async function answer(stage: Fault['stage'], right: string, plan = planned): Promise<boolean> {
      const wrong = plan?.stage === stage ? plan : undefined;
      if (wrong?.waitMs !== undefined) await wait(wrong.waitMs);
      const says = wrong ? wrong.says : right;
      if (says !== undefined && socket.writable) socket.write(says, 'latin1');
      if (!wrong) return true;
      if (recipient !== '') {
        troubled.add(recipient);
        if (says?.startsWith('5')) refused.add(recipient);
      }
      if (wrong.hangsUp) socket.end();
      if (wrong.hangsUp && says === undefined) socket.destroy();
      return false;
    }

    async function takeMessage(): Promise<void> {
      const bytes = await input.message();
      if (!open || bytes === undefined) return;
      open.sha256 = hash('sha256', bytes, 'hex');
      events += 1;
      const wrong = planned?.stage === 'dot' ? planned : undefined;
      open.isTaken = wrong ? wrong.takes === true : true;
      // Nobody can read these answers, though the client may speak on.
      open.isUnclear = wrong !== undefined && !/^[245]\d\d /.test(wrong.says ?? '');
      onMoment('dot');
      await turn();
      await answer('dot', '250 2.0.0 Ok\r\n');
      onMoment('answered');
    }

    onMoment('connect');
    await answer('greeting', '220 crash.example\r\n', fault);
    for (let line = await input.line(); line !== undefined; line = await input.line()) {
      events += 1;
      if (open) open.seenAt ??= events;
      const [, argument = ''] = /<([^>]*)>/.exec(line) ?? [];
      if (/^EHLO/i.test(line)) {
        const offers = [pipelines && 'PIPELINING', fault?.stage === 'starttls' && 'STARTTLS', 'DSN'];
        const names = ['crash.example', ...offers.filter((name) => name !== false)];
        socket.write(names.map((name, at) => `250${at < names.length - 1 ? '-' : ' '}${name}\r\n`).join(''));
      } else if (/^STARTTLS/i.test(line)) {
        await answer('starttls', '502 No\r\n', fault);
      } else if (/^MAIL/i.test(line)) {
        onMoment('mail');
        planned = drawFault(random, 'message', mood.messageFaults);
        recipient = '';
        await answer('mail', '250 2.1.0 Ok\r\n');
      } else if (/^RCPT/i.test(line)) {
        onMoment('rcpt');
        recipient = argument;
        if (mood.isBusy(recipient)) planned = busy;
        isRecipientGood = await answer('rcpt', '250 2.1.5 Ok\r\n');
      } else if (/^DATA/i.test(line)) {
        onMoment('data');
        if (!isRecipientGood) socket.write('503 5.5.1 No valid recipient\r\n');
        else if (await answer('data', '354 Go ahead\r\n')) {
          isRecipientGood = false;
          events += 1;
          open = { to: recipient, askedAt: events, isTaken: false, isUnclear: false };
          transactions.push(open);
          if (planned?.stage === 'body') {
            await input.some();
            troubled.add(recipient);
            socket.destroy();
            return;
          }
          await takeMessage();
        }
      } else if (/^QUIT/i.test(line)) socket.end('221 2.0.0 Bye\r\n');
      else socket.write('250 2.0.0 Ok\r\n');
    }
  }

  return { open, refused, troubled };
}

const busy: Fault = { stage: 'rcpt', weight: 1, says: '450 4.2.1 Busy, as always\r\n' };

/** Lines and messages of a client; undefined once it is gone. */
function linesOf(socket: Socket) {
  let rest = '';
  let isGone = false;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    rest += chunk;
    stir();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isGone = true;
    stir();
  });
  async function upTo(end: string): Promise<string | undefined> {
    let at = rest.indexOf(end);
    while (at < 0) {
      if (isGone) return undefined;
      await wake.promise;
      at = rest.indexOf(end);
    }
    const found = rest.slice(0, at);
    rest = rest.slice(at + end.length);
    return found;
  }
  return {
    line: () => upTo('\r\n'),
    message: () => upTo('\r\n.\r\n'),
    some: () => (rest === '' && !isGone ? wake.promise : Promise.resolve()),
  };
}
