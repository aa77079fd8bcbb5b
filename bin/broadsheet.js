#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runScript } from './node.js';

await runScript(fileURLToPath(new URL('../src/cli.ts', import.meta.url)), process.argv.slice(2));
