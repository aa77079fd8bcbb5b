import { readFileSync } from 'node:fs';
import { packageFolder } from '../../program-files.ts';

/** The program that writes the feeds. */
export const generatorName = 'Broadsheet';

/** Its version, as `package.json` has it. */
export const generatorVersion = (
  JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')) as {
    readonly version: string;
  }
).version;
