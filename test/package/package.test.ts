import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { houseConfig } from '../end-to-end/house.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const now = '2026-11-10T02:30:00Z';
const run = promisify(execFile);

let folder: string;
let installed: string;

/** Packs a copy of the checkout, so that nothing in it changes, and unpacks it as npm would. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-package-'));
  const copy = join(folder, 'copy');
  const skipped = ['node_modules', '.git', 'test', 'bench', 'dist', 'data', 'data-sample'];
  for (const entry of readdirSync(project)) {
    if (!skipped.includes(entry)) cpSync(join(project, entry), join(copy, entry), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  await run('npm', ['pack', '--silent', '--offline', '--pack-destination', folder], { cwd: copy });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
  const modules = join(folder, 'place', 'node_modules');
  mkdirSync(modules, { recursive: true });
  await run('tar', ['-xzf', join(folder, archive), '-C', modules]);
  installed = join(modules, 'broadsheet');
  await run('mv', [join(modules, 'package'), installed]);
  // What npm would have fetched: the package finds its dependencies above itself.
  for (const entry of readdirSync(join(project, 'node_modules'))) {
    if (!entry.startsWith('.') && entry !== 'broadsheet')
      symlinkSync(join(project, 'node_modules', entry), join(modules, entry));
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function broadsheet(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: join(folder, 'cache') };
  const program = join(installed, 'bin', 'broadsheet.js');
  return run(process.execPath, [program, ...args], { cwd: join(folder, 'place'), env });
}

async function configure(): Promise<void> {
  const listings = join(installed, 'sample', 'listings.jsonl');
  const sources = `  - { name: sample, type: file, paths: [${JSON.stringify(listings)}] }\n`;
  writeFileSync(join(folder, 'place', 'broadsheet.yaml'), await houseConfig({ sources }));
  cpSync(join(installed, 'subscribers'), join(folder, 'place', 'subscribers'), { recursive: true });
}

describe('the package', () => {
  it('holds the compiled program and what stands beside it, and nothing that needs its types stripped', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.[cm]?tsx?$/.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/broadsheet.js',
        'dist/cli.js',
        'dist/licences.txt',
        'dist/render/mail/mjml-process.js',
        'dist/store/search-process.js',
        'broadsheet.example.yaml',
        'sample/listings.jsonl',
        'src/config/topic-sets/math.yaml',
        'subscribers/sample.yaml',
        'templates/mail/digest.mjml',
        'LICENSE',
        'README.md',
      ]),
    );
    expect(files.filter((file) => file.startsWith('test') || file.includes('.env'))).toEqual([]);
  });

  it('names as dependencies all that its program imports', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      dependencies: Readonly<Record<string, string>>;
    };
    const dist = join(installed, 'dist');
    const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    );
    const imported = scripts.flatMap((file) =>
      [
        ...readFileSync(join(dist, file), 'utf8').matchAll(
          /^(?:import|export)\b.*? from "([^".][^"]*)";$|\bimport\("([^".][^"]*)"\)/gm,
        ),
      ].map(([, fixed, lazy]) => fixed ?? lazy ?? ''),
    );
    expect(imported).toContain('undici');
    const names = imported.map((id) => /^(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? '');
    expect([...new Set(names)].filter((name) => !(name in dependencies))).toEqual([]);
  });

  it('shows its help, also when whoever reads it has seen enough', async () => {
    expect((await broadsheet('--help')).stdout).toMatch(/^Usage: broadsheet <command>/);
    const shell = `"${process.execPath}" "${join(installed, 'bin', 'broadsheet.js')}" --help | true`;
    expect((await run('sh', ['-c', shell])).stderr).toBe('');
  });

  it('makes, mails and shows a day of the sample, with a ready-made set of topics', async () => {
    await configure();
    expect((await broadsheet('run', '--now', now)).stdout).toContain('1 edition published, 3 mails accepted');
    expect((await broadsheet('status')).stdout).toContain('21 papers, 1 editions');
    expect((await broadsheet('topics', 'check', '--with', 'math')).stdout).toContain('math');
  });

  it('says how things stand of the configuration as it is now, though it keeps what it has read', async () => {
    await configure();
    const named = async () =>
      (JSON.parse((await broadsheet('status', '--json')).stdout) as { sources: { name: string }[] }).sources;
    expect(await named()).toMatchObject([{ name: 'sample' }]);
    expect(await named()).toMatchObject([{ name: 'sample' }]);
    const file = join(folder, 'place', 'broadsheet.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('name: sample', 'name: others'));
    expect(await named()).toMatchObject([{ name: 'others' }]);
    writeFileSync(file, text.replace('name: sample', 'nom: sample'));
    await expect(named()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('nom') });
  });

  it('works without a cache folder, and with one that cannot be written', async () => {
    await configure();
    const program = join(installed, 'bin', 'broadsheet.js');
    for (const env of [{}, { HOME: '/dev/null' }, { XDG_CACHE_HOME: '/dev/null' }]) {
      const { stdout } = await run(process.execPath, [program, 'config', 'check'], {
        cwd: join(folder, 'place'),
        env: { PATH: process.env['PATH'], ...env },
      });
      expect(stdout).toContain('is in order');
    }
  });
});
