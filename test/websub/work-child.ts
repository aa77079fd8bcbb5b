/* A process of its own that tells what is due; the test kills it. Arguments: database, site's folder, base URL, instant. */
import { createLogger } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { openHub } from '../../src/websub/open-hub.ts';

const [path = '', publishedDir = '', baseUrl = '', at = ''] = process.argv.slice(2);
const hub = openHub({
  websub: { hub: 'own', publish: true, allowHosts: ['127.0.0.1'] },
  site: { baseUrl },
  db: await openDatabase(path),
  publishedDir,
  userAgent: 'Broadsheet/test',
  clock: () => Number(at),
  log: createLogger('error'),
});
await hub.worker.workOff(new AbortController().signal);
