/** Buffers for whole mails that are used again: fresh ones of this size cost more than what is written into them. */
export interface MailBuffers {
  /** A buffer of at least that many bytes; what stands in it is anything. */
  take(bytes: number): Buffer;
  /** For who comes next. Nobody may read it any more. */
  giveBack(buffer: Buffer): void;
}

const step = 16_384;
/** More than are under way at once are not kept. */
const mostKept = 64;

export function mailBuffers(): MailBuffers {
  const spare: Buffer[] = [];
  return {
    take(bytes) {
      const last = spare.pop();
      return last && last.length >= bytes ? last : Buffer.allocUnsafeSlow(Math.ceil(bytes / step) * step);
    },
    giveBack(buffer) {
      if (spare.length < mostKept) spare.push(buffer);
    },
  };
}
