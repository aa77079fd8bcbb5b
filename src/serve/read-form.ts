/** The fields of a form. */
export interface Form {
  /** The first value of a field in NFC, without control characters but line feeds; '' when it is not there. */
  text(name: string): string;
  /** All values of a field. */
  all(name: string): readonly string[];
}

/** Of a whole form: the longest one of ours has about ten thousand. */
const mostBytes = 64 * 1024;

/**
 * The fields of a body in either encoding of HTML forms; without fields when it is something else, broken, or longer than
 * 64 kB, of which no more is read. Never rejects for what a client sends. Files count for nothing.
 */
export async function readForm(request: Request): Promise<Form> {
  const fields = await fieldsOf(request).catch(() => []);
  const all = (name: string): readonly string[] =>
    fields.flatMap(([key, value]) => (key === name ? [cleaned(value)] : []));
  return { all, text: (name) => all(name)[0] ?? '' };
}

async function fieldsOf(request: Request): Promise<readonly (readonly [string, string])[]> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return [];
  const bytes = await firstBytes(request.body);
  if (!bytes) return [];
  const data = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  return [...data].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
}

/** Undefined when there is more than we want. */
async function firstBytes(
  body: ReadableStream<Uint8Array> | null,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body) {
    for await (const chunk of body) {
      length += chunk.byteLength;
      if (length > mostBytes) return undefined;
      chunks.push(chunk);
    }
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function cleaned(value: string): string {
  return value
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ');
}
