import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/node.js', import.meta.url));

it('makes the pinned Node.js, which it starts from an old one, the process that the service manager watches', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-launcher-'));
  const old = join(folder, 'old.mjs');
  const versions = "{ value: { ...process.versions, node: '20.20.0' } }";
  writeFileSync(old, `Object.defineProperty(process, 'versions', ${versions});\n`);
  const script = join(folder, 'script.mjs');
  writeFileSync(
    script,
    `import { openServiceManager } from ${JSON.stringify(new URL('../../src/cli/service-manager.ts', import.meta.url).href)};
using manager = openServiceManager(process.env, () => undefined);
const { setInterval } = globalThis;
globalThis.setInterval = (...args) => (console.log('watched every', args[1], 'ms'), setInterval(...args));
manager.ready();
`,
  );
  const ran = promisify(execFile)(process.execPath, ['--import', old, launcher, script], {
    env: {
      PATH: process.env['PATH'],
      NOTIFY_SOCKET: join(folder, 'none'),
      WATCHDOG_USEC: '400000',
      WATCHDOG_PID: '1',
    },
  });
  expect((await ran).stdout).toContain('watched every 200 ms');
  rmSync(folder, { recursive: true });
});
