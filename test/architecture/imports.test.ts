import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** design: a file imports only from a lower level or its own folder. */
const levels: Readonly<Record<string, number>> = {
  cli: 5,
  app: 4,
  pipeline: 4,
  serve: 4,
  // Where the stages of sending meet.
  mailing: 3.5,
  templates: 3.5,
  ingest: 3,
  edition: 3,
  deliver: 3,
  inbound: 3,
  subscribers: 3,
  schedule: 3,
  websub: 3,
  watch: 3,
  config: 2,
  sources: 2,
  store: 2,
  rank: 2,
  render: 2,
  domain: 1,
  errors: 1,
  log: 1,
  'program-files': 1,
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** The room of a file: its top folder, or its own name at the top of src. */
function roomOf(file: string): string {
  const [top = ''] = file.split(sep);
  return top.endsWith('.ts') ? top.replace(/\.ts$/, '') : top;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const paths = [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'(\.{1,2}\/[^']+)'/g)];
  return paths.map((match) => relative(source, resolve(source, dirname(file), match[1] ?? '')));
}

describe('the rooms of src', () => {
  it('are all known by name and level', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => levels[roomOf(file)] === undefined)).toEqual([]);
  });

  it('import only from a lower level or their own room, types included', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => {
          const [from, to] = [roomOf(file), roomOf(target)];
          return from !== to && (levels[to] ?? 9) >= (levels[from] ?? 0);
        })
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('hold no circle, types included', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of importsOf(file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('have names that say what they hold', () => {
    const drawers =
      /(^|[/\\])(utils?|helpers?|common|types|libs?|misc|managers?|services?|shared|index)(\.ts$|[/\\])/;
    expect(files.filter((file) => drawers.test(file))).toEqual([]);
  });

  it('read the clock only in cli and the scheduler', () => {
    const clock = /\bDate\.now\b|\bnew Date\(\)/;
    const readers = files.filter((file) => clock.test(readFileSync(join(source, file), 'utf8')));
    expect(readers.filter((file) => !['cli', 'schedule'].includes(roomOf(file)))).toEqual([]);
  });

  it('end the process only in cli', () => {
    const enders = files.filter((file) =>
      /process\.exit\b|process\.exitCode\s*=/.test(readFileSync(join(source, file), 'utf8')),
    );
    expect(enders.filter((file) => roomOf(file) !== 'cli')).toEqual([]);
  });
});
