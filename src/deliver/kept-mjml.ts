import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { asError, RenderError } from '../errors.ts';
import { programFile } from '../program-files.ts';
import { readIfThere, writeWhole } from '../store/whole-file.ts';

const compiler = programFile('render/mail/mjml-process');
const howItCompiles = programFile('render/mail/mjml');

/**
 * The HTML of an MJML source, compiled when nobody did before: it is kept in `folder`, under a name that changes with
 * the source, MJML's version and our way to use it. MJML is loaded in a process of its own, so that what sends
 * stays small. Throws RenderError for invalid MJML. A folder that cannot be written costs the second each time.
 */
export async function keptMjml(source: string, folder: string): Promise<string> {
  const name = createHash('sha256');
  for (const file of [createRequire(import.meta.url).resolve('mjml/package.json'), howItCompiles]) {
    name.update(await readFile(file));
  }
  const path = join(folder, `mail-${name.update(source).digest('hex').slice(0, 16)}.html`);
  const kept = await readIfThere(path).catch(() => undefined);
  if (kept) return kept.toString();
  const html = await compileApart(source);
  await writeWhole(path, Buffer.from(html)).catch(() => {}); // then it is made again next time
  return html;
}

const answer = z.union([z.object({ html: z.string() }), z.object({ fault: z.string() })]);

async function compileApart(source: string): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(compiler)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {}); // a process that ended before it read says nothing below
  child.stdin.end(source);
  let said: z.output<typeof answer>;
  try {
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    said = answer.parse(JSON.parse(output));
  } catch (thrown) {
    throw new RenderError('mjml', `expected an answer of the compiler, got: ${asError(thrown).message}`);
  }
  if ('html' in said) return said.html;
  throw new RenderError('mjml', said.fault.replace(/^mjml: /, ''));
}
