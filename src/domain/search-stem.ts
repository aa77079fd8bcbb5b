const known = new Map<string, string>();
const mostKnown = 50_000;

/**
 * An English word without its inflection: `agents`, `tuned` and `tuning` are found by `agent` and `tune`. Steps 1a,
 * 1b, 1c and 5 of Porter's stemmer (1980); the others would make `general` and `generation` one word. What comes out
 * need not be a word. Words with other letters than a to z stay as they are.
 */
export function stemOf(word: string): string {
  if (word.length < 3 || word.length > 30) return word;
  const before = known.get(word);
  if (before !== undefined) return before;
  const stem = /^[a-z]+$/.test(word) ? withoutFinalLetter(withoutEnding(withoutPlural(word))) : word;
  if (known.size >= mostKnown) known.clear();
  known.set(word, stem);
  return stem;
}

/** Step 1a, and the plurals of `bias` and `analysis`, which Porter loses. */
function withoutPlural(word: string): string {
  if (/(?:sses|ies)$/.test(word)) return word.slice(0, -2);
  if (/(?:alys|thes)es$/.test(word)) return `${word.slice(0, -2)}is`;
  return word.endsWith('s') && !/(?:ss|us|is|ias)$/.test(word) ? word.slice(0, -1) : word;
}

/** Steps 1b and 1c; `embed` only looks like a past. */
function withoutEnding(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const [, stem] = word === 'embed' ? [] : (/^(.+)(?:ed|ing)$/.exec(word) ?? []);
  if (stem !== undefined && shapeOf(stem).includes('v')) return mended(stem);
  return word.endsWith('y') && shapeOf(word.slice(0, -1)).includes('v') ? `${word.slice(0, -1)}i` : word;
}

/** `tun` is `tune` again, `controll` stays for step 5, `plann` is `plan`. */
function mended(stem: string): string {
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/([^aeioulsz])\1$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Step 5. */
function withoutFinalLetter(word: string): string {
  const stem = word.slice(0, -1);
  if (word.endsWith('ll')) return measure(stem) > 1 ? stem : word;
  if (!word.endsWith('e')) return word;
  const count = measure(stem);
  return count > 1 || (count === 1 && !endsShort(stem)) ? stem : word;
}

/** `c` for each consonant and `v` for each vowel; a y after a consonant is a vowel. */
function shapeOf(word: string): string {
  let shape = '';
  for (const letter of word) {
    shape += 'aeiou'.includes(letter) || (letter === 'y' && shape.endsWith('c')) ? 'v' : 'c';
  }
  return shape;
}

/** Porter's m: how often a consonant follows a vowel. */
function measure(word: string): number {
  return shapeOf(word).split('vc').length - 1;
}

/** Porter's *o: consonant, vowel, consonant other than w, x and y. */
function endsShort(word: string): boolean {
  return shapeOf(word).endsWith('cvc') && !/[wxy]$/.test(word);
}
