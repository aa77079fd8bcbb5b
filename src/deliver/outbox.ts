import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asError } from '../errors.ts';
import type { Transport } from './transport.ts';

/**
 * Puts every message as `<key>.eml` into `folder`, which is made when it is not there. A file is whole or
 * not there (written beside it, flushed, renamed), and a message submitted twice is one file. A folder
 * that cannot be written blocks the run: that is no fault of a reader.
 */
export function createOutbox(folder: string): Transport {
  return {
    name: 'outbox',

    async submit(message, beforeHandover, signal) {
      const path = join(folder, `${message.key}.eml`);
      const unfinished = join(folder, `.${message.key}.${randomUUID()}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        const file = await open(unfinished, 'wx');
        try {
          await file.writeFile(message.raw);
          await file.sync();
        } finally {
          await file.close();
        }
        if (signal.aborted || !(await beforeHandover())) {
          return { result: 'deferred', reply: 'withdrawn before it was handed over' };
        }
        await rename(unfinished, path);
        return { result: 'accepted', reply: `written to ${message.key}.eml` };
      } catch (error) {
        const reply = `the outbox ${folder} cannot be written: ${asError(error).message}`;
        return { result: 'blocked', about: 'sender', reply };
      } finally {
        await rm(unfinished, { force: true }).catch(() => {});
      }
    },

    async close() {},
  };
}
