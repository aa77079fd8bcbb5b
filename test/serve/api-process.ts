/*
 * A second process on the database of a test: once a line comes on its standard input it sends PUTs of new readers,
 * each under a key of its own, and prints the answers as JSON. Arguments: the database, and how many.
 */
import { once } from 'node:events';
import { createLogger } from '../../src/log.ts';
import { apiRoutes } from '../../src/serve/api.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';
import { sampleSite } from '../render/edition-sample.ts';

const [, , path = '', count = '0', token = '', secret = '', now = '0'] = process.argv;
const db = await openDatabase(path);
const api = apiRoutes({
  db,
  tokens: createTokens(secret),
  site: sampleSite,
  digests: JSON.parse(process.env['DIGESTS'] ?? '[]'),
  token,
  clientOf: () => undefined,
  now: () => Number(now),
  log: createLogger('silent'),
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const answers: unknown[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const answer = await api.request(`/api/v1/subscribers/reader${index}@example.org`, {
    method: 'PUT',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'If-None-Match': '*',
      'Idempotency-Key': `"key ${index}"`,
    },
    body: JSON.stringify({ subscriptions: [{ digest: 'daily', state: 'confirmed' }] }),
  });
  answers.push([answer.status, await answer.text()]);
}
await db.destroy();
process.stdout.write(`${JSON.stringify(answers)}\n`);
process.stdin.destroy();
