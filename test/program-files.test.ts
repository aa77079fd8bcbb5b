import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageFolder, programVersion } from '../src/program-files.ts';

it('knows the version of its package', () => {
  const text = readFileSync(new URL('package.json', packageFolder), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: programVersion });
});
