import { extname } from 'node:path';

/** As package.json has it. */
export const programVersion = '0.1.0';

/** Who we are to other people's servers. */
export const userAgent = `Broadsheet/${programVersion}`;

/** The folder of the package: templates, the sample and the commented configuration are in it. */
export const packageFolder = new URL('../', import.meta.url);

/** The folder of the program's own text, from source or compiled. */
export const programFolder = new URL('./', import.meta.url);

/** A module of ours by its path below `src` without its ending, for a process of its own: from source or compiled. */
export function programFile(path: string): URL {
  return new URL(`${path}${extname(import.meta.url)}`, programFolder);
}
