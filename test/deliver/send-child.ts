/* A process of its own that sends what is due; the tests kill it. Arguments: database, host, port, instant. */
import { createSmtp } from '../../src/deliver/smtp.ts';
import { openDatabase } from '../../src/store/database.ts';
import { sendDue } from './ledger.ts';

const [path = '', host = '', port = '', at = ''] = process.argv.slice(2);
const db = await openDatabase(path);
const transport = createSmtp({ host, port: Number(port), secure: false, connections: 4 });
const result = await sendDue(db, transport, Number(at));
await transport.close();
await db.destroy();
process.stdout.write(JSON.stringify(result));
