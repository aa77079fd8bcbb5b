import { InvalidArgumentError } from 'commander';
import type { Config } from '../config/config.ts';

/** Where to listen instead of where the configuration says: an image serves on all addresses of its container. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT`, with brackets about an IPv6 address. */
export function listenAddress(text: string): Listen {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if (host === undefined || port > 65_535) {
    throw new InvalidArgumentError('expected a host and a port such as 0.0.0.0:8080 or [::]:8080.');
  }
  return { host, port };
}

/** The configuration, listening there. */
export function listeningAt(config: Config, listen: Listen | undefined): Config {
  return listen === undefined ? config : { ...config, serve: { ...config.serve, ...listen } };
}
