import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openServiceManager } from '../../src/cli/service-manager.ts';

it('is heard in the order in which it speaks, however long each word takes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'service-manager-'));
  const heard = join(folder, 'heard');
  const program = `#!/bin/sh\n[ "$1" = RELOADING=1 ] && sleep 0.3\necho "$1" >> ${heard}\n`;
  writeFileSync(join(folder, 'systemd-notify'), program);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  const environment = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/notify' };
  using manager = openServiceManager(environment, (reason) => expect.fail(reason));
  manager.reloading();
  manager.ready();
  const words = () => (existsSync(heard) ? readFileSync(heard, 'utf8').trim().split('\n') : []);
  await expect.poll(words, { timeout: 5_000 }).toHaveLength(2);
  expect(words()).toEqual(['RELOADING=1', 'READY=1']);
  rmSync(folder, { recursive: true });
});
