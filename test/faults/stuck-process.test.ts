import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailServer } from '../deliver/servers.ts';
import { launch, newHouse, openScene, readers, type Scene } from './kill-run.ts';
import { faultsOf } from './whole-day.ts';

const at = (time: string): readonly string[] => ['run', '--now', `2026-11-10T${time}Z`];

let scene: Scene;
let folder: string;
const started: ReturnType<typeof launch>[] = [];
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
  await scene[Symbol.asyncDispose]();
});

function begin(args: readonly string[]): ReturnType<typeof launch> {
  const one = launch(folder, args);
  started.push(one);
  return one;
}

describe('a process that is stopped while it sends', () => {
  it('and goes on an hour later sends nothing again that another has sent', async () => {
    let first: ReturnType<typeof launch> | undefined;
    const frozen = Promise.withResolvers<void>();
    let taken = 0;
    const smtp = await mailServer({
      content: () => {
        taken += 1;
        if (taken === 4) {
          first?.child.kill('SIGSTOP');
          frozen.resolve();
        }
        return undefined;
      },
    });
    try {
      folder = await newHouse({ ...scene, smtp });
      first = begin(at('02:30:00'));
      await Promise.race([frozen.promise, first.ended]);
      expect(first.child.exitCode).toBeNull();
      const second = await begin(at('03:30:00')).ended;
      expect([0, 3]).toContain(second.code);
      const between = smtp.accepted.length;
      expect(between).toBeGreaterThan(readers.length / 2);
      first.child.kill('SIGCONT');
      const { output } = await first.ended;
      expect(smtp.accepted).toHaveLength(between);
      expect(output).not.toContain('SQLITE');
      const { faults, accepted, inDoubt } = faultsOf(folder, smtp.accepted, readers);
      expect(faults).toEqual([]);
      expect(accepted + inDoubt).toBe(readers.length);
    } finally {
      await smtp.close();
    }
  }, 180_000);
});

describe('a process that holds the database', () => {
  it('longer than we wait is told as such, and nothing is lost', async () => {
    folder = await newHouse(scene);
    expect((await begin(['migrate']).ended).code).toBe(0);
    const path = join(folder, 'data', 'broadsheet.db');
    {
      using stuck = new DatabaseSync(path);
      stuck.exec('begin immediate');
      const { code, output } = await begin(at('02:30:00')).ended;
      expect(code).toBe(1);
      expect(output).toContain(`expected to write ${path}, got: database is locked`);
      expect(output).toContain(`fuser -v ${path}`);
    }
    expect((await begin(at('02:50:00')).ended).code).toBe(0);
    expect(faultsOf(folder, scene.smtp.accepted, readers).faults).toEqual([]);
  }, 180_000);
});
