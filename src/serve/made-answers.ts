import { hash } from 'node:crypto';
import { compressed, isCompressible } from '../store/compressed.ts';
import type { Encoding } from './conditions.ts';
import type { FixedHeaders, Representation } from './published-files.ts';

/** An answer that was made for a request, before it is encoded. */
export interface MadeAnswer {
  readonly contentType: string;
  readonly body: string;
  /** When its content last changed; left out where nobody can tell. */
  readonly modifiedAt?: number;
  readonly headers: FixedHeaders;
}

interface KeptAnswer {
  readonly answer: MadeAnswer;
  readonly tag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly encoded: Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>;
}

/** Why nothing was made: too much work for one answer, or for now. */
export type NotMade = 'too hard' | 'busy';

export interface MadeAnswers {
  /** The answer under this key, made if it is not kept; 'busy' also where too many are being made. */
  get(
    key: string,
    encoding: Encoding,
    make: () => Promise<MadeAnswer | NotMade>,
  ): Promise<Representation | NotMade>;
}

/**
 * Answers that cost something to make, each made once however many ask for it at a time. The ones asked for last are
 * kept, `mostKept` of them and `mostBytes` before compression; `mostAtOnce` are made at a time.
 */
export function madeAnswers(limits: {
  readonly mostKept: number;
  readonly mostBytes: number;
  readonly mostAtOnce: number;
}): MadeAnswers {
  const kept = new Map<string, KeptAnswer>();
  const inTheMaking = new Map<string, Promise<KeptAnswer | NotMade>>();
  let bytes = 0;

  function keep(key: string, one: KeptAnswer): void {
    kept.set(key, one);
    bytes += one.bytes.byteLength;
    for (const [oldest, { bytes: body }] of kept) {
      if (kept.size <= limits.mostKept && bytes <= limits.mostBytes) break;
      kept.delete(oldest);
      bytes -= body.byteLength;
    }
  }

  async function made(key: string, make: () => Promise<MadeAnswer | NotMade>): Promise<KeptAnswer | NotMade> {
    const answer = await make();
    if (typeof answer === 'string') return answer;
    const body = new TextEncoder().encode(answer.body);
    const one = {
      answer,
      bytes: body,
      tag: hash('sha256', body, 'base64url').slice(0, 22),
      encoded: new Map(),
    };
    keep(key, one);
    return one;
  }

  return {
    get: async (key, encoding, make) => {
      const known = kept.get(key);
      if (known) {
        kept.delete(key);
        kept.set(key, known);
        return representation(known, encoding);
      }
      let making = inTheMaking.get(key);
      if (!making) {
        if (inTheMaking.size >= limits.mostAtOnce) return 'busy';
        making = made(key, make).finally(() => inTheMaking.delete(key));
        inTheMaking.set(key, making);
      }
      const one = await making;
      return typeof one === 'string' ? one : representation(one, encoding);
    },
  };
}

/** With a strong tag of its own in each encoding (RFC 9110 section 8.8.3.3). */
async function representation(kept: KeptAnswer, encoding: Encoding): Promise<Representation> {
  const { contentType, modifiedAt = Number.NaN, headers } = kept.answer;
  const given = isCompressible(contentType) ? encoding : 'identity';
  return {
    contentType,
    encoding: given,
    body: await encodedBody(kept, given),
    etag: given === 'identity' ? `"${kept.tag}"` : `"${kept.tag}-${given}"`,
    modifiedAt,
    headers,
  };
}

async function encodedBody(kept: KeptAnswer, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding === 'identity') return kept.bytes;
  const known = kept.encoded.get(encoding);
  if (known) return known;
  const made = compressed(kept.bytes, encoding).then((body) => new Uint8Array(body));
  kept.encoded.set(encoding, made);
  made.catch(() => kept.encoded.delete(encoding));
  return made;
}
