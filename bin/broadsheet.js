#!/usr/bin/env node
// Runs the compiled program where there is one, else the source, with the compile cache of Node.js.
// Plain JavaScript for any Node.js from 18 on, see node.js.
import { builtin, runScript } from './node.js';

const { readdirSync, statSync } = await builtin('node:fs');
const { enableCompileCache } = await builtin('node:module');
const { dirname, join } = await builtin('node:path');
const { fileURLToPath } = await builtin('node:url');

const source = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** When this was last changed, in milliseconds; undefined where there is nothing. */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** A published package has no source; in a checkout that was compiled and then edited the source counts. */
function isCompiled() {
  const compiledAt = changedAt(compiled);
  if (compiledAt === undefined) return false;
  if (changedAt(source) === undefined) return true;
  const entries = readdirSync(dirname(source), { recursive: true });
  return entries.every((path) => changedAt(join(dirname(source), path)) <= compiledAt);
}

/**
 * A folder of this user alone, for what is in it is run. Empty where the system names none; where it cannot be
 * written the program starts without.
 */
function cacheFolder() {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  if (CACHE_DIRECTORY) return CACHE_DIRECTORY.split(':')[0];
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, '.cache'));
  return caches ? join(caches, 'broadsheet') : '';
}

process.env.BROADSHEET_CACHE ??= cacheFolder();
if (process.env.BROADSHEET_CACHE) {
  // In the environment too, for the processes that the program starts.
  process.env.NODE_COMPILE_CACHE ||= join(process.env.BROADSHEET_CACHE, 'compiled');
  enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
}
await runScript(isCompiled() ? compiled : source, process.argv.slice(2));
