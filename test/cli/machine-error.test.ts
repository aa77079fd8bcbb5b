import { expect, it } from 'vitest';
import { machineError } from '../../src/cli/machine-error.ts';
import { StoreError } from '../../src/errors.ts';

const sqlite = (errcode: number, message: string): Error =>
  Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string, path?: string): Error =>
  Object.assign(new Error(`${code}: no`), { code, ...(path !== undefined && { path }) });

it.each([
  ['a full disk, from SQLite', sqlite(13, 'database or disk is full'), 'df -h /srv/data'],
  ['a full disk, from a file', system('ENOSPC'), 'df -h /srv/data'],
  ['a full disk elsewhere', system('ENOSPC', '/var/out/mails/a.eml'), 'df -h /var/out/mails'],
  ['a lock', sqlite(5, 'database is locked'), 'fuser -v /srv/data/broadsheet.db'],
  ['a lock, by its extended code', sqlite(261, 'database is locked'), 'fuser -v /srv/data/broadsheet.db'],
  ['a folder of others', system('EACCES', '/srv/data/site'), 'expected to write /srv/data/site'],
  ['a database of others', sqlite(8, 'attempt to write a readonly database'), 'mounted read-only'],
])('tells of %s what to do, also as a cause', (_, error, words) => {
  for (const thrown of [error, new StoreError('it failed', { cause: error })]) {
    const told = machineError(thrown, '/srv/data');
    expect(told).toBeInstanceOf(StoreError);
    expect(told.message).toContain(words);
    expect(told.message).toContain(`got: ${error.message}`);
    expect(told.cause).toBe(thrown);
  }
});

it('leaves every other error as it is', () => {
  const error = new Error('another');
  expect(machineError(error, '/srv/data')).toBe(error);
  expect(machineError(system('ENOENT'), undefined)).toMatchObject({ code: 'ENOENT' });
});
