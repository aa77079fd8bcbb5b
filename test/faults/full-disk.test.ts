import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launch, newHouse, openScene, readers, type Ended, type Scene } from './kill-run.ts';
import { faultsOf } from './whole-day.ts';

const args = ['run', '--now', '2026-11-10T02:30:00Z'];
const kilobyte = 1000;

let scene: Scene;
let folder: string;
const mounted: string[] = [];
const started: ReturnType<typeof launch>[] = [];
beforeEach(async () => {
  scene = await openScene();
  folder = await newHouse(scene);
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  for (const path of mounted.splice(0).toReversed()) execFileSync('umount', [path]);
  rmSync(folder, { recursive: true, force: true });
  await scene[Symbol.asyncDispose]();
});

function run(words: readonly string[]): Promise<Ended> {
  const one = launch(folder, words);
  started.push(one);
  return one.ended;
}

/** A disk of its own at this path; false where nobody may mount one. */
function mount(path: string, options: string): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return false;
  }
  mounted.push(path);
  return true;
}

const needsMount = 'only root can mount a small disk here';

describe('a full disk', () => {
  it('stops the database, the edition or the site with its name, and the day is whole once there is room', async (test) => {
    const data = join(folder, 'data');
    if (!mount(data, 'size=16m')) return test.skip(needsMount);
    const ballast = join(data, 'ballast');
    const came: string[] = [];
    for (const left of [100, 900]) {
      const { bavail, bsize } = statfsSync(data);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left * kilobyte)));
      const { code, output } = await run(args);
      expect([code, output], `${left} kB left`).toEqual([1, expect.stringContaining(`df -h ${data}`)]);
      expect(output).toContain(`expected room on the disk of ${data}`);
      came.push(/got: (.*?)\. What was/.exec(output)?.[1] ?? output);
      expect(scene.smtp.accepted).toEqual([]);
      rmSync(ballast);
    }
    // First of SQLite, then of a file of the site.
    expect(came[0]).toMatch(/database or disk is full/);
    expect(came.at(-1)).toMatch(/ENOSPC/);
    expect((await run(args)).code).toBe(0);
    expect(faultsOf(folder, scene.smtp.accepted, readers)).toEqual({
      faults: [],
      accepted: readers.length,
      inDoubt: 0,
    });
  }, 120_000);

  it('under the outbox is told, counts against no reader, and the mails follow once there is room', async (test) => {
    const outbox = join(folder, 'data', 'outbox');
    if (!mount(outbox, 'size=4k')) return test.skip(needsMount);
    const config = join(folder, 'broadsheet.yaml');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace(/^mail:\n[\s\S]*$/m, 'mail:\n  transport: outbox\n'),
    );
    const full = await run(args);
    expect(full.output).toContain(outbox);
    expect(full.output).toMatch(/ENOSPC|no space left/);
    expect(full.code).not.toBe(0);
    execFileSync('mount', ['-o', 'remount,size=8m', outbox]);
    const again = await run(['send', '--now', '2026-11-10T02:50:00Z']);
    expect(again.output).toContain(`${readers.length} mails accepted`);
    expect(again.code).toBe(0);
  }, 120_000);
});

describe('a data folder that cannot be written', () => {
  it('is named, with what to do', async (test) => {
    const data = join(folder, 'data');
    if (!mount(data, 'size=1m,ro')) return test.skip(needsMount);
    const { code, output } = await run(args);
    expect(code).toBe(1);
    expect(output).toContain(`expected to write ${data}`);
    expect(output).toContain('mounted read-only');
  }, 120_000);
});
