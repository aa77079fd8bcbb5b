/**
 * The messages of a file: one, or those of an mbox (RFC 4155), whose lines `From ` after an empty line start the next
 * one. A `>` before `From ` inside a message is taken away (the "mboxrd" form). Bytes are otherwise as they were.
 */
export function messagesIn(file: Uint8Array): readonly Uint8Array[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.subarray(0, 5).toString('latin1') !== 'From ') return bytes.length === 0 ? [] : [bytes];
  const text = bytes.toString('latin1');
  return text
    .split(/(?:^|\r?\n\r?\n|\r\r)(?=From [^\r\n]*[\r\n])/)
    .filter((message) => message.trim() !== '')
    .map((message) =>
      Buffer.from(
        message.replace(/^From [^\r\n]*(?:\r\n|\r|\n)/, '').replace(/^>(>*From )/gm, '$1'),
        'latin1',
      ),
    )
    .filter((message) => message.length > 0);
}
