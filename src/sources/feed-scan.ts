import { createEntities, refusedFeed } from './feed-entities.ts';

const maxTag = 64 * 1024;
const maxDoctype = 16 * 1024;
const maxAttributes = 256;
/** No reference and no start of a CDATA section is longer: so much may have to wait for the next piece. */
const maxWaiting = 48;

/** What a document consists of, in its order. */
export interface XmlEvents {
  /** `attributes` is what stands in the tag after the name, for `attributesOf`. */
  open(name: string, attributes: string, isEmpty: boolean): void;
  close(name: string): void;
  /** A piece of text between two tags, decoded; one text can come in several pieces. */
  text(text: string): void;
}

export interface XmlScanner {
  /** Throws `SourceError` `malformed` for a document that can do harm. */
  push(piece: string): void;
  /** Reads what waited for more, and says what the document ended in the middle of, if it did. */
  end(): string | undefined;
  attributesOf(attributes: string): Readonly<Record<string, string>>;
}

type State = 'text' | 'CDATA section' | 'comment' | 'processing instruction' | 'DOCTYPE';

const terminators: Readonly<Record<Exclude<State, 'text' | 'DOCTYPE'>, string>> = {
  'CDATA section': ']]>',
  comment: '-->',
  'processing instruction': '?>',
};

/**
 * Cuts XML into tags and texts, piece by piece, keeping no more than a tag. It is no judge of XML: what has only one
 * sensible reading is read so. A `<` that starts no tag (or whose tag holds another `<` outside quotes) and an `&` that
 * starts no reference are text; HTML's named characters are known; attributes may lack quotes or value, and of two the
 * first counts; comments and processing instructions may stand anywhere. Whether tags match is for the caller.
 * A strict parser (saxes) in this place takes a fault for the end and longer than all of this.
 */
