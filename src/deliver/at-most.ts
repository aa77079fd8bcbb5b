import type { Transport } from './transport.ts';

/** The transport, but no more than `most` submissions go through it at once; the others wait in their order. */
export function atMost(most: number, transport: Transport): Transport {
  let open = 0;
  const waiting: (() => void)[] = [];
  return {
    name: transport.name,
    async submit(message, beforeHandover, signal) {
      if (open < most) open += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve)); // an aborted signal ends those before it
      try {
        return await transport.submit(message, beforeHandover, signal);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else open -= 1;
      }
    },
    close: () => transport.close(),
  };
}
