import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.ts';
import { fault, ok, warning, type CheckFinding } from '../deliver/preflight/finding.ts';
import { minuteMs, secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { arxivPaceFor } from '../sources/arxiv-host.ts';
import type { Context } from './context.ts';

const patienceMs = 15 * secondMs;
const mostSkewMs = 2 * minuteMs;

/** What is reached over the network: each source by one request at the pace that it asks for, the clock of one, our own site. */
export async function checkedAfar(app: App, context: Context): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  // One after the other: several can be of one host.
  for (const source of app.sources) found.push(await reached(app, source, context));
  found.push(await clockBesideOthers(app, context), await ownSite(app, context));
  return found;
}

async function reached(
  app: App,
  source: App['sources'][number],
  { signal, now }: Context,
): Promise<CheckFinding> {
  const check = `source ${source.name}`;
  const expected = `an answer of ${source.address}`;
  if (!/^https?:/.test(source.address)) {
    const files = await source.requests(now());
    if (files.length > 0) return ok(check, expected, `${files.length} to read`);
    return warning(check, expected, 'nothing to read there', 'look at its paths in the configuration');
  }
  try {
    const pace = arxivPaceFor(source.address);
    await app.http.get(source.address, { accept: '*/*', signal, pace });
    return ok(check, expected, 'it answers');
  } catch (thrown) {
    signal.throwIfAborted();
    const advice = 'look at its address, the way into the network, and whether the source asks for a pause';
    return fault(check, expected, asError(thrown).message, advice);
  }
}

/** By the Date header (RFC 9110 section 6.6.1) of a source; arXiv, which asks for few requests, is not asked again. */
async function clockBesideOthers(app: App, { signal }: Context): Promise<CheckFinding> {
  const [check, expected] = ['clock beside others', 'less than 2 minutes between it and that of a source'];
  const url = app.sources
    .map(({ address }) => address)
    .find((one) => /^https?:/.test(one) && !arxivPaceFor(one));
  if (url === undefined) return ok(check, expected, 'no source to compare it with');
  try {
    const answer = await fetch(new URL('/', url), {
      method: 'HEAD',
      signal: patient(signal),
      redirect: 'manual',
    });
    const skewMs = Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now());
    if (Number.isNaN(skewMs)) return ok(check, expected, 'the source does not tell its time');
    const came = `${Math.round(skewMs / secondMs)} s`;
    if (skewMs < mostSkewMs) return ok(check, expected, came);
    return fault(
      check,
      expected,
      came,
      'set the clock, e.g. "timedatectl set-ntp true": slots and signatures live by it',
    );
  } catch (thrown) {
    signal.throwIfAborted();
    return warning(check, expected, asError(thrown).message, 'look at the way into the network');
  }
}

/** Whether the public address shows the front page that we published. */
async function ownSite(app: App, { signal }: Context): Promise<CheckFinding> {
  const { baseUrl } = app.site;
  const check = `public address ${baseUrl}`;
  const expected = 'our own front page';
  if (/^(?:localhost|127\.|\[::1\])/.test(new URL(baseUrl).hostname)) {
    return warning(
      check,
      'an address that readers can reach',
      'this machine itself',
      'set site.url before anybody subscribes: links in feeds and mails have it',
    );
  }
  try {
    const answer = await fetch(baseUrl, {
      signal: patient(signal),
      headers: { 'Cache-Control': 'no-cache' },
    });
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    const published = await readFile(join(app.publishedDir, 'index.html'), 'utf8').catch(() => undefined);
    if ((await answer.text()) === published) return ok(check, expected, 'it is');
    return warning(
      check,
      expected,
      'another page',
      'look where the name leads to, and whether "broadsheet start" or the copy of the site is up to date',
    );
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, cause } = asError(thrown);
    const reason = cause instanceof Error ? cause.message : message;
    return fault(
      check,
      expected,
      reason,
      'look at DNS, the proxy with TLS before the program, and whether "broadsheet start" runs',
    );
  }
}

function patient(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
}
