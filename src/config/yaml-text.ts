import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlText {
  /** Plain values; undefined when the text is no YAML or holds nothing. */
  readonly value: unknown;
  /** What is wrong with the YAML itself; after a key that stands twice there is still a value. */
  readonly faults: readonly (Place & { readonly message: string })[];
  /**
   * Where a value stands, or its key when `part` is `key`. What is not there has the place of the
   * nearest block around it.
   */
  place(path: readonly PropertyKey[], part: 'key' | 'value'): Place;
}

/** Reads one YAML 1.2 document (core schema: `no`, `12:30` and dates stay text), keys as text. Never throws. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const faults = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    message:
      error.code === 'DUPLICATE_KEY'
        ? `the key "${keyAt(text, error.pos[0])}" stands twice in one block; remove one`
        : `this is not valid YAML 1.2: ${error.message}`,
  }));
  const broken =
    document.warnings.length > 0 || document.errors.some((error) => error.code !== 'DUPLICATE_KEY');

  let value: unknown;
  if (!broken) {
    try {
      value = document.toJS() ?? undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.push({ line: 1, column: 1, message: `this is not valid YAML 1.2: ${reason}` });
    }
  }

  return {
    value,
    faults,
    place: (path, part) => at(offsetOf(document.contents, path, part)),
  };
}

function keyAt(text: string, offset: number): string {
  return (
    /^(?:"[^"\n]*"|'[^'\n]*'|[^:\n]*)/
      .exec(text.slice(offset))?.[0]
      .trim()
      .replace(/^["']|["']$/g, '') ?? ''
  );
}

function offsetOf(root: Node | null, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = root;
  let found = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === String(step));
      if (!pair) return found;
      node = pair.value;
      const wanted = depth === path.length - 1 && part === 'value' ? pair.value : pair.key;
      found = startOf(wanted) ?? found;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      found = startOf(node) ?? found;
    } else {
      return found;
    }
  }
  return found;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
