import { asError } from '../errors.ts';
import { readConfig, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

const patienceMs = 5_000;

/**
 * Asks the running site how it is, for a container's or a monitor's check: 0 when it answers, also when a source is
 * missing, which it prints; 1 when it does not answer in 5 seconds. Without `url` it asks where the configuration listens.
 */
export async function health(context: Context, url: string | undefined): Promise<ExitCode> {
  const address = new URL('health', url ?? ownUrl(context));
  let state: string;
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
    const answer = await fetch(address, { signal });
    if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`);
    const report: unknown = await answer.json();
    state = typeof report === 'object' && report !== null && 'state' in report ? String(report.state) : '?';
  } catch (thrown) {
    const { cause, message } = asError(thrown);
    const reason = cause instanceof Error ? cause.message : message;
    context.print(
      context.options.json ? JSON.stringify({ state: 'down', reason }) : `down: ${address.href}: ${reason}`,
    );
    return 1;
  }
  context.print(context.options.json ? JSON.stringify({ state }) : state);
  return 0;
}

function ownUrl(context: Context): string {
  const { serve, site } = readConfig(context);
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[serve.host] ?? serve.host;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${serve.port}${new URL(site.baseUrl).pathname}`;
}
