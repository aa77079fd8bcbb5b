/* A process of its own that reads a mailbox and dies as soon as so many mails are stored. Arguments: database, user, port, count. */
import { pollMailbox } from '../../src/inbound/mailbox.ts';
import { createLogger } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';

const [path = '', user = '', port = '', count = ''] = process.argv.slice(2);
let stored = 0;
const config = {
  host: '127.0.0.1',
  port: Number(port),
  tls: 'offered',
  isLocal: true,
  user,
  secret: { password: 'secret' },
  mailbox: 'INBOX',
  everyMs: 60_000,
  maxBytes: 100_000,
} as const;
const onStored = (): void => {
  stored += 1;
  if (stored === Number(count)) process.kill(process.pid, 'SIGKILL');
};
const parts = { db: await openDatabase(path), config, now: Date.now, log: createLogger('silent'), onStored };
await pollMailbox(parts, new AbortController().signal);
