import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reason } from '../config/checks.ts';
import { show, suggestion } from '../config/faults.ts';
import type { Digest } from '../domain/digest.ts';
import { addressKey } from '../domain/subscriber.ts';
import type { Topic } from '../domain/topic.ts';
import { readYaml } from '../config/yaml-text.ts';
import { csvRows } from './csv.ts';
import { checkRow, type FileSubscriber, type RawRow, type RowFault } from './row.ts';

export type { FileSubscriber, RowFault };

export interface SubscriberFiles {
  /** One for each address, in the order of file names and rows. */
  readonly subscribers: readonly FileSubscriber[];
  /** Rows, and with line 0 files or the folder, that were not used. */
  readonly faults: readonly RowFault[];
  /** False when the folder, a file or the rest of one could not be read: a no may stand in there. */
  readonly isComplete: boolean;
}

/**
 * Reads `*.yaml`, `*.yml` and `*.csv` of a folder. A broken row is a fault and the others are used; so is a
 * broken file. An address that comes again keeps its first row, except that one `unsubscribed` among its rows
 * is enough. Never throws for what stands in the files.
 */
export async function readSubscriberFiles(dir: string): Promise<SubscriberFiles> {
  const subscribers = new Map<string, FileSubscriber>();
  const faults: RowFault[] = [];
  const { names, faults: folderFaults } = await subscriberFileNames(dir);
  faults.push(...folderFaults);
  let isComplete = folderFaults.length === 0;

  for (const name of names) {
    const { rows, faults: fileFaults, isCut } = await rowsOf(join(dir, name));
    if (isCut || (rows.length === 0 && fileFaults.length > 0)) isComplete = false;
    const found = [...fileFaults];
    for (const row of rows) {
      const { subscribers: named, faults: rowFaults } = checkRow(row);
      found.push(...rowFaults);
      for (const subscriber of named) {
        const key = addressKey(subscriber.address);
        const earlier = subscribers.get(key);
        if (!earlier) {
          subscribers.set(key, subscriber);
          continue;
        }
        const { file, line, address, state } = subscriber;
        if (state === 'unsubscribed') subscribers.set(key, { ...earlier, state });
        const kept = state === 'unsubscribed' ? 'it is unsubscribed' : 'the first row is used';
        const message = `${address} stands at ${earlier.file}:${earlier.line} too; ${kept}; remove one`;
        found.push({ file, line, message });
      }
    }
    faults.push(...found.toSorted((a, b) => a.line - b.line));
  }
  return { subscribers: [...subscribers.values()], faults, isComplete };
}

/** Digests and topics that the configuration does not know; a row can have several. */
export function checkSubscribers(
  subscribers: readonly FileSubscriber[],
  digests: readonly Digest[],
  topics: readonly Topic[],
): readonly RowFault[] {
  const digestKeys = digests.map(({ key }) => key);
  const topicKeys = topics.map(({ key }) => key);
  return subscribers.flatMap(({ file, line, ...subscriber }) => {
    const chosen = digests.filter(({ key }) => subscriber.digests?.includes(key) ?? true);
    const unknownDigests = (subscriber.digests ?? [])
      .filter((key) => !digestKeys.includes(key))
      .map(
        (key) =>
          `digests: expected a digest of the configuration, got ${show(key)}; ${suggestion(key, digestKeys)}`,
      );
    const wrongTopics = (subscriber.topics ?? []).flatMap((key) => {
      if (!topicKeys.includes(key)) {
        return [
          `topics: expected a topic of the configuration, got ${show(key)}; ${suggestion(key, topicKeys)}`,
        ];
      }
      if (chosen.length === 0 || chosen.some((digest) => digest.topics.includes(key))) return [];
      return [
        `topics: ${show(key)} is a topic of none of ${chosen.map((digest) => digest.key).join(', ')}; remove it`,
      ];
    });
    return [...unknownDigests, ...wrongTopics].map((message) => ({ file, line, message }));
  });
}

async function subscriberFileNames(
  dir: string,
): Promise<{ names: readonly string[]; faults: readonly RowFault[] }> {
  try {
    const names = await readdir(dir);
    return { names: names.filter((name) => /^[^.].*\.(?:ya?ml|csv)$/i.test(name)).toSorted(), faults: [] };
  } catch (error) {
    const message = `expected a folder of subscriber files, got ${reason(error)}; create it, or set subscribers in the configuration`;
    return { names: [], faults: [{ file: dir, line: 0, message }] };
  }
}

async function rowsOf(
  file: string,
): Promise<{ rows: readonly RawRow[]; faults: readonly RowFault[]; isCut?: boolean }> {
  const fault = (line: number, message: string) => ({ rows: [], faults: [{ file, line, message }] });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return fault(0, `expected a readable file, got ${reason(error)}; nothing of it was used`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fault(0, 'expected text in UTF-8, got other bytes; save it as UTF-8: nothing of it was used');
  }
  return /\.csv$/i.test(file) ? csvRows(text, file) : yamlRows(text, file);
}

/** The rows of a YAML file: a list of blocks. */
function yamlRows(text: string, file: string): { rows: readonly RawRow[]; faults: readonly RowFault[] } {
  const yaml = readYaml(text);
  if (yaml.faults.length > 0) {
    const faults = yaml.faults.map(({ line, message }) => ({
      file,
      line,
      message: `${message}; nothing of this file was used`,
    }));
    return { rows: [], faults };
  }
  if (yaml.value === undefined) return { rows: [], faults: [] };
  if (!Array.isArray(yaml.value)) {
    const { line } = yaml.place([], 'value');
    const message = `expected a list of readers, each as "- address: …", got ${show(yaml.value)}; nothing of this file was used`;
    return { rows: [], faults: [{ file, line, message }] };
  }
  const rows = yaml.value.map((value: unknown, index) => ({
    file,
    line: yaml.place([index], 'value').line,
    value,
  }));
  return { rows, faults: [] };
}