export function createXmlScanner(events: XmlEvents, from: string): XmlScanner {
  const entities = createEntities(from);
  let state: State = 'text';
  let waiting = '';

  return {
    push: (piece) => read(waiting === '' ? piece : waiting + piece, false),
    end() {
      read(waiting, true);
      return state === 'text' ? (waiting === '' ? undefined : 'a tag') : `a ${state}`;
    },
    attributesOf,
  };

  function read(text: string, isLast: boolean): void {
    let at = 0;
    while (at !== -1 && at < text.length) {
      const next = state === 'text' ? readText(text, at, isLast) : readSpecial(text, at, state, isLast);
      if (next === -1) return;
      at = next;
    }
    waiting = '';
  }

  /** Where to go on, or -1 when the rest waits for the next piece. */
  function readText(text: string, at: number, isLast: boolean): number {
    const tag = text.indexOf('<', at);
    if (tag === -1) {
      const reference = text.indexOf('&', Math.max(at, text.length - maxWaiting));
      const stop = isLast || reference === -1 ? text.length : reference;
      emit(text, at, stop);
      return stop === text.length ? stop : wait(text, stop);
    }
    emit(text, at, tag);
    const room = text.length - tag;
    const code = text.charCodeAt(tag + 1);
    if (room < 9 && !isLast) {
      const start = text.slice(tag);
      if (room === 1 || start === '<!'.slice(0, room) || start.startsWith('<!')) return wait(text, tag);
    }
    if (code === 0x21) return readDeclaration(text, tag);
    if (code === 0x3f) {
      state = 'processing instruction';
      return tag + 2;
    }
    const isClosing = code === 0x2f;
    if (!isClosing && !isNameStart(code)) {
      if (room === 1) return wait(text, tag);
      events.text('<');
      return tag + 1;
    }
    const end = tagEnd(text, tag + 1);
    if (end === -1) {
      if (room > maxTag) throw refusedFeed(`a tag of more than ${maxTag} characters`, from);
      return wait(text, tag);
    }
    if (text.charCodeAt(end) === 0x3c) {
      events.text(text.slice(tag, end));
      return end;
    }
    if (isClosing) events.close(text.slice(tag + 2, end).trim());
    else openTag(text.slice(tag + 1, end));
    return end + 1;
  }

  function readDeclaration(text: string, tag: number): number {
    if (text.startsWith('<!--', tag)) {
      state = 'comment';
      return tag + 4;
    }
    if (text.startsWith('<![CDATA[', tag)) {
      state = 'CDATA section';
      return tag + 9;
    }
    if (/^<!doctype$/i.test(text.slice(tag, tag + 9))) {
      state = 'DOCTYPE';
      return tag + 9;
    }
    events.text('<');
    return tag + 1;
  }

  function readSpecial(text: string, at: number, current: Exclude<State, 'text'>, isLast: boolean): number {
    if (current === 'DOCTYPE') {
      const end = doctypeEnd(text, at);
      if (end === -1) {
        if (text.length - at > maxDoctype) throw refusedFeed('a DOCTYPE that is too long', from);
        return wait(text, at);
      }
      entities.declare(text.slice(at, end));
      state = 'text';
      return end;
    }
    const terminator = terminators[current];
    const end = text.indexOf(terminator, at);
    const stop = end === -1 ? Math.max(at, text.length - (isLast ? 0 : terminator.length - 1)) : end;
    if (current === 'CDATA section' && stop > at) events.text(text.slice(at, stop));
    if (end === -1) return wait(text, stop);
    state = 'text';
    return end + terminator.length;
  }

  function wait(text: string, at: number): -1 {
    waiting = text.slice(at);
    return -1;
  }

  function emit(text: string, from: number, to: number): void {
    if (to > from) events.text(entities.decode(text.slice(from, to)));
  }

  function openTag(tag: string): void {
    const isEmpty = tag.endsWith('/');
    const inside = isEmpty ? tag.slice(0, -1) : tag;
    const nameEnd = inside.search(/[\s/]/);
    if (nameEnd === -1) events.open(inside, '', isEmpty);
    else events.open(inside.slice(0, nameEnd), inside.slice(nameEnd), isEmpty);
  }

  function attributesOf(text: string): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = Object.create(null);
    if (text === '') return attributes;
    const form = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g;
    let count = 0;
    for (let found = form.exec(text); found; found = form.exec(text)) {
      const [, name = '', double, single, bare = ''] = found;
      count += 1;
      if (count > maxAttributes) throw refusedFeed(`a tag with more than ${maxAttributes} attributes`, from);
      attributes[name] ??= valueOf(double ?? single ?? bare);
    }
    return attributes;
  }

  /** XML 1.0 section 3.3.3: white space in a value is a space. */
  function valueOf(text: string): string {
    const value = entities.decode(text);
    return /[\t\n\r]/.test(value) ? value.replace(/[\t\n\r]/g, ' ') : value;
  }
}

/** A letter, `_`, `:`, or anything beyond ASCII (XML 1.0 production 4, generously). */
function isNameStart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    code === 0x3a ||
    code >= 0x80
  );
}

/** The `>` that ends a tag, or a `<` that shows it was none, or -1. A quote counts only after `=`, as in `it's`. */
function tagEnd(text: string, from: number): number {
  let quote = 0;
  let isAfterEquals = false;
  const limit = Math.min(text.length, from + maxTag);
  for (let at = from; at < limit; at += 1) {
    const code = text.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e || code === 0x3c) {
      return at;
    } else if (isAfterEquals && (code === 0x22 || code === 0x27)) {
      quote = code;
      isAfterEquals = false;
    } else if (code > 0x20) {
      isAfterEquals = code === 0x3d;
    }
  }
  return -1;
}

/** Behind the `>` that ends a DOCTYPE, or -1: quotes, comments and the internal subset are passed over. */
function doctypeEnd(text: string, at: number): number {
  const token = /"[^"]*"|'[^']*'|<!--[\s\S]*?-->|[[\]>]/g;
  token.lastIndex = at;
  let isInside = false;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '[') isInside = true;
    else if (found[0] === ']') isInside = false;
    else if (found[0] === '>' && !isInside) return token.lastIndex;
  }
  return -1;
}
