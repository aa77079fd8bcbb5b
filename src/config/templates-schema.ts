import { readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from '../program-files.ts';
import { reason } from './checks.ts';
import { show, suggestion, valueAt, type Finding } from './faults.ts';
import { path } from './values.ts';

/** A folder of the operator's whose files stand for ours of the same name below `templates/`. */
export const templates = path.optional();

const shippedFolder = fileURLToPath(new URL('templates/', packageFolder));

/** A folder that cannot be read, and files in it that stand for none of ours: a slip in a name would change nothing. */
export function templateFindings(value: unknown, folder: string): readonly Finding[] {
  const own = valueAt(value, ['templates']);
  if (typeof own !== 'string' || own.trim() === '' || own.includes('\0')) return [];
  let names: readonly string[];
  try {
    names = templateNames(resolve(folder, own));
  } catch (error) {
    return [finding(`expected a folder that can be read, got ${show(own)}: ${reason(error)}; make it`)];
  }
  const known = templateNames(shippedFolder);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => finding(`no template of ours is called ${name}; ${suggestion(name, known)}`));
}

function finding(message: string): Finding {
  return { path: ['templates'], part: 'value', message };
}

/** Paths of the files in a folder of templates, with slashes; what begins with a dot is none. Throws where there is no folder. */
export function templateNames(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .toSorted();
}
