import type { SignalConfig, SourceConfig } from './config.ts';

/** Where a source is read, as the configuration names it: the address of its server, of its feed, or its files. */
export function sourceAddress(source: SourceConfig | SignalConfig): string {
  if ('paths' in source) return source.paths.join(', ');
  return 'url' in source ? source.url : source.baseUrl;
}
