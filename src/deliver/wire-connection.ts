/* oxlint-disable no-underscore-dangle -- the library's names */
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import { asError } from '../errors.ts';

type Done = (error: Error | null, reply?: string) => void;

/**
 * nodemailer's SMTP connection (TLS, login, pipelining and replies are its own), but messages are written as they
 * are: its send stream looks at every byte for line ends and dots, which costs more than all the rest.
 *
 * It overrides `_createSendStream` and reads `_envelope`, which the library does not document: its version is pinned, and a test compares
 * with its public way. `send` takes bytes that are ready for the wire (`wireReady`).
 */
export class WireConnection extends SMTPConnection {
  declare protected readonly _responseActions: ((reply: string) => void)[];
  declare protected readonly _actionSMTPStream: (reply: string, done: Done) => void;

  declare protected readonly _envelope?: { readonly rejectedErrors?: readonly SMTPError[] };

  /**
   * The server's no to the recipient of the message under way. The library knows it, but says "closed" in its place when
   * it was a 421 and the commands went out together (PIPELINING, RFC 2920).
   */
  get recipientError(): SMTPError | undefined {
    return this._envelope?.rejectedErrors?.[0];
  }

  /** Awaited when all of a message but the final dot is written; the dot goes out when it resolves. */
  beforeDot: () => Promise<void> = () => Promise.resolve();

  /** Called by `send` after the server's 354. */
  protected _createSendStream(done: Done) {
    this._responseActions.push((reply) => this._actionSMTPStream(reply, done));
    let outByteCount = 0;
    return {
      get outByteCount() {
        return outByteCount;
      },
      write: (bytes: Uint8Array) => {
        outByteCount += bytes.length;
        if (this._socket) this._socket.write(bytes);
      },
      end: () => {
        void this.#finish(done);
      },
    };
  }

  async #finish(done: Done): Promise<void> {
    try {
      await this.beforeDot();
      if (this._socket && !this.destroyed) this._socket.write('.\r\n');
    } catch (error) {
      done(asError(error));
    }
  }
}

/**
 * Any message in the form that goes over the wire (RFC 5321 section 2.3.8 and 4.5.2): every line ended by CRLF, the
 * last one too, and a dot before each that begins with one. No lone CR or LF is left, which servers
 * read in different ways.
 */
export function wireReady(raw: Uint8Array): Buffer {
  const text = asBuffer(raw).toString('latin1');
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1');
}

/** The same bytes, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
