import { z } from 'zod';
import { asError } from '../errors.ts';
import { readConfig, type Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';

const patienceMs = 5_000;

/**
 * Asks the running site how it is, for a container's or a monitor's check: 0 when it can do its work, also when something
 * is not as it should be, which it prints; 1 when it cannot, or does not answer in 5 seconds. Without `url` it asks where
 * the configuration listens.
 */
export async function health(context: Context, url: string | undefined): Promise<ExitCode> {
  const address = new URL('health', url ?? ownUrl(context));
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
    const answer = await fetch(address, { signal });
    const isDown = answer.status === 503;
    if (!isDown && answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`);
    const report = reportOf(await answer.text());
    if (isDown && report.state !== 'down') throw new Error('expected 200, got 503');
    if (context.options.json) context.print(JSON.stringify(report));
    else for (const line of [report.state, ...report.troubles.map(troubleLine)]) context.print(line);
    return isDown ? 1 : 0;
  } catch (thrown) {
    const { cause, message } = asError(thrown);
    const reason = cause instanceof Error ? cause.message : message;
    context.print(
      context.options.json ? JSON.stringify({ state: 'down', reason }) : `down: ${address.href}: ${reason}`,
    );
    return 1;
  }
}

const answerSchema = z.object({
  state: z.string(),
  troubles: z.array(z.object({ id: z.string(), came: z.string(), advice: z.string() })).default([]),
});

type Report = z.output<typeof answerSchema>;

/** What of the answer is shown; a text that is no answer of ours has the state `?`. */
function reportOf(text: string): Report {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return { state: '?', troubles: [] };
  }
}

function troubleLine({ id, came, advice }: Report['troubles'][number]): string {
  return `${id}: ${came}; ${advice}`;
}

function ownUrl(context: Context): string {
  const { serve, site } = readConfig(context);
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[serve.host] ?? serve.host;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${serve.port}${new URL(site.baseUrl).pathname}`;
}
